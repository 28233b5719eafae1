using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Prunella.Tests.Commands.Logs;

public sealed class LogArchiveCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task ArchiveThenCat_GivesTheLogBack_AndSearchFindsItsLines()
    {
        var log = WriteLog("app.log", 500);
        var archive = Path.Combine(folder, "app.parc");
        (await CommandRun.RunAsync("logs", "archive", log, "-o", archive)).Code.ShouldBe(0);
        new FileInfo(archive).Length.ShouldBeLessThan(new FileInfo(log).Length / 8);
        (await CommandRun.RunAsync("logs", "cat", archive)).Output.ShouldBe(File.ReadAllText(log));
        (await CommandRun.RunAsync("logs", "search", archive, "request 17 ", "-n")).Output.ShouldBe("18:2026-03-17 08:00:17 INFO web: request 17 of uid=17 took 3 ms\n");
        (await CommandRun.RunAsync("logs", "search", archive, "--where", "uid=7", "--count")).Output.Trim().ShouldBe("25");
        (await CommandRun.RunAsync("logs", "search", archive, "--since", "10s", "--count")).Output.Trim().ShouldBe("11");
        (await CommandRun.RunAsync("logs", "search", folder, "request 17 ", "--count")).Output.Trim().ShouldBe("1");
        (await CommandRun.RunAsync("logs", "search", archive, "not in it")).Code.ShouldBe(1);
        (await CommandRun.RunAsync("logs", "verify", archive)).Output.ShouldStartWith("whole: 1 block, 500 lines");
        var stats = await CommandRun.RunAsync("logs", "stats", archive);
        stats.Output.ShouldContain("request <*> of uid=<*> took <*> ms");
        stats.Output.ShouldContain("500 lines");
    }

    [Fact]
    public async Task Append_AfterATornWrite_SaysWhatWasCut()
    {
        var log = WriteLog("app.log", 100);
        var archive = Path.Combine(folder, "app.parc");
        (await CommandRun.RunAsync("logs", "archive", log, "-o", archive)).Code.ShouldBe(0);
        await using (var file = new FileStream(archive, FileMode.Append))
        {
            file.Write("PBLKtorn"u8);
        }

        (await CommandRun.RunAsync("logs", "verify", archive)).Code.ShouldBe(1);
        (await CommandRun.RunAsync("logs", "archive", log, "-o", archive, "--append")).Error.ShouldContain("8 bytes of an unfinished block were cut off");
        (await CommandRun.RunAsync("logs", "cat", archive)).Output.ShouldBe(File.ReadAllText(log) + File.ReadAllText(log));
        (await CommandRun.RunAsync("logs", "verify", archive)).Code.ShouldBe(0);
    }

    [Theory]
    [InlineData("cat")]
    [InlineData("stats")]
    [InlineData("search")]
    public async Task AFileThatIsNoArchive_IsNamed(string verb)
    {
        var log = WriteLog("app.log", 3);
        var refused = await CommandRun.RunAsync(["logs", verb, log, .. verb == "search" ? ["request"] : Array.Empty<string>()]);
        refused.Code.ShouldBe(3);
        refused.Error.ShouldStartWith($"{log}: The file is no archive of Prunella");
    }

    [Fact]
    public async Task WhatIsAppended_IsSummarisedAsTheRestWas()
    {
        var log = WriteLog("app.log", 100);
        var (with, without) = (Path.Combine(folder, "with.parc"), Path.Combine(folder, "without.parc"));
        (await CommandRun.RunAsync("logs", "archive", log, "-o", with, "--summaries")).Code.ShouldBe(0);
        (await CommandRun.RunAsync("logs", "archive", log, "-o", with, "--append")).Code.ShouldBe(0);
        (await CommandRun.RunAsync("logs", "summary", with, "-o", "json")).Output.ShouldContain("\"lines\": 200");

        (await CommandRun.RunAsync("logs", "archive", log, "-o", without)).Code.ShouldBe(0);
        var refused = await CommandRun.RunAsync("logs", "archive", log, "-o", without, "--append", "--summaries");
        refused.Code.ShouldBe(3);
        refused.Error.ShouldContain("was written without --summaries");
        (await CommandRun.RunAsync("logs", "cat", without)).Output.ShouldBe(File.ReadAllText(log));

        // Summaries of an archive that is gone are not those of the next of its name.
        File.Delete(with);
        (await CommandRun.RunAsync("logs", "archive", log, "-o", with)).Code.ShouldBe(0);
        (await CommandRun.RunAsync("logs", "summary", with)).Error.ShouldContain("has no summaries beside it");
    }

    [Fact]
    public async Task GzipThatWasCutOff_IsReadAsFarAsItGoes_AndSaidToBe()
    {
        var packed = Path.Combine(folder, "torn.gz");
        await using (var gzip = new GZipStream(File.Create(packed), CompressionMode.Compress))
        {
            gzip.Write(File.ReadAllBytes(WriteLog("app.log", 20_000)));
        }

        await using (var file = new FileStream(packed, FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        var archive = Path.Combine(folder, "torn.parc");
        var archived = await CommandRun.RunAsync("logs", "archive", packed, "-o", archive);
        archived.Code.ShouldBe(1);
        archived.Error.ShouldContain("damaged, archived as far as it could be read");
        (await CommandRun.RunAsync("logs", "cat", archive)).Output.ShouldStartWith("2026-03-17 08:00:00 INFO web: request 0 ");
        (await CommandRun.RunAsync("logs", "patterns", packed)).Error.ShouldContain($"{packed}: damaged after line ");
    }

    [Fact]
    public async Task EncryptedArchive_NeedsItsKey()
    {
        var log = WriteLog("app.log", 50);
        var archive = Path.Combine(folder, "app.parc");
        var key = Path.Combine(folder, "key");
        File.WriteAllText(key, new string('a', 64) + "\n");
        (await CommandRun.RunAsync("logs", "archive", log, "-o", archive, "--key-file", key)).Code.ShouldBe(0);
        (await CommandRun.RunAsync("logs", "cat", archive)).Error.ShouldContain("give its key");
        (await CommandRun.RunAsync("logs", "cat", archive, "--key-file", key)).Output.ShouldBe(File.ReadAllText(log));
    }

    private string WriteLog(string name, int lines)
    {
        var text = new StringBuilder();
        for (var n = 0; n < lines; n++)
        {
            text.Append(CultureInfo.InvariantCulture, $"2026-03-17 08:{n / 60:00}:{n % 60:00} INFO web: request {n} of uid={n % 20} took {n % 7} ms\n");
        }

        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text.ToString());
        return path;
    }
}
