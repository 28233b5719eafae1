using CsCheck;
using Prunella.Incidents;
using Prunella.Reasoning;
using Prunella.Reasoning.Diagnosing;
using Prunella.Remediation.Diagnosing;

namespace Prunella.Tests.Reasoning;

public sealed class OpinionWeighingTests
{
    private const double RecognisedMin = 0.4;
    private static readonly CourseStep Restart = new("restart-pod", new Dictionary<string, string>(), "playbook:p", "w");

    private static Finding Rule(string cause, double confidence) => new(new Diagnosis { Cause = cause, Confidence = confidence, Summary = "s", DecidedBy = "playbook:p" }, [Restart]);

    private static DiagnosisOpinion Opinion(string cause, double confidence, params string[] actions) =>
        new(cause, confidence, "because", [1], [.. actions.Select(action => new OpinionAction(action, new Dictionary<string, string>(), "w"))], "look") { Model = "m" };

    private static IReadOnlyList<Finding> Weigh(DiagnosisOpinion opinion, params Finding[] findings) => OpinionWeighing.Weigh(findings, opinion, 0.70, RecognisedMin, DateTimeOffset.UnixEpoch);

    [Theory]
    [InlineData(0.40, 0.5, 0.55)]
    [InlineData(0.60, 0.3, 0.66)]
    [InlineData(0.60, 0.9, 0.69)]
    [InlineData(0.6999, 1.0, 0.6999)]
    [InlineData(0.69996, 1.0, 0.69996)]
    [InlineData(0.70, 0.9, 0.835)]
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
    public void AgreementWithoutAFact_LiftsNothing() =>
        Weigh(Opinion("oom-killed", 1, "restart-pod") with { Facts = [] }, Rule("oom-killed", 0.6)).ShouldHaveSingleItem().Diagnosis.Confidence.ShouldBe(0.6);

    // The safety of the whole: with any opinion at all, what is sure enough to act without a person is what would have been without the model.
    [Fact]
    public void WhateverAModelSays_WhatActsIsWhatWouldHaveActedWithoutIt()
    {
        var rule = Gen.Select(Gen.Int[0, 1], Gen.Double[0, 1], Gen.Bool, (cause, confidence, recognition) => Rule("ab"[cause].ToString(), confidence) with { Recognition = recognition });
        Gen.Select(rule.List[0, 4], Gen.Int[0, 2], Gen.Double[0, 1], Gen.Double[0.05, 1], Gen.Int[0, 3]).Sample((rules, cause, stated, bar, facts) =>
        {
            var opinion = Opinion("abc"[cause].ToString(), stated, "restart-pod") with { Facts = [.. Enumerable.Range(1, facts)] };
            var weighed = OpinionWeighing.Weigh(rules, opinion, bar, RecognisedMin, DateTimeOffset.UnixEpoch);
            if (StandingFinding.Of(weighed, RecognisedMin) is not { } after || after.Confidence < bar) return;
            var before = StandingFinding.Of(rules, RecognisedMin).ShouldNotBeNull();
            before.Confidence.ShouldBeGreaterThanOrEqualTo(bar);
            rules.FindIndex(finding => ReferenceEquals(finding, before.Finding)).ShouldBe(weighed.ToList().FindIndex(finding => ReferenceEquals(finding, after.Finding)));
        }, iter: 50_000);
    }

    [Fact]
    public void TwoRulesThatAModelAgreesWith_DoNotCarryEachOtherOverTheBar()
    {
        var weighed = Weigh(Opinion("oom-killed", 1), Rule("oom-killed", 0.5), Rule("oom-killed", 0.5) with { Recognition = true });
        StandingFinding.Of(weighed, RecognisedMin)!.Confidence.ShouldBe(0.69, 1e-9);
    }

    [Fact]
    public void DoubtAboutTheSurest_LetsNoOtherActInItsPlace()
    {
        var weighed = Weigh(Opinion("disk-full", 1, "restart-pod"), Rule("oom-killed", 0.74), Rule("disk-full", 0.72), Rule("disk-full", 0.71));
        StandingFinding.Of(weighed, RecognisedMin)!.Confidence.ShouldBeLessThan(0.70);
    }

    [Theory]
    [InlineData("alertmanager", "kubernetes/pod", 0.70)]
    [InlineData("generic", "kubernetes/pod", 0.70)]
    [InlineData("operator", "kubernetes/pod", 0.75)]
    [InlineData("logs", "kubernetes/pod", 0.80)]
    [InlineData("alertmanager", "kubernetes/event", 0.80)]
    [InlineData("operator", "kubernetes/event", 0.80)]
    [InlineData("alertmanager", "log", 0.80)]
    public void Bars_AtTheBarTheRulesStand_JustBelowAModelIsAsked(string source, string evidence, double bar)
    {
        Signal.OperatorSource.ShouldBe("operator");
        var bars = new ConfidenceBars();
        bars.IsUnsure(source, Resting(bar, evidence)).ShouldBeFalse();
        bars.IsUnsure(source, Resting(Math.BitDecrement(bar), evidence)).ShouldBeTrue();
        // One fact of state beside what was said is a state that shows it.
        if (evidence != "kubernetes/pod" && source != "logs") bars.IsUnsure(source, Resting(0.75, evidence, "kubernetes/container")).ShouldBeFalse();
    }

    private static Diagnosis Resting(double confidence, params string[] sources) => new()
    {
        Cause = "c", Confidence = confidence, Summary = "s", DecidedBy = "cause:c", Evidence = [.. sources.Select(source => new Evidence(source, "o", "t", DateTimeOffset.UnixEpoch))],
    };

    [Fact]
    public void Disagreement_MakesTheRulesFindingLessSure_AndTheModelsOwnNeverActsAlone()
    {
        var weighed = Weigh(Opinion("disk-full", 1, "restart-pod"), Rule("oom-killed", 0.6));
        weighed[0].Diagnosis.Confidence.ShouldBe(0.42, 1e-6);
        weighed[1].Diagnosis.Confidence.ShouldBe(0.65);
        weighed[1].Recognition.ShouldBeTrue();
        weighed[1].Course.ShouldHaveSingleItem().ProposedBy.ShouldBe("model:m");
        OpinionWeighing.Weigh([], Opinion("disk-full", 1, "restart-pod"), 0.5, RecognisedMin, DateTimeOffset.UnixEpoch)[0].Diagnosis.Confidence.ShouldBe(0.49, 1e-6);
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
