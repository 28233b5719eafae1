using Microsoft.Extensions.Time.Testing;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Cache;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Reasoning.Tests.Cache;

public class AnswerCacheTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ModelQuestion<string> About(string data) => new() { Task = ReasoningTasks.Recommend, Data = [new DataBlock("thing", data)], Read = json => json.GetProperty("why").GetString()! };

    private static object Recommend(string why) => new { verdict = "approve", why, risks = Array.Empty<string>(), checkFirst = Array.Empty<string>(), alternatives = Array.Empty<object>() };

    [Fact]
    public async Task TheSameQuestion_IsPaidOnce_AndTwoAddressesAreOneAfterRedaction()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, (request, _) =>
        {
            var at = request.Turns[0].Text.IndexOf("<email-1-", StringComparison.Ordinal);
            return ModelReply.Say(Recommend($"write to {request.Turns[0].Text[at..(request.Turns[0].Text.IndexOf('>', at) + 1)]}"));
        });
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        (await bench.Reasoner.AskAsync(About("mail to ana@example.com bounced"), Cancellation)).Value.ShouldBe("write to ana@example.com");
        (await bench.Reasoner.AskAsync(About("mail to bo@example.org bounced"), Cancellation)).Value.ShouldBe("write to bo@example.org");
        model.Requests.Count.ShouldBe(1);
        bench.Spending.Calls.Select(call => (call.Outcome, call.Dollars > 0, call.Saved > 0)).ShouldBe([(CallOutcome.Answered, true, false), (CallOutcome.Cached, false, true)]);
    }

    [Fact]
    public async Task AnAnswerOfNoUse_IsNotKept()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say("no"), ModelReply.Say("no"), ModelReply.Say(Recommend("now it is")));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        (await bench.Reasoner.AskAsync(About("x"), Cancellation)).Value.ShouldBeNull();
        (await bench.Reasoner.AskAsync(About("x"), Cancellation)).Value.ShouldBe("now it is");
    }

    [Fact]
    public async Task Answers_GrowOldAndMakeRoom()
    {
        var time = new FakeTimeProvider();
        var cache = new MemoryAnswerCache(2, TimeSpan.FromHours(1), time);
        await cache.KeepAsync("a", "1", Cancellation);
        await cache.KeepAsync("b", "2", Cancellation);
        (await cache.FindAsync("a", Cancellation)).ShouldBe("1");
        await cache.KeepAsync("c", "3", Cancellation);
        (await cache.FindAsync("b", Cancellation)).ShouldBeNull();
        (await cache.FindAsync("a", Cancellation)).ShouldBe("1");
        time.Advance(TimeSpan.FromHours(1));
        (await cache.FindAsync("a", Cancellation)).ShouldBeNull();
    }

    [Fact(Explicit = true)]
    public async Task AHit_TakesLessThanAMillisecond()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(Recommend("yes")));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        var data = string.Join('\n', Enumerable.Range(0, 80).Select(index => $"2026-11-23T12:00:{index % 60:00}Z WARN pool of shop-db has 0 free connections of 20, waited {index} ms for request {index * 7919}"));
        await bench.Reasoner.AskAsync(About(data), Cancellation);
        var times = new List<double>();
        for (var run = 0; run < 300; run++) times.Add((await bench.Reasoner.AskAsync(About(data), Cancellation)).Elapsed.TotalMilliseconds);
        times.Sort();
        TestContext.Current.SendDiagnosticMessage($"a whole question that hits, of {data.Length} characters: median {times[150]:0.000} ms, best {times[0]:0.000} ms");
        var lookups = bench.Spending.Calls.Where(call => call.Outcome == CallOutcome.Cached).Select(call => call.ElapsedMs).Order().ToList();
        TestContext.Current.SendDiagnosticMessage($"of it the look-up: median {lookups[lookups.Count / 2]:0.0000} ms");
        lookups[lookups.Count / 2].ShouldBeLessThan(1);
    }
}
