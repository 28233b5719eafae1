using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Prunella.Ledger.Tests;

/// <summary>Ledgers for tests.</summary>
internal static class Ledgers
{
    public static readonly LedgerKeyRing Keys = LedgerKeyRing.Parse(new string('1', 64));

    public static readonly DateTimeOffset Start = new(2026, 1, 31, 3, 14, 15, TimeSpan.Zero);

    public static LedgerDraft Draft(int index) => new(
        index % 2 == 0 ? "intent" : "outcome", $"incident-{index / 2}", index % 3 == 0 ? "person:ana" : "prunella",
        JsonSerializer.SerializeToElement(new { action = "restart-pod", text = "línea \"quoted\"\n", confidence = 0.5 + index, list = new[] { index, index + 1 } }));

    /// <summary>A chain of <paramref name="count"/> entries, one each 1.5 s.</summary>
    public static IReadOnlyList<LedgerEntry> Chain(int count, LedgerKeyRing? keys = null)
    {
        var time = new FakeTimeProvider(Start) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1_500.25) };
        var ledger = new MemoryLedger(new LedgerChain(keys ?? Keys), time);
        ledger.Append([.. Enumerable.Range(0, count).Select(Draft)]);
        return ledger.Read(1, count);
    }

    public static byte[] Export(IEnumerable<LedgerEntry> entries) => Encoding.UTF8.GetBytes(string.Concat(entries.Select(entry => LedgerJsonLines.ToLine(entry) + "\n")));

    /// <summary>The text of a checkpoint file with one line for each of the numbers.</summary>
    public static string Checkpoints(IReadOnlyList<LedgerEntry> entries, LedgerKeyRing keys, params int[] numbers)
    {
        var text = new StringBuilder();
        var previous = LedgerHead.NoHash;
        foreach (var number in numbers)
        {
            var checkpoint = LedgerCheckpoint.Sign(LedgerHead.Of(entries[number - 1]), entries[number - 1].At, previous, keys.Signing);
            text.Append(checkpoint.ToLine()).Append('\n');
            previous = checkpoint.Mac;
        }
        return text.ToString();
    }

    public static LedgerReport Verify(IEnumerable<LedgerEntry> entries, string checkpoints = "", LedgerKeyRing? keys = null) =>
        new LedgerVerifier(keys ?? Keys).VerifyAsync(entries.ToAsyncEnumerable(), LedgerCheckpointFile.Parse(checkpoints)).GetAwaiter().GetResult();

    public static LedgerReport VerifyFile(byte[] file, string checkpoints = "", LedgerKeyRing? keys = null) =>
        new LedgerVerifier(keys ?? Keys).VerifyAsync(LedgerJsonLines.ReadAsync(new MemoryStream(file)), LedgerCheckpointFile.Parse(checkpoints)).GetAwaiter().GetResult();
}
