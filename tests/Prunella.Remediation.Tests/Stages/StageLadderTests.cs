using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Memory;

namespace Prunella.Remediation.Tests.Stages;

/// <summary>What a scope needs for the next step, and what takes it back.</summary>
public class StageLadderTests
{
    private static readonly Person Ana = new("ana", Role.Operator);
    private static readonly Target Api = new("default", "shop", "Deployment", "api");
    private readonly StageOptions options = new() { ReviewsMin = 2, ExecutionsMin = 2, InStageMin = TimeSpan.FromDays(7) };
    private readonly Clock clock = new();
    private readonly MemoryRemediationStore store;
    private readonly StageBook book;
    private readonly StageLadder ladder;
    private readonly ShadowReview review;

    public StageLadderTests()
    {
        store = new MemoryRemediationStore(clock, new LedgerChain(LedgerKeyRing.Of(new byte[32])));
        var feed = new IncidentFeed();
        book = new StageBook(store, options, feed, clock);
        ladder = new StageLadder(store, book, options, clock);
        review = new ShadowReview(store, feed, clock);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Promote_WithoutFigures_IsRefusedAndTellsEach()
    {
        await DecideAsync("aaaa1111", agreed: true);
        await DecideAsync("bbbb2222", agreed: null);

        var refused = await Should.ThrowAsync<PromotionRefusedException>(() => ladder.PromoteAsync("shop/Safe", Ana, "please", Cancellation));

        refused.Figures.Missing.ShouldBe(["0 days in this stage of 7 days (remediation:stages:inStageMin)", "1 decisions reviewed of 2 (remediation:stages:reviewsMin; 1 to review)"]);
        (await book.ReadAsync("shop/Safe", Cancellation)).Stage.ShouldBe(Stage.Shadow);
    }

    [Fact]
    public async Task Promote_DisagreementBelowTheBar_IsRefused()
    {
        await DecideAsync("aaaa1111", agreed: true);
        await DecideAsync("bbbb2222", agreed: false);
        clock.Advance(TimeSpan.FromDays(8));

        (await Should.ThrowAsync<PromotionRefusedException>(() => ladder.PromoteAsync("shop/Safe", Ana, "please", Cancellation))).Figures.Missing.ShouldHaveSingleItem().ShouldStartWith("50 % of the reviewed decisions were right, of 95 %");
    }

    [Fact]
    public async Task Promote_OneStepAtATime_EachWithFiguresOfItsOwn()
    {
        await DecideAsync("aaaa1111", agreed: true);
        await DecideAsync("bbbb2222", agreed: true);
        clock.Advance(TimeSpan.FromDays(8));
        (await ladder.PromoteAsync("shop/Safe", Ana, "earned", Cancellation)).Stage.ShouldBe(Stage.DryRun);
        (await ladder.FiguresAsync("shop/Safe", Cancellation)).Decisions.ShouldBe(0, "what was decided in shadow does not count for the dry run");

        await book.SetAsync("shop/Safe", Stage.Canary, 25, Ana, "by hand", Cancellation);
        await ExecuteAsync(1, ValidationResult.Fixed);
        await ExecuteAsync(2, ValidationResult.Fixed);
        clock.Advance(TimeSpan.FromDays(8));
        var up = await ladder.PromoteAsync("shop/Safe", Ana, "earned", Cancellation);
        (up.Stage, up.CanaryPercent).ShouldBe((Stage.Canary, 50));
        up.Why.ShouldBe("promoted from Canary 25 % with 2 of 2 executions fixed, 8 days: earned");
        var down = await ladder.DemoteAsync("shop/Safe", Ana, "careful", Cancellation);
        (down!.Stage, down.CanaryPercent).ShouldBe((Stage.Canary, 25));
    }

    [Fact]
    public async Task FailuresInARow_TakeAStage_AFixInBetweenStartsTheCountAgain()
    {
        await book.SetAsync("shop/Safe", Stage.Full, 0, Ana, "by hand", Cancellation);
        await ExecuteAsync(1, ValidationResult.NotFixed);
        await ExecuteAsync(2, ValidationResult.Fixed);
        (await ladder.WhyDemoteAsync(Record(3, ValidationResult.NotFixed), Cancellation)).ShouldBeNull();
        await ExecuteAsync(3, ValidationResult.NotFixed);
        await ExecuteAsync(4, ValidationResult.Inconclusive);
        (await ladder.WhyDemoteAsync(Record(5, ValidationResult.Fixed), Cancellation)).ShouldBeNull();
        (await ladder.WhyDemoteAsync(Record(5, ValidationResult.NotFixed) with { Target = Api with { Namespace = "other" } }, Cancellation)).ShouldBeNull("another scope");
        (await ladder.WhyDemoteAsync(Record(5, ValidationResult.Regressed), Cancellation)).ShouldBe("3 executions in a row did not fix, the last restart-workload on Deployment shop/api");
        options.DemoteAfterFailures = 0;
        (await ladder.WhyDemoteAsync(Record(5, ValidationResult.Regressed), Cancellation)).ShouldBeNull("switched off");
    }

    [Fact]
    public async Task Review_NeedsAnApproverAndOneDecision_AndIsLedgered()
    {
        await DecideAsync("aaaa1111", agreed: null);
        await DecideAsync("aaaa2222", agreed: null);

        await Should.ThrowAsync<NotEntitledException>(() => review.ReviewAsync("aaaa1", true, new Person("eve", Role.Viewer), "", Cancellation));
        (await review.ReviewAsync("aaaa", true, Ana, "", Cancellation)).ShouldBeNull("two begin so");
        (await review.ReviewAsync("aaaa1", false, Ana, "it was a deploy", Cancellation))!.Agreed.ShouldBe(false);

        (await review.ListAsync("shop/*", waiting: true, 10, Cancellation)).ShouldHaveSingleItem().Digest.ShouldBe("aaaa2222");
        var entry = (await store.ReadLedgerAsync(1, 10, Cancellation)).Single(one => one.Kind == "shadow-reviewed");
        entry.Actor.ShouldBe("person:ana");
        entry.Payload.GetProperty("agreed").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("*/*", "shop/Safe", true)]
    [InlineData("shop/*", "shop/Safe", true)]
    [InlineData("*/Safe", "shop/Safe", true)]
    [InlineData("shop/Safe", "shop/NeedsApproval", false)]
    [InlineData("shop/*", "shopping/Safe", false)]
    public void WideScopes_HoldNarrowOnes(string wide, string narrow, bool holds) => StageLadder.Covers(wide, narrow).ShouldBe(holds);

    private Task DecideAsync(string digest, bool? agreed) => store.CommitAsync(new StoreChange
    {
        Decisions = [new StageDecision { Digest = digest, Incident = new IncidentId(Guid.Empty), Scope = "shop/Safe", Stage = Stage.Shadow, Action = "restart-workload", Target = Api, WouldBe = "Execute", At = clock.GetUtcNow(), Agreed = agreed }],
    }, Cancellation);

    private async Task ExecuteAsync(int number, ValidationResult result) => await store.CommitAsync(new StoreChange { Executions = [Record(number, result)] }, Cancellation);

    private ExecutionRecord Record(int number, ValidationResult result) => new()
    {
        Id = new ExecutionId(new Guid(number, 0, 0, new byte[8])), Incident = new IncidentId(Guid.Empty), Action = "restart-workload", Class = ActionClass.Safe, Target = Api,
        StartedAt = clock.GetUtcNow().AddMinutes(number), FinishedAt = clock.GetUtcNow().AddMinutes(number), Validation = result,
    };

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => now;

        internal void Advance(TimeSpan by) => now += by;
    }
}
