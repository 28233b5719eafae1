using Prunella.Integrations.Siem;
using Prunella.Ledger;

namespace Prunella.Integrations.Tests.Siem;

public sealed class FileLedgerSinkTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("ledger-file").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Place => Path.Combine(folder, "ledger.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private FileLedgerSink Sink() => new(new FileLedgerOptions { Path = Place });

    private async Task<LedgerReport> VerifiedAsync()
    {
        await using var stream = File.OpenRead(Place);
        return await new LedgerVerifier(Entries.Keys).VerifyAsync(LedgerJsonLines.ReadAsync(stream, Cancellation), LedgerCheckpointFile.Parse(""));
    }

    [Fact]
    public async Task Batches_AreAppended_AndTheFileCanBeVerified()
    {
        var entries = Entries.Of(30);
        await Sink().TakeAsync([.. entries.Take(10)], Cancellation);
        await Sink().TakeAsync([.. entries.Skip(10)], Cancellation);
        var report = await VerifiedAsync();
        (report.Intact, report.Entries).ShouldBe((true, 30));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000)]
    public async Task WhatAKillLeftOfALine_IsCutOff(int octets)
    {
        var entries = Entries.Of(6);
        await Sink().TakeAsync([.. entries.Take(3)], Cancellation);
        await File.AppendAllTextAsync(Place, new string('{', octets), Cancellation);
        await Sink().TakeAsync([.. entries.Skip(3)], Cancellation);
        var report = await VerifiedAsync();
        (report.Intact, report.Entries).ShouldBe((true, 6));
    }

    [Fact]
    public async Task ARotatedFile_IsBegunAnew()
    {
        var entries = Entries.Of(6);
        var sink = Sink();
        await sink.TakeAsync([.. entries.Take(3)], Cancellation);
        File.Move(Place, Place + ".1");
        await sink.TakeAsync([.. entries.Skip(3)], Cancellation);
        (await File.ReadAllLinesAsync(Place, Cancellation)).Length.ShouldBe(3);
    }

    [Fact]
    public async Task AFullDisk_TakesNothing_AndLeavesNoHalfLine()
    {
        // A device that is always full; there is none on other systems.
        if (!File.Exists("/dev/full")) Assert.Skip("there is no /dev/full");
        File.CreateSymbolicLink(Place, "/dev/full");
        await Should.ThrowAsync<LedgerSinkException>(() => Sink().TakeAsync(Entries.Of(1), Cancellation));
    }

    [Fact]
    public void Options_NeedAPathInADirectoryThatIsThere()
    {
        new FileLedgerOptions { Path = "ledger.jsonl" }.Problems().ShouldNotBeEmpty();
        new FileLedgerOptions { Path = Path.Combine(folder, "no", "ledger.jsonl") }.Problems().ShouldHaveSingleItem().ShouldContain("does not exist");
    }
}
