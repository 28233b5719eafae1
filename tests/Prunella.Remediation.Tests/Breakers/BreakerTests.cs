using CsCheck;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Execution;

namespace Prunella.Remediation.Tests.Breakers;

/// <summary>Rule 6, against a plain model that keeps the whole history.</summary>
public class BreakerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Target Target = new("default", "shop", "Deployment", "api");
    private static readonly BreakerOptions Options = new();

    [Fact]
    public void AnyOrderOfOutcomes_AgreesWithTheModel() =>
        Gen.Select(Gen.Bool, Gen.Int[1, 2_400]).List[0, 60].Sample(
            events =>
            {
                var state = BreakerState.Fresh("global");
                var history = new List<ExecutionRecord>();
                var (modelOpenUntil, modelCounted, now) = (DateTimeOffset.MinValue, new List<bool>(), Start);
                foreach (var (fixedIt, seconds) in events)
                {
                    now += TimeSpan.FromSeconds(seconds);
                    var open = now < modelOpenUntil;
                    (Breaker.PhaseAt(state, now, Options) == BreakerPhase.Open).ShouldBe(open);
                    if (open) continue;

                    var trial = modelOpenUntil != DateTimeOffset.MinValue;
                    var execution = Record(now, fixedIt, history.Count);
                    state = Breaker.OnStart(state, execution.Id, now, Options);
                    history.Insert(0, execution);
                    state = Breaker.OnOutcome(state, execution, history, now, Options);

                    if (trial)
                    {
                        modelOpenUntil = fixedIt ? DateTimeOffset.MinValue : now + Options.OpenFor;
                        modelCounted.Clear();
                    }
                    else
                    {
                        modelCounted.Add(fixedIt);
                        if (modelCounted.TakeLast(10).Count(ok => !ok) > 3) modelOpenUntil = now + Options.OpenFor;
                    }
                }
            },
            iter: 10_000);

    [Fact]
    public void HalfOpen_GivesOneTrialOnly()
    {
        var open = new BreakerState("global", BreakerPhase.Open, Start);
        var later = Start + TimeSpan.FromMinutes(31);
        var first = Breaker.OnStart(open, new ExecutionId(new Guid(1, 0, 0, new byte[8])), later, Options);
        Breaker.OnStart(first, new ExecutionId(new Guid(2, 0, 0, new byte[8])), later, Options).ShouldBe(first);
        first.Trial.ShouldBe(new ExecutionId(new Guid(1, 0, 0, new byte[8])));
    }

    [Fact]
    public void ClockThatWentBack_KeepsItOpen() =>
        Breaker.PhaseAt(new BreakerState("global", BreakerPhase.Open, Start), Start - TimeSpan.FromDays(1), Options).ShouldBe(BreakerPhase.Open);

    [Fact]
    public void RecurrenceOfAFix_CountsAsFailure()
    {
        var history = Enumerable.Range(0, 4).Select(index => Record(Start.AddMinutes(10 - index), true, index) with { RecurredAt = Start.AddMinutes(20) }).ToList();
        Breaker.OnOutcome(BreakerState.Fresh("global"), history[0], history, Start.AddMinutes(20), Options).Phase.ShouldBe(BreakerPhase.Open);
    }

    private static ExecutionRecord Record(DateTimeOffset at, bool fixedIt, int number) => new()
    {
        Id = new ExecutionId(new Guid(number + 1, 0, 0, new byte[8])), Incident = default, Action = "restart-pod", Class = ActionClass.Safe, Target = Target,
        StartedAt = at, FinishedAt = at, Validation = fixedIt ? ValidationResult.Fixed : ValidationResult.NotFixed,
    };
}
