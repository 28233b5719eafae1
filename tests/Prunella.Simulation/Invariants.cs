using System.Text.Json;
using Prunella.Ledger;

namespace Prunella.Simulation;

/// <summary>What must hold of every history, whatever happened in it. Read from the world's own record and from the ledger.</summary>
internal static class Invariants
{
    internal static async Task CheckAsync(Simulator simulator)
    {
        var ledger = await simulator.Store.ReadLedgerAsync(1, 1_000_000, CancellationToken.None);
        var why = $"seed {simulator.Seed}, {simulator.Kills} kills";
        var effects = simulator.World.Effects.Where(effect => !effect.Undo).ToList();

        // One effect for each execution, and each with its intent before it.
        effects.GroupBy(effect => effect.Execution).ShouldAllBe(group => group.Count() == 1, why);
        var intents = Entries(ledger, "intent");
        foreach (var effect in effects)
        {
            var intent = intents.SingleOrDefault(entry => Text(entry, "execution") == effect.Execution.ToString());
            intent.ShouldNotBeNull($"{why}: effect {effect} has no intent");
            intent.At.ShouldBeLessThanOrEqualTo(effect.At, why);
        }

        // Every intent has exactly one outcome after it.
        var outcomes = Entries(ledger, "outcome");
        foreach (var intent in intents)
        {
            var outcome = outcomes.Where(entry => Text(entry, "execution") == Text(intent, "execution")).ToList();
            outcome.Count.ShouldBe(1, $"{why}: intent {intent.Number}");
            outcome[0].Number.ShouldBeGreaterThan(intent.Number, why);
        }

        // One execution on a target at a time.
        foreach (var target in intents.GroupBy(entry => Text(entry, "target")))
        {
            var spans = target.Select(intent => (Begin: intent.Number, End: outcomes.Single(outcome => Text(outcome, "execution") == Text(intent, "execution")).Number)).OrderBy(span => span.Begin).ToList();
            for (var index = 1; index < spans.Count; index++) spans[index].Begin.ShouldBeGreaterThan(spans[index - 1].End, $"{why}: overlapping executions on {target.Key}");
        }

        // What needs an approval has one, of that digest, in time.
        var approvals = Entries(ledger, "approval-decided").Where(entry => entry.Payload.GetProperty("approve").GetBoolean()).ToList();
        foreach (var effect in effects.Where(effect => effect.Action == "rollback-rollout"))
        {
            approvals.ShouldContain(
                entry => Text(entry, "digest") == effect.Digest && entry.At <= effect.At && effect.At - entry.At <= TimeSpan.FromMinutes(5) && entry.Actor != "prunella", $"{why}: {effect} was not approved");
        }

        // Multi-window limits.
        foreach (var group in effects.GroupBy(effect => (effect.TargetKey, effect.Action)))
        {
            var times = group.Select(effect => effect.At).Order().ToList();
            foreach (var at in times)
            {
                times.Count(other => other <= at && at - other < TimeSpan.FromHours(1)).ShouldBeLessThanOrEqualTo(simulator.Options.Gate.AttemptsPerHourMax, why);
                times.Count(other => other <= at && at - other < TimeSpan.FromDays(1)).ShouldBeLessThanOrEqualTo(simulator.Options.Gate.AttemptsPerDayMax, why);
            }
        }

        // Cumulative growth.
        foreach (var workload in simulator.World.Workloads.Values) workload.Memory.ShouldBeLessThanOrEqualTo(simulator.Options.Gate.CumulativeGrowthMax, why);

        // While a breaker is open, or the kill switch on, no execution begins in its scope.
        var stopped = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var killed = false;
        foreach (var entry in ledger)
        {
            if (entry.Kind == "kill-switch") killed = entry.Payload.GetProperty("on").GetBoolean();
            if (entry.Kind == "breaker-opened") stopped[entry.Subject] = entry.At;
            if (entry.Kind == "breaker-reset") stopped.Remove(entry.Subject);
            if (entry.Kind != "intent") continue;
            killed.ShouldBeFalse($"{why}: intent {entry.Number} while the kill switch is on");
            var target = Text(entry, "target");
            foreach (var scope in new[] { $"action/{target}/{Text(entry, "action")}", "namespace/default/shop", "global" })
                if (stopped.TryGetValue(scope, out var since)) (entry.At - since).ShouldBeGreaterThanOrEqualTo(simulator.Options.Breaker.OpenFor, $"{why}: intent {entry.Number} while breaker {scope} is open");
        }

        (await new LedgerVerifier(LedgerKeyRing.Of(new byte[32])).VerifyAsync(ToAsync(ledger), [], CancellationToken.None)).Intact.ShouldBeTrue(why);
    }

    internal static List<LedgerEntry> Entries(IReadOnlyList<LedgerEntry> ledger, string kind) => [.. ledger.Where(entry => entry.Kind == kind)];

    internal static string Text(LedgerEntry entry, string name) => entry.Payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static async IAsyncEnumerable<LedgerEntry> ToAsync(IEnumerable<LedgerEntry> entries)
    {
        foreach (var entry in entries) yield return entry;
        await Task.CompletedTask;
    }
}
