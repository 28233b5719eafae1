using System.Text.Json;

namespace Prunella.Ledger.Tests;

public sealed class LedgerVerifierTests
{
    private static readonly IReadOnlyList<LedgerEntry> Chain = Ledgers.Chain(12);
    private static readonly string Checkpoints = Ledgers.Checkpoints(Chain, Ledgers.Keys, 4, 8, 12);

    private static LedgerBreak? BreakOf(Action<List<LedgerEntry>> tamper)
    {
        var entries = Chain.ToList();
        tamper(entries);
        return Ledgers.Verify(entries, Checkpoints).Break;
    }

    [Fact]
    public void Verify_Untouched_IsIntactAndVouchedForToTheEnd()
    {
        var report = Ledgers.Verify(Chain, Checkpoints);
        report.Intact.ShouldBeTrue(report.ToString());
        report.Entries.ShouldBe(12);
        report.CheckpointsMatched.ShouldBe(3);
        report.VouchedNumber.ShouldBe(12);
        Ledgers.Verify([]).Intact.ShouldBeTrue();
    }

    [Fact]
    public void Verify_Changed_NamesTheEntry()
    {
        var found = BreakOf(entries => entries[4] = entries[4] with { Actor = "person:eve" });
        (found?.Kind, found?.Number).ShouldBe((LedgerBreakKind.ContentChanged, 5));
    }

    [Fact]
    public void Verify_PayloadSpeltAnotherWay_IsAChange()
    {
        using var spaced = JsonDocument.Parse(" " + Chain[4].Payload.GetRawText().Replace(",", ", ", StringComparison.Ordinal));
        BreakOf(entries => entries[4] = entries[4] with { Payload = spaced.RootElement.Clone() })?.Number.ShouldBe(5);
    }

    [Fact]
    public void Verify_Missing_IsAGap()
    {
        var found = BreakOf(entries => entries.RemoveRange(4, 2));
        (found?.Kind, found?.Number).ShouldBe((LedgerBreakKind.Gap, 5));
    }

    [Fact]
    public void Verify_Swapped_IsReordered()
    {
        var found = BreakOf(entries => (entries[4], entries[8]) = (entries[8], entries[4]));
        (found?.Kind, found?.Number).ShouldBe((LedgerBreakKind.Reordered, 5));
        found!.Text.ShouldContain("4 places later");
    }

    [Fact]
    public void Verify_CutBelowACheckpoint_IsTruncated()
    {
        var found = BreakOf(entries => entries.RemoveRange(10, 2));
        (found?.Kind, found?.Number).ShouldBe((LedgerBreakKind.Truncated, 11));
        found!.Text.ShouldContain("saw entry 12");
        BreakOf(entries => entries.Clear())!.Number.ShouldBe(1);
    }

    [Fact]
    public void Verify_CutAboveTheLastCheckpoint_CannotShowAndSaysHowFarItVouches()
    {
        var report = Ledgers.Verify(Chain.Take(10), Ledgers.Checkpoints(Chain, Ledgers.Keys, 4, 8));
        report.Intact.ShouldBeTrue();
        report.VouchedNumber.ShouldBe(8);
        report.ToString().ShouldContain("vouch for the first 8");
    }

    [Fact]
    public void Verify_RewrittenWithTheKey_ShowsAgainstTheCheckpoint()
    {
        var rewritten = Ledgers.Chain(4).Concat(Ledgers.Chain(4)).Take(4).ToList();
        var chain = new LedgerChain(Ledgers.Keys);
        rewritten[3] = chain.Next(LedgerHead.Of(rewritten[2]), Ledgers.Draft(99), Ledgers.Start);
        for (var index = 4; index < 12; index++) rewritten.Add(chain.Next(LedgerHead.Of(rewritten[^1]), Ledgers.Draft(index), Ledgers.Start));

        var found = Ledgers.Verify(rewritten, Checkpoints).Break;

        (found?.Kind, found?.Number).ShouldBe((LedgerBreakKind.Replaced, 4));
        found!.Text.ShouldContain("entries 1 to 4");
    }

    [Fact]
    public void Verify_AnotherKey_IsWrongKey()
    {
        var other = LedgerKeyRing.Parse(new string('2', 64));
        var report = Ledgers.Verify(Chain, Checkpoints, other);
        (report.Break?.Kind, report.Break?.Number).ShouldBe((LedgerBreakKind.WrongKey, 1));
        report.ForgedCheckpoints.Count.ShouldBe(3);
    }

    [Fact]
    public void Verify_AfterRotation_AcceptsBothKeysInTheirOrder()
    {
        var both = LedgerKeyRing.Parse($"{new string('1', 64)}\n{new string('2', 64)}");
        var chain = new LedgerChain(both);
        var entries = Ledgers.Chain(3).ToList();
        entries.Add(chain.Next(LedgerHead.Of(entries[^1]), Ledgers.Draft(3), Ledgers.Start));
        entries[^1].KeyId.ShouldBe(both.SigningId);
        Ledgers.Verify(entries, keys: both).Intact.ShouldBeTrue();

        // Who stole the retired key cannot go on with it.
        entries.Add(new LedgerChain(Ledgers.Keys).Next(LedgerHead.Of(entries[^1]), Ledgers.Draft(4), Ledgers.Start));
        var found = Ledgers.Verify(entries, keys: both).Break;
        (found?.Kind, found?.Number).ShouldBe((LedgerBreakKind.WrongKey, 5));
    }

    [Fact]
    public void Verify_ForgedCheckpoint_IsNamedByLine()
    {
        var forged = Checkpoints.Replace("\"number\":8", "\"number\":7", StringComparison.Ordinal);
        var report = Ledgers.Verify(Chain, forged);
        report.Intact.ShouldBeFalse();
        report.Break.ShouldBeNull();
        report.ForgedCheckpoints.Single().ShouldSatisfyAllConditions(
            found => found.Number.ShouldBe(2), found => found.Kind.ShouldBe(LedgerBreakKind.CheckpointForged));
    }

    [Fact]
    public void Verify_CheckpointRemovedFromTheMiddle_Shows()
    {
        var lines = Checkpoints.Split('\n');
        var report = Ledgers.Verify(Chain, $"{lines[0]}\n{lines[2]}\n");
        report.ForgedCheckpoints.Single().Number.ShouldBe(2);
    }

    [Fact]
    public void VerifyFile_LinesThatAreNoEntries_AreNamed()
    {
        var file = Ledgers.Export(Chain);
        Ledgers.VerifyFile(file, Checkpoints).Intact.ShouldBeTrue();
        Ledgers.VerifyFile([.. file, .. "{}\n"u8], Checkpoints).Break!.ShouldSatisfyAllConditions(
            found => found.Kind.ShouldBe(LedgerBreakKind.Unreadable), found => found.Number.ShouldBe(13), found => found.Text.ShouldContain("line 13"));
        Ledgers.VerifyFile(file[..^1], Checkpoints).Break!.Text.ShouldContain("cut");
    }

    [Fact]
    public async Task Verify_LongLedger_Streams()
    {
        // 20 000 entries made while they are read: only one is alive at a time.
        var chain = new LedgerChain(Ledgers.Keys);
        var report = await new LedgerVerifier(Ledgers.Keys).VerifyAsync(Make(20_000), [], TestContext.Current.CancellationToken);
        report.Entries.ShouldBe(20_000);
        report.Intact.ShouldBeTrue();

        async IAsyncEnumerable<LedgerEntry> Make(int count)
        {
            var head = LedgerHead.Empty;
            for (var index = 0; index < count; index++)
            {
                await Task.CompletedTask;
                var entry = chain.Next(head, Ledgers.Draft(index), Ledgers.Start);
                head = LedgerHead.Of(entry);
                yield return entry;
            }
        }
    }
}
