using System.Text;
using CsCheck;

namespace Prunella.Ledger.Tests;

/// <summary>Whatever is done to a ledger, it shows, and the first broken entry is named.</summary>
public sealed class LedgerTamperingTests
{
    private const int Count = 9;
    private static readonly IReadOnlyList<LedgerEntry> Chain = Ledgers.Chain(Count);
    private static readonly string Checkpoints = Ledgers.Checkpoints(Chain, Ledgers.Keys, 3, Count);
    private static readonly byte[] File = Ledgers.Export(Chain);
    private static readonly byte[][] Lines = SplitLines(File);

    private static readonly Gen<byte[]> OneByteFlipped = Gen.Select(Gen.Int[0, File.Length - 1], Gen.Byte[1, 255], (at, by) =>
    {
        var copy = (byte[])File.Clone();
        copy[at] ^= by;
        return copy;
    });

    private static readonly Gen<byte[]> BytesRemoved = Gen.Select(Gen.Int[0, File.Length - 1], Gen.Int[1, 400],
        (at, length) => (byte[])[.. File[..at], .. File.Skip(at + length)]);

    private static readonly Gen<byte[]> BytesInserted = Gen.Select(Gen.Int[0, File.Length], Gen.OneOf(Gen.Byte.Array[1, 3], Gen.Const("\n"u8.ToArray()), Gen.Const(" "u8.ToArray())),
        (at, bytes) => (byte[])[.. File[..at], .. bytes, .. File[at..]]);

    private static readonly Gen<byte[]> Truncated = Gen.Int[0, File.Length - 1].Select(length => File[..length]);

    private static readonly Gen<byte[]> LinesMoved = Gen.Select(Gen.Int[0, Count - 1], Gen.Int[0, Count - 1], Gen.Int[0, 2], (from, to, how) =>
    {
        var lines = Lines.ToList();
        if (how == 0) (lines[from], lines[to]) = (lines[to], lines[from]);
        else if (how == 1) lines.Insert(to, lines[from]);
        else lines.RemoveAt(from);
        return lines.SelectMany(line => line).ToArray();
    });

    // Entries of another ledger under the same key: the hash fits the content, only the link tells. Entry 1 links to nothing, so a
    // foreign entry 1 is itself sound, and entry 2 is the first broken one; Splice_ForeignFirstEntry_BreaksAtTheSecond has that case.
    private static readonly byte[][] Others = SplitLines(Ledgers.Export(OtherChain()));

    private static readonly Gen<byte[]> Spliced = Gen.Select(Gen.Int[0, Count - 1], Gen.Int[1, Count - 1], Gen.Bool, (at, from, replace) =>
        Lines[..at].Append(Others[from]).Concat(Lines[(replace ? at + 1 : at)..]).SelectMany(line => line).ToArray());

    [Fact]
    public void AnyChangeOfTheExportedFile_ShowsAndTheFirstBrokenEntryIsNamed() =>
        Gen.OneOf(OneByteFlipped, OneByteFlipped, BytesRemoved, BytesInserted, Truncated, LinesMoved, Spliced)
            .Where(file => !file.AsSpan().SequenceEqual(File)).Sample(file =>
            {
                var report = Ledgers.VerifyFile(file, Checkpoints);
                // The oracle: every entry whose line, with its end, is untouched from the first byte on is intact; the next one is broken.
                var common = file.AsSpan().CommonPrefixLength(File);
                var intact = File.AsSpan(0, common).Count((byte)'\n');
                return report.Break?.Number == intact + 1 && report.Entries == intact;
            }, iter: 30_000);

    [Fact]
    public void Splice_ForeignFirstEntry_BreaksAtTheSecond() =>
        Ledgers.VerifyFile([.. Others[0], .. Lines[1..].SelectMany(line => line)], Checkpoints).Break!.Number.ShouldBe(2);

    [Fact]
    public void AnyChangeOfAnEntryInTheStore_ShowsAndTheEntryIsNamed() =>
        Gen.Select(Gen.Int[0, Count - 1], Gen.Int[0, 7], Gen.Int[0, 500], Gen.Char).Sample((index, field, place, unit) =>
        {
            var entry = Chain[index];
            var changed = field switch
            {
                0 => entry with { Actor = Changed(entry.Actor, place, unit) },
                1 => entry with { At = entry.At.AddMicroseconds(place + 1) },
                2 => entry with { Kind = Changed(entry.Kind, place, unit) },
                3 => entry with { Subject = Changed(entry.Subject, place, unit) },
                4 => entry with { Hash = Changed(entry.Hash, place, unit) },
                5 => entry with { PreviousHash = Changed(entry.PreviousHash, place, unit) },
                6 => entry with { Payload = Ledgers.Draft(place + Count).Payload },
                _ => entry with { At = entry.At.AddTicks(1 + place % 9) },
            };
            var report = Ledgers.Verify([.. Chain.Take(index), changed, .. Chain.Skip(index + 1)], Checkpoints);
            return report.Break?.Number == index + 1;
        }, iter: 10_000);

    [Fact]
    public void AnyChangedByteOfTheCheckpointFile_Shows() =>
        Gen.Select(Gen.Int[0, Checkpoints.Length - 1], Gen.Byte[1, 127]).Sample((at, by) =>
        {
            var bytes = Encoding.UTF8.GetBytes(Checkpoints);
            bytes[at] ^= by;
            return !Ledgers.Verify(Chain, Encoding.UTF8.GetString(bytes)).Intact;
        }, iter: 10_000);

    [Fact]
    public void AnythingAsAFile_NeverThrows() =>
        Gen.OneOf(Gen.Byte.Array[0, 600], Gen.Select(Gen.Int[0, Count - 1], Gen.Byte.Array[0, 40], (line, bytes) => (byte[])[.. Lines[line], .. bytes, (byte)'\n']))
            .Sample(file => Ledgers.VerifyFile(file).Entries >= 0, iter: 10_000);

    private static string Changed(string text, int place, char unit)
    {
        var at = place % text.Length;
        return text[at] == unit ? text.Remove(at, 1) : $"{text[..at]}{unit}{text[(at + 1)..]}";
    }

    private static byte[][] SplitLines(byte[] file)
    {
        var lines = new List<byte[]>();
        for (var start = 0; start < file.Length;)
        {
            var end = Array.IndexOf(file, (byte)'\n', start) + 1;
            lines.Add(file[start..end]);
            start = end;
        }
        return [.. lines];
    }

    private static List<LedgerEntry> OtherChain()
    {
        var chain = new LedgerChain(Ledgers.Keys);
        var entries = new List<LedgerEntry>();
        var head = LedgerHead.Empty;
        for (var index = 0; index < Count; index++)
        {
            entries.Add(chain.Next(head, Ledgers.Draft(index + 50), Ledgers.Start));
            head = LedgerHead.Of(entries[^1]);
        }
        return entries;
    }
}
