using System.Text.Json;
using Prunella.Incidents;
using Prunella.Incidents.Workloads;
using Prunella.Ledger;
using Prunella.Reasoning.Tools;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Memory;

namespace Prunella.Tests.Reasoning;

/// <summary>The tools that look into a server's own memory: of the incident's namespace only, bounded, and without leaving a trace.</summary>
public sealed class ServerToolTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 3, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PastIncidents_TellsTheNewestTwentyOfTheNamespace_NeitherItselfNorOthers_AndWritesNothing()
    {
        var store = new MemoryRemediationStore(TimeProvider.System, new LedgerChain(LedgerKeyRing.Of(new byte[32])));
        var mine = Past("shop", "api", 100);
        await store.CommitAsync(new StoreChange { Incidents = [.. Enumerable.Range(0, 30).Select(index => Past("shop", index % 3 == 0 ? "api" : "cart", index)), Past("payments", "api", 50), mine] }, Cancellation);
        var entries = (await store.ReadLedgerAsync(1, 500, Cancellation)).Count;
        var tool = new PastIncidentsTool(store, mine);

        var all = (await tool.ReadAsync(Json("{}"), Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        all.Length.ShouldBe(20);
        all.ShouldAllBe(line => line.Contains(" shop/", StringComparison.Ordinal) && !line.Contains("number 100", StringComparison.Ordinal));
        var same = (await tool.ReadAsync(Json("""{"same_target_only":true}"""), Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        same.Length.ShouldBe(10);
        same.ShouldAllBe(line => line.Contains("Deployment shop/api", StringComparison.Ordinal));
        (await new PastIncidentsTool(store, Past("empty", "x", 1)).ReadAsync(Json("{}"), Cancellation)).ShouldBe("none");
        (await store.ReadLedgerAsync(1, 500, Cancellation)).Count.ShouldBe(entries);
    }

    [Fact]
    public async Task LogPatterns_AreOfTheIncidentsNamespace_WhateverIsAsked()
    {
        var patterns = new Patterns();
        var tool = new LogPatternsTool([patterns], new Target("default", "shop", "Deployment", "api"));
        (await tool.ReadAsync(Json("""{"kind":"StatefulSet","name":"../payments/db"}"""), Cancellation)).ShouldBe("03:00:00 db-0: ×3 disk full");
        patterns.Asked.ShouldBe([new Target("default", "shop", "StatefulSet", "../payments/db")]);
        (await new LogPatternsTool([], new Target("default", "shop", "Deployment", "api")).ReadAsync(Json("""{"kind":"Job","name":"j"}"""), Cancellation)).ShouldBe("none");
    }

    private static Incident Past(string @namespace, string name, int number)
    {
        var signal = new Signal { Id = new SignalId(Guid.CreateVersion7()), Source = "s", Fingerprint = $"f{number}", Status = SignalStatus.Firing, Name = "n", StartsAt = Now, ReceivedAt = Now };
        return new Incident
        {
            Id = new IncidentId(Guid.CreateVersion7()), Target = new Target("default", @namespace, "Deployment", name), Family = "f", Title = $"number {number}", State = IncidentState.Resolved,
            StartedAt = Now.AddMinutes(number), NoticedAt = Now.AddMinutes(number), ClosedAt = Now.AddMinutes(number + 1), FirstSignal = signal,
        };
    }

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);

    private sealed class Patterns : IEvidenceSource
    {
        internal List<Target> Asked { get; } = [];

        public IReadOnlyList<Evidence> Gather(Target target)
        {
            Asked.Add(target);
            return [new Evidence("log-pattern", "db-0", "×3 disk full", Now)];
        }
    }
}
