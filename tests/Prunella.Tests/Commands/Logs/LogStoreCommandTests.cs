namespace Prunella.Tests.Commands.Logs;

public sealed class LogStoreCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Hold_OfTheServersFolder_KeepsItsArchivesUntilItIsLifted()
    {
        var segment = await OldSegmentAsync(Path.Combine(folder, "archive"));
        var put = await CommandRun.RunAsync("logs", "hold", folder, "case-17", "--from", "2020-03-01", "--to", "2020-04-01", "--reason", "request");
        put.Output.ShouldBe("case-17: 2020-03-01 00:00 to 2020-04-01 00:00 request\n");
        put.Error.ShouldContain("1 archive");
        (await CommandRun.RunAsync("logs", "hold", folder)).Output.ShouldBe(put.Output);
        (await CommandRun.RunAsync("logs", "retain", folder)).Output.ShouldContain("held: routine-20200317T080000Z.parc (case-17: request");
        File.Exists(segment).ShouldBeTrue();

        (await CommandRun.RunAsync("logs", "hold", folder, "case-17", "--release")).Error.ShouldContain("case-17 is lifted");
        (await CommandRun.RunAsync("logs", "retain", folder, "--dry-run")).Output.ShouldStartWith("would be deleted: routine-");
        (await CommandRun.RunAsync("logs", "retain", folder)).Output.ShouldStartWith("deleted: routine-");
        File.Exists(segment).ShouldBeFalse();
    }

    [Fact]
    public async Task Hold_OfAFolderWithoutArchives_IsRefused()
    {
        var put = await CommandRun.RunAsync("logs", "hold", folder, "case-17");
        put.Code.ShouldNotBe(0);
        put.Error.ShouldContain($"No log archives are in {folder}");
        Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Retain_WithNothingOldEnough_SaysSo()
    {
        await OldSegmentAsync(folder);
        var retained = await CommandRun.RunAsync("logs", "retain", folder, "--routine", "0", "--cold-after", "0");
        (retained.Code, retained.Output).ShouldBe((0, ""));
        retained.Error.ShouldContain("none is old enough");
    }

    [Fact]
    public async Task FolderOfAServer_IsSearchedAndVerified_AndForOneArchiveAskedToNameIt()
    {
        var segment = await OldSegmentAsync(Path.Combine(folder, "archive"));
        File.Copy(segment, Path.Combine(folder, "archive", "routine-20200318T080000Z.parc"));
        (await CommandRun.RunAsync("logs", "search", folder, "request", "--count")).Output.Trim().ShouldBe("2");
        (await CommandRun.RunAsync("logs", "verify", folder)).Output.ShouldContain("routine-20200318T080000Z.parc: whole: 1 block, 1 line");
        (await CommandRun.RunAsync("logs", "query", "how many requests", folder)).Code.ShouldBe(0);
        (await CommandRun.RunAsync("logs", "stats", folder)).Error.ShouldContain($"is a folder; name one of its archives, as {segment}");
        await File.AppendAllTextAsync(segment, "torn", TestContext.Current.CancellationToken);
        var verified = await CommandRun.RunAsync("logs", "verify", folder);
        verified.Code.ShouldBe(1);
        verified.Error.ShouldStartWith("routine-20200317T080000Z.parc: at byte");
    }

    private async Task<string> OldSegmentAsync(string archives)
    {
        Directory.CreateDirectory(archives);
        var log = Path.Combine(folder, "app.log");
        await File.WriteAllTextAsync(log, "2020-03-17 08:00:00 INFO web: request 1\n", TestContext.Current.CancellationToken);
        var segment = Path.Combine(archives, "routine-20200317T080000Z.parc");
        (await CommandRun.RunAsync("logs", "archive", log, "-o", segment)).Code.ShouldBe(0);
        File.SetLastWriteTimeUtc(segment, new DateTime(2020, 3, 17, 8, 0, 1, DateTimeKind.Utc));
        return segment;
    }
}
