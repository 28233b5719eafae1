using Prunella.Incidents;
using Prunella.Remediation.Diagnosing;

namespace Prunella.Remediation.Tests.Diagnosing;

public sealed class WeighingTests
{
    [Fact]
    public void NoPlaybook_TheRecognitionStands() => Choose(Fact("oom-killed", 0.98, "raise-memory-limit")).ShouldBe("oom-killed");

    [Fact]
    public void SameCause_ThePlaybooksCourseStands() =>
        Choose(Playbook("oom-killed", 0.8, "raise-memory-limit"), Fact("oom-killed", 0.98, "raise-memory-limit")).ShouldBe("playbook:oom-killed");

    [Fact]
    public void SameAction_ThePlaybooksCourseStands() =>
        Choose(Playbook("bad-rollout", 0.8, "rollback-rollout"), Fact("image-not-found", 0.97, "rollback-rollout")).ShouldBe("playbook:bad-rollout");

    [Fact]
    public void AlertThatContradictsPlainFacts_Loses()
    {
        var playbook = Playbook("cpu-saturation", 0.8, "scale-up");
        var fact = Fact("config-missing", 0.98);
        Weighing.Choose(Ranked(playbook, fact), 0.4).ShouldBe(fact);
        Weighing.Against(playbook, fact).ShouldStartWith("the facts say otherwise");
    }

    [Fact]
    public void WeakRecognition_DoesNotOverruleAPlaybook() => Choose(Playbook("queue-backlog", 0.7, "scale-up"), Fact("slow-dependency", 0.85)).ShouldBe("playbook:queue-backlog");

    [Fact]
    public void WatchdogAndPerson_AreNeverOverruledByAnAction()
    {
        Choose(Playbook("watchdog", 0.8) with { NoAction = true }, Fact("oom-killed", 0.98, "raise-memory-limit")).ShouldBe("playbook:watchdog");
        Choose(Playbook("certificate-expiring", 0.8) with { EscalateAtOnce = true }, Fact("oom-killed", 0.98, "raise-memory-limit")).ShouldBe("playbook:certificate-expiring");
    }

    [Fact]
    public void PlaybookThatCouldNotBeVerified_YieldsOnlyToPlainFacts()
    {
        var unverified = Playbook(Diagnosis.Unknown, 0) with { EscalateAtOnce = true };
        Weighing.Choose(Ranked(unverified, Fact("slow-dependency", 0.8, "restart-workload")), 0.4).ShouldBeNull();
        Choose(unverified, Fact("oom-killed", 0.98, "raise-memory-limit")).ShouldBe("oom-killed");
    }

    [Fact]
    public void NothingConfidentEnough_IsNothing() => Weighing.Choose(Ranked(Playbook("a", 0.2, "x"), Fact("b", 0.3, "y")), 0.4).ShouldBeNull();

    private static string? Choose(params Finding[] findings) => Weighing.Choose(Ranked(findings), 0.4)?.Diagnosis.DecidedBy;

    private static List<Finding> Ranked(params Finding[] findings) => [.. findings.OrderByDescending(finding => finding.Diagnosis.Confidence)];

    private static Finding Playbook(string cause, double confidence, params string[] actions) => Make($"playbook:{cause}", cause, confidence, actions);

    private static Finding Fact(string cause, double confidence, params string[] actions) => Make(cause, cause, confidence, actions) with { Recognition = true };

    private static Finding Make(string by, string cause, double confidence, string[] actions) =>
        new(new Diagnosis { Cause = cause, Confidence = confidence, Summary = "s", DecidedBy = by }, [.. actions.Select(action => new CourseStep(action, new Dictionary<string, string>(), by, "w"))]);
}
