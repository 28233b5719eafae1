using Microsoft.Extensions.Time.Testing;

namespace Prunella.Ledger.Tests;

public sealed class LedgerCheckpointFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("prunella-checkpoints-");
    private readonly FakeTimeProvider time = new(Ledgers.Start);
    private readonly IReadOnlyList<LedgerEntry> chain = Ledgers.Chain(40);

    private string CheckpointPath => Path.Combine(folder.FullName, "deep", "ledger.jsonl");

    public void Dispose() => folder.Delete(recursive: true);

    private LedgerCheckpointFile Open() => new(CheckpointPath, Ledgers.Keys);

    private LedgerHead Head(int number) => LedgerHead.Of(chain[number - 1]);

    [Fact]
    public void Append_LinksCheckpointsAndSkipsOlderOnes()
    {
        var file = Open();
        file.Last().ShouldBeNull();
        file.Append(LedgerHead.Empty, Ledgers.Start).ShouldBeFalse();
        file.Append(Head(5), Ledgers.Start).ShouldBeTrue();
        file.Append(Head(5), Ledgers.Start).ShouldBeFalse();
        file.Append(Head(3), Ledgers.Start).ShouldBeFalse();
        Open().Append(Head(9), Ledgers.Start).ShouldBeTrue();

        var lines = LedgerCheckpointFile.Read(CheckpointPath);
        lines.Count.ShouldBe(2);
        lines[1].Checkpoint!.PreviousMac.ShouldBe(lines[0].Checkpoint!.Mac);
        Ledgers.Verify(chain, File.ReadAllText(CheckpointPath)).ShouldSatisfyAllConditions(
            report => report.Intact.ShouldBeTrue(), report => report.VouchedNumber.ShouldBe(9));
    }

    [Fact]
    public async Task Append_SeveralWriters_KeepOneChain()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
        {
            var file = Open();
            for (var number = writer + 1; number <= 40; number += 4) file.Append(Head(number), Ledgers.Start);
        })));
        var report = Ledgers.Verify(chain, File.ReadAllText(CheckpointPath));
        report.Intact.ShouldBeTrue(report.ToString());
        report.VouchedNumber.ShouldBe(40);
    }

    [Fact]
    public void Append_AfterAKillInTheMiddleOfALine_GoesOn()
    {
        Open().Append(Head(5), Ledgers.Start);
        Open().Append(Head(9), Ledgers.Start);
        var whole = File.ReadAllText(CheckpointPath);
        var first = whole.IndexOf('\n') + 1;
        for (var length = first; length < whole.Length; length++)
        {
            File.WriteAllText(CheckpointPath, whole[..length]);
            Ledgers.Verify(chain, File.ReadAllText(CheckpointPath)).Intact.ShouldBeTrue($"cut at {length}");
            Open().Append(Head(12), Ledgers.Start).ShouldBeTrue();
            var report = Ledgers.Verify(chain, File.ReadAllText(CheckpointPath));
            report.Intact.ShouldBeTrue($"cut at {length}: {report}");
            report.VouchedNumber.ShouldBe(12);
        }
    }

    [Fact]
    public void Append_AfterAForgedLine_Refuses()
    {
        Open().Append(Head(5), Ledgers.Start);
        File.AppendAllText(CheckpointPath, "{\"number\":9}\n");
        Should.Throw<LedgerCheckpointException>(() => Open().Append(Head(12), Ledgers.Start)).Message.ShouldContain(CheckpointPath);
        Should.Throw<LedgerCheckpointException>(() => Open().Last());
    }

    [Fact]
    public void Checkpointer_WritesEverySoManyEntriesAndOnStop()
    {
        var checkpointer = new LedgerCheckpointer(Open(), time, 10);
        checkpointer.Appended(Head(9)).ShouldBeFalse();
        checkpointer.Appended(Head(11)).ShouldBeTrue();
        checkpointer.Appended(Head(20)).ShouldBeFalse();
        checkpointer.Appended(Head(21)).ShouldBeTrue();
        checkpointer.WriteNow(Head(22)).ShouldBeTrue();
        checkpointer.WriteNow(Head(22)).ShouldBeFalse();
    }

    [Fact]
    public async Task Checkpointer_LedgerCutOrReplaced_RefusesToStart()
    {
        Open().Append(Head(9), Ledgers.Start);
        var checkpointer = new LedgerCheckpointer(Open(), time);
        await checkpointer.ThrowIfBrokenAsync(number => Task.FromResult<string?>(chain[(int)number - 1].Hash));
        (await Should.ThrowAsync<LedgerBrokenException>(() => checkpointer.ThrowIfBrokenAsync(_ => Task.FromResult<string?>(null)))).Message.ShouldContain("is missing");
        (await Should.ThrowAsync<LedgerBrokenException>(() => checkpointer.ThrowIfBrokenAsync(_ => Task.FromResult<string?>(LedgerHead.NoHash)))).Checkpoint.Number.ShouldBe(9);
    }
}
