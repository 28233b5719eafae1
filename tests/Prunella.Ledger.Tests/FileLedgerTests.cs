using Microsoft.Extensions.Time.Testing;

namespace Prunella.Ledger.Tests;

public sealed class FileLedgerTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("prunella-file-ledger-");

    private string LedgerPath => Path.Combine(folder.FullName, "ledger.jsonl");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    private Task<FileLedger> OpenAsync() => FileLedger.OpenAsync(LedgerPath, new LedgerChain(Ledgers.Keys), new FakeTimeProvider(Ledgers.Start), Token);

    [Fact]
    public async Task Append_AfterReopening_GoesOnWithTheChain()
    {
        using (var ledger = await OpenAsync()) ledger.Append([Ledgers.Draft(0), Ledgers.Draft(1)]).Count.ShouldBe(2);
        using (var ledger = await OpenAsync())
        {
            ledger.Head.Number.ShouldBe(2);
            ledger.Append([Ledgers.Draft(2)]).Single().Number.ShouldBe(3);
        }
        var report = Ledgers.VerifyFile(await File.ReadAllBytesAsync(LedgerPath, Token));
        report.Intact.ShouldBeTrue(report.ToString());
        report.Entries.ShouldBe(3);
    }

    [Fact]
    public async Task Open_AfterAKillInTheMiddleOfALine_CutsItOff()
    {
        using (var ledger = await OpenAsync()) ledger.Append([Ledgers.Draft(0), Ledgers.Draft(1)]);
        var whole = await File.ReadAllBytesAsync(LedgerPath, Token);
        var first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var length = 0; length < whole.Length; length += 37)
        {
            await File.WriteAllBytesAsync(LedgerPath, whole[..length], Token);
            using (var ledger = await OpenAsync())
            {
                ledger.Head.Number.ShouldBe(length < first ? 0 : 1);
                ledger.Append([Ledgers.Draft(7)]);
            }
            Ledgers.VerifyFile(await File.ReadAllBytesAsync(LedgerPath, Token)).Intact.ShouldBeTrue($"cut at {length}");
        }
    }

    [Fact]
    public async Task Open_LineThatIsNoEntry_NamesIt()
    {
        await File.WriteAllTextAsync(LedgerPath, "{}\n", Token);
        (await Should.ThrowAsync<InvalidDataException>(OpenAsync)).Message.ShouldContain("line 1");
    }
}
