using Prunella.Incidents;
using Prunella.Reasoning;
using Prunella.Reasoning.Diagnosing;
using Prunella.Remediation.Diagnosing;

namespace Prunella.Tests.Reasoning;

public sealed class OpinionWeighingTests
{
    private static readonly CourseStep Restart = new("restart-pod", new Dictionary<string, string>(), "playbook:p", "w");

    private static Finding Rule(string cause, double confidence) => new(new Diagnosis { Cause = cause, Confidence = confidence, Summary = "s", DecidedBy = "playbook:p" }, [Restart]);

    private static DiagnosisOpinion Opinion(string cause, double confidence, params string[] actions) =>
        new(cause, confidence, "because", [1], [.. actions.Select(action => new OpinionAction(action, new Dictionary<string, string>(), "w"))], "look") { Model = "m" };

    private static IReadOnlyList<Finding> Weigh(DiagnosisOpinion opinion, params Finding[] findings) => OpinionWeighing.Weigh(findings, opinion, 0.70, DateTimeOffset.UnixEpoch);

    [Theory]
    [InlineData(0.60, 0.9, 0.78)]
    [InlineData(0.60, 0.3, 0.66)]
    [InlineData(0.97, 1.0, 0.97)]
    [InlineData(0.94, 1.0, 0.95)]
    public void Agreement_MakesTheRulesFindingSurerAndKeepsItsCourse(double confidence, double stated, double expected)
    {
        var finding = Weigh(Opinion("oom-killed", stated, "rollback-rollout"), Rule("oom-killed", confidence)).ShouldHaveSingleItem();
        finding.Diagnosis.Confidence.ShouldBe(expected, 1e-6);
        finding.Course.ShouldBe([Restart]);
        finding.Diagnosis.Evidence.ShouldHaveSingleItem().Source.ShouldBe("model");
    }

    [Fact]
    public void Disagreement_MakesTheRulesFindingLessSure_AndTheModelsOwnNeverActsAlone()
    {
        var weighed = Weigh(Opinion("disk-full", 1, "restart-pod"), Rule("oom-killed", 0.6));
        weighed[0].Diagnosis.Confidence.ShouldBe(0.42, 1e-6);
        weighed[1].Diagnosis.Confidence.ShouldBe(0.65);
        weighed[1].Recognition.ShouldBeTrue();
        weighed[1].Course.ShouldHaveSingleItem().ProposedBy.ShouldBe("model:m");
        OpinionWeighing.Weigh([], Opinion("disk-full", 1, "restart-pod"), 0.5, DateTimeOffset.UnixEpoch)[0].Diagnosis.Confidence.ShouldBe(0.49, 1e-6);
    }

    [Fact]
    public void AnOpinionOfNothing_ChangesNothing()
    {
        Weigh(Opinion(Diagnosis.Unknown, 1), Rule("oom-killed", 0.6))[0].Diagnosis.Confidence.ShouldBe(0.6);
        Weigh(Opinion("disk-full", 0.1), Rule("oom-killed", 0.6)).ShouldHaveSingleItem().Diagnosis.Confidence.ShouldBe(0.6);
        Weigh(Opinion("disk-full", 0.8)).ShouldHaveSingleItem().EscalateAtOnce.ShouldBeTrue("without an action a person has to look");
    }

    [Fact]
    public void Calibration_ComparesWhatWasStatedWithWhatCame()
    {
        var rows = Calibration.Of([Ended(0.85, true), Ended(0.83, true), Ended(0.82, false), Ended(0.4, false)]);
        rows.Select(row => (row.From, row.Executions, row.Fixed)).ShouldBe([(0, 1, 0), (0.8, 3, 2)]);
        (rows[1].Stated, rows[1].Actual).ShouldBe((0.8333, 0.6667));
    }

    private static Incident Ended(double confidence, bool isFixed)
    {
        var target = new Target("default", "shop", "Deployment", "api");
        var signal = new Signal { Id = new SignalId(Guid.Empty), Source = "s", Fingerprint = "f", Status = SignalStatus.Firing, Name = "n", StartsAt = default, ReceivedAt = default };
        return new Incident
        {
            Id = new IncidentId(Guid.Empty), Target = target, Family = "f", Title = "t", State = IncidentState.Resolved, StartedAt = default, NoticedAt = default, FirstSignal = signal, Diagnosis = Rule("oom-killed", confidence).Diagnosis,
            Attempts = [new Attempt { Number = 1, Validation = isFixed ? ValidationResult.Fixed : ValidationResult.NotFixed, Proposal = new Incidents.Actions.Proposal { Incident = new IncidentId(Guid.Empty), Action = "a", Target = target, Cause = "c", Confidence = confidence, ProposedBy = "p" } }],
        };
    }
}
