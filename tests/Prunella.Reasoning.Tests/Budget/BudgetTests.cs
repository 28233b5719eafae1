using Microsoft.Extensions.Time.Testing;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Reasoning.Tests.Budget;

public class BudgetTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider time = new(Noon);
    private readonly MemorySpendingStore store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ReasoningOptions Limits(double day, double month, double? small = null)
    {
        var options = new ReasoningOptions { DollarsPerDay = day, DollarsPerMonth = month };
        options.Small.DollarsPerDay = small;
        return options;
    }

    private static CallRecord Call(double dollars, ModelTier tier = ModelTier.Small) => new()
    {
        At = Noon, Task = "test", Subject = "", Tier = tier, Provider = "p", Model = "m", Prompt = "test@1", Outcome = CallOutcome.Answered, Dollars = dollars,
    };

    private static async Task SpendAsync(CallBook book, double estimate, double actual, ModelTier tier = ModelTier.Small)
    {
        var reserved = await book.ReserveAsync(tier, estimate, Cancellation);
        var adjusted = await book.AdjustAsync(reserved, actual, Cancellation);
        await book.RecordAsync([Call(actual, tier)], [adjusted], Cancellation);
    }

    [Fact]
    public async Task AnEstimate_IsSetAsideAndSettledToTheCent()
    {
        using var book = new CallBook(store, Limits(1, 10), time);
        var reserved = await book.ReserveAsync(ModelTier.Small, 0.5, Cancellation);
        (await book.ReadAsync(book.Today(), book.Today(), Cancellation)).Single().Dollars().ShouldBe(0.5);
        var adjusted = await book.AdjustAsync(reserved, 0.2, Cancellation);
        await book.RecordAsync([Call(0.2)], [adjusted], Cancellation);
        var day = (await book.ReadAsync(book.Today(), book.Today(), Cancellation)).Single();
        day.Dollars().ShouldBe(0.2, 1e-9);
        day.Reserved.ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatDoesNotFit_IsRefused_ForTheTierTheDayAndTheMonth()
    {
        using var book = new CallBook(store, Limits(1, 1.5, small: 0.4), time);
        await SpendAsync(book, 0.3, 0.3);
        (await Should.ThrowAsync<BudgetExceededException>(() => book.ReserveAsync(ModelTier.Small, 0.2, Cancellation))).Message.ShouldContain("daily small budget of $0.40");
        await SpendAsync(book, 0.6, 0.6, ModelTier.Medium);
        (await Should.ThrowAsync<BudgetExceededException>(() => book.ReserveAsync(ModelTier.Large, 0.2, Cancellation))).Message.ShouldContain("daily budget of $1.00");
        time.Advance(TimeSpan.FromDays(1));
        await SpendAsync(book, 0.5, 0.5, ModelTier.Large);
        (await Should.ThrowAsync<BudgetExceededException>(() => book.ReserveAsync(ModelTier.Large, 0.2, Cancellation))).Message.ShouldContain("monthly budget of $1.50");
        time.Advance(TimeSpan.FromDays(30));
        await book.ReserveAsync(ModelTier.Large, 0.2, Cancellation);
    }

    [Fact]
    public async Task SomebodyIsTold_At80AndAt100Percent_Once()
    {
        using var book = new CallBook(store, Limits(1, 100), time);
        await SpendAsync(book, 0.79, 0.79);
        store.Alerts.ShouldBeEmpty();
        await SpendAsync(book, 0.1, 0.05);
        await SpendAsync(book, 0.1, 0.01);
        store.Alerts.ShouldHaveSingleItem().Exhausted.ShouldBeFalse();
        await SpendAsync(book, 0.1, 0.15);
        store.Alerts.Select(alert => (alert.Key, alert.Exhausted)).ShouldBe([("budget/day/2026-11-23/80", false), ("budget/day/2026-11-23/100", true)]);
        (await book.ExhaustedAsync(ModelTier.Small, Cancellation))!.ShouldContain("built-in reasoning only");
    }

    [Fact]
    public async Task CallersAtOnce_NeverSetMoreAsideThanThereIs()
    {
        using var one = new CallBook(store, Limits(1, 100), time);
        using var other = new CallBook(store, Limits(1, 100), time);
        var tries = Enumerable.Range(0, 40).Select(index => Task.Run(async () =>
        {
            try
            {
                await (index % 2 == 0 ? one : other).ReserveAsync(ModelTier.Small, 0.1, Cancellation);
                return 1;
            }
            catch (BudgetExceededException)
            {
                return 0;
            }
        }, Cancellation));
        (await Task.WhenAll(tries)).Sum().ShouldBe(10);
        (await one.ReadAsync(one.Today(), one.Today(), Cancellation)).Single().Dollars().ShouldBe(1, 1e-9);
    }

    [Fact]
    public async Task OverBudget_NothingIsSentAndTheReasonIsTold()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { ok = true }));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider(), options => options.DollarsPerDay = 0.001));
        var answer = await bench.Reasoner.AskAsync(new ModelQuestion<string> { Task = ReasoningTasks.Test, Data = [new DataBlock("x", "y")], Read = _ => "yes" }, Cancellation);
        answer.Value.ShouldBeNull();
        answer.Why.ShouldContain("daily budget of $0.00 does not suffice");
        model.Requests.ShouldBeEmpty();
        bench.Spending.Calls.ShouldHaveSingleItem().Outcome.ShouldBe(CallOutcome.OverBudget);
    }

    [Fact]
    public async Task WithoutItsStore_NoModelIsAsked()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { ok = true }));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()), store: new AwayStore());
        var answer = await bench.Reasoner.AskAsync(new ModelQuestion<string> { Task = ReasoningTasks.Test, Data = [new DataBlock("x", "y")], Read = _ => "yes" }, Cancellation);
        answer.Why.ShouldContain("what was spent cannot be read");
        model.Requests.ShouldBeEmpty();
    }

    private sealed class AwayStore : ISpendingStore
    {
        public Task<IReadOnlyList<SpendingDay>> ReadAsync(DateOnly first, DateOnly last, CancellationToken cancellation) => throw new SpendingUnavailableException("away");

        public Task<bool> TryWriteAsync(SpendingDay day, IReadOnlyList<CallRecord> calls, BudgetAlert? alert, CancellationToken cancellation) => throw new SpendingUnavailableException("away");
    }
}
