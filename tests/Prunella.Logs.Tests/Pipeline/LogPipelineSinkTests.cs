using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Prunella.Logs.Archive;
using Prunella.Logs.Pipeline;
using Prunella.Logs.Redaction;
using Prunella.Logs.Tests.Archive;

namespace Prunella.Logs.Tests.Pipeline;

public sealed class LogPipelineSinkTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-").FullName;
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 17, 8, 0, 0, TimeSpan.Zero));
    private readonly byte[] archiveKey = [.. Enumerable.Range(0, 32).Select(static n => (byte)n)];
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Drain_IndexesAllThatMatters_AndATenthOfTheRoutine()
    {
        var sink = new ScriptedSink();
        await RunAsync(sink, async (pipeline, feed) =>
        {
            Accept(pipeline, 4_000, static n => string.Create(CultureInfo.InvariantCulture, $"2026-03-17 08:00:00 INFO web: request {n} served"));
            Accept(pipeline, 200, static n => string.Create(CultureInfo.InvariantCulture, $"2026-03-17 08:00:01 ERROR web: request {n} failed"));
            pipeline.Drain(all: true).ShouldBe(4_200);
            await feed.DeliverAsync(Cancellation);
            pipeline.Indexed.ShouldBe(sink.Taken.Count);
        });
        var messages = sink.Taken.Select(static d => JsonDocument.Parse(d.Json).RootElement).ToList();
        messages.Count(static m => m.GetProperty("log").GetProperty("level").GetString() == "error").ShouldBe(200);
        (messages.Count - 200).ShouldBeInRange(300, 500);
        messages[0].GetProperty("@timestamp").GetDateTime().ShouldBe(new DateTime(2026, 3, 17, 8, 0, 0, DateTimeKind.Utc));
        messages[0].GetProperty("prunella").GetProperty("source").GetString().ShouldBe("test:a");
        sink.Taken.Select(static d => d.Id).Distinct().Count().ShouldBe(sink.Taken.Count);
        Archived().Count.ShouldBe(4_200);
    }

    [Fact]
    public async Task TheFirstLineOfATemplate_IsShownWhole_WhateverStandsInBoth()
    {
        var (sink, book) = (new ScriptedSink(), new LogPatternBook(time));
        await RunAsync(sink, async (pipeline, feed) =>
        {
            Accept(pipeline, 1, static _ => "2026-03-17 08:00:01 ERROR web: no mail to jane@example.org from 203.0.113.77");
            pipeline.Drain(all: true);
            await feed.DeliverAsync(Cancellation);
        }, book);
        const string Whole = "^2026-03-17 08:00:01 ERROR web: no mail to <email:[0-9a-f]+> from <ip:[0-9a-f]+>$";
        JsonDocument.Parse(sink.Taken.Single().Json).RootElement.GetProperty("message").GetString()!.ShouldMatch(Whole);
        book.Of(static _ => true, 1).Single().Example.ShouldMatch(Whole);
    }

    [Theory]
    [InlineData("""{"ts":"2026-03-17T08:00:01Z","level":"error","msg":"no route to \"db-1\"\u0021","trace_id":"4bf9"}""", "no route to \"db-1\"!")]
    [InlineData("""2026-03-17T08:00:01Z stderr F {"level":"error","msg":"lost of jane@example.org","user":7}""", "lost of <email:")]
    [InlineData("""{"level":"error","msg":"half a surrogate \ud800"}""", null)]
    [InlineData("""{"level":"error","msg":{"code":7}}""", null)]
    [InlineData("2026-03-17 08:00:01 ERROR web: request 7 failed", null)]
    public async Task ALineOfJson_IsIndexedByWhatItSays_AndKeptWhole(string line, string? said)
    {
        var sink = new ScriptedSink();
        await RunAsync(sink, async (pipeline, feed) =>
        {
            Accept(pipeline, 1, _ => line);
            pipeline.Drain(all: true);
            await feed.DeliverAsync(Cancellation);
        });
        var document = JsonDocument.Parse(sink.Taken.Single().Json).RootElement;
        var message = document.GetProperty("message").GetString()!;
        document.GetProperty("event").TryGetProperty("original", out var original).ShouldBe(said is not null);
        if (said is null)
        {
            message.ShouldBe(line);
            return;
        }

        message.ShouldStartWith(said);
        original.GetString()!.ShouldEndWith(line[line.LastIndexOf(',')..]);
        original.GetString()!.ShouldStartWith("{");
    }

    [Fact]
    public async Task PlantedSecrets_ReachNoSink_NoSignal_NoEvidence_AndStandEncryptedInTheArchive()
    {
        string[] secrets = ["jane.doe@example.org", "4111 1111 1111 1111", "hunter2-swordfish", "AKIAIOSFODNN7EXAMPLE", "203.0.113.77", "DE89370400440532013000"];
        var sink = new ScriptedSink();
        var book = new LogPatternBook(time);
        var said = new StringBuilder();
        await RunAsync(sink, async (pipeline, feed) =>
        {
            Accept(pipeline, 40, static n => Line(n, "INFO web: all is well"));
            for (var n = 0; n < secrets.Length; n++)
            {
                var secret = secrets[n];
                Accept(pipeline, 5, k => Line(30, $"ERROR pay: the payment of {(n == 2 ? "password=" : "")}{secret} was declined by host {k}"));
            }

            pipeline.Drain(all: true).ShouldBe(70);
            await feed.DeliverAsync(Cancellation);
            while (pipeline.TryTakeSignal(out var signal))
            {
                said.AppendLine(signal!.Evidence);
            }
        }, book);

        foreach (var document in sink.Taken)
        {
            said.AppendLine(document.Json);
        }

        foreach (var pattern in book.Of(static _ => true, 100))
        {
            said.AppendLine(pattern.ToString());
        }

        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "archive")))
        {
            said.AppendLine(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Cancellation)));
        }

        var text = said.ToString();
        text.ShouldContain("First seen: the payment of");
        text.ShouldContain("was declined");
        foreach (var secret in secrets)
        {
            text.ShouldNotContain(secret);
            Archived().Count(line => line.Contains(secret, StringComparison.Ordinal)).ShouldBe(5);
        }
    }

    [Fact]
    public async Task StackTrace_IsOneDocument_AndOneClass_EvenOverTwoBatches()
    {
        var sink = new ScriptedSink();
        await RunAsync(sink, async (pipeline, feed) =>
        {
            Accept(pipeline, 30, static n => Line(n, "INFO web: all is well"));
            Accept(pipeline, 1, static _ => Line(30, "INFO web: task ended\njava.lang.IllegalStateException: no such mail jane.doe@example.org\n\tat shop.Mail.send(Mail.java:7)"));
            Accept(pipeline, 1, static _ => "\tat shop.Main.main(Main.java:1)\n" + Line(31, "INFO web: all is well"));
            pipeline.Drain(all: true).ShouldBe(35);
            await feed.DeliverAsync(Cancellation);
        });
        var document = sink.Taken.Select(static d => JsonDocument.Parse(d.Json).RootElement).Single(static d => d.GetProperty("message").GetString()!.Contains("task ended", StringComparison.Ordinal));
        document.GetProperty("message").GetString()!.Split('\n').Length.ShouldBe(3);
        document.GetProperty("message").GetString()!.ShouldNotContain("jane");
        document.GetProperty("prunella").GetProperty("class").GetString().ShouldBe("interesting");
        var interesting = Directory.GetFiles(Path.Combine(folder, "archive"), "interesting-*.parc").ShouldHaveSingleItem();
        Encoding.UTF8.GetString(ArchiveIdentity.Read(interesting, archiveKey)).ShouldContain("(Mail.java:7)\n\tat shop.Main.main(Main.java:1)\n");
    }

    [Fact]
    public async Task RedactedArchive_HoldsNoOriginals()
    {
        await RunAsync(new ScriptedSink(), (pipeline, _) =>
        {
            Accept(pipeline, 10, static n => Line(n, "INFO web: mail from jane.doe@example.org"));
            pipeline.Drain(all: true).ShouldBe(10);
            return Task.CompletedTask;
        }, redactArchive: true);
        Archived().ShouldAllBe(static line => line.Contains("<email:", StringComparison.Ordinal) && !line.Contains("jane", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SinkThatFailsAndLies_GetsEveryDocument_AndTheRefusedAreKept()
    {
        // Away at first, then busy with every third, then a document it will never take.
        var sink = new ScriptedSink((call, documents) => call switch
        {
            <= 3 => SinkAnswer.AllAgain(documents.Count, "away"),
            <= 6 => new SinkAnswer([.. Enumerable.Range(0, documents.Count).Where(static n => n % 3 == 0)], [], "busy"),
            7 => new SinkAnswer([], [new SinkRefusal(0, "400: mapping")], null),
            _ => SinkAnswer.Taken,
        });
        await RunAsync(sink, async (pipeline, feed) =>
        {
            Accept(pipeline, 300, static n => Line(n, string.Create(CultureInfo.InvariantCulture, $"ERROR web: request {n} failed")));
            pipeline.Drain(all: true);
            var delivery = feed.DeliverAsync(Cancellation);
            while (!delivery.IsCompleted)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            await delivery;
            feed.WaitingBytes.ShouldBe(0);
            feed.Refused.ShouldBe(1);
            feed.Trouble.ShouldBeNull();
        });
        sink.Taken.Select(static d => d.Id).Distinct().Count().ShouldBe(299);
        var kept = (await File.ReadAllLinesAsync(Path.Combine(folder, "sink", "refused.jsonl"), Cancellation)).ShouldHaveSingleItem();
        JsonDocument.Parse(kept).RootElement.GetProperty("why").GetString().ShouldBe("400: mapping");
    }

    [Fact]
    public async Task SinkThatStaysAway_FillsItsFeed_ThenTheSpool_ThenRefusesSenders_AndLosesNothing()
    {
        var away = true;
        var sink = new ScriptedSink((_, documents) => away ? SinkAnswer.AllAgain(documents.Count, "away") : SinkAnswer.Taken);
        var sent = 0;
        await RunAsync(sink, async (pipeline, feed) =>
        {
            var refusedRounds = 0;
            for (var round = 0; refusedRounds < 3 && round < 1_000; round++)
            {
                var batch = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(sent, 1_000).Select(static n => Line(0, string.Create(CultureInfo.InvariantCulture, $"ERROR web: request {n} failed\n")))));
                if (pipeline.TryAccept(batch))
                {
                    sent += 1_000;
                }
                else
                {
                    refusedRounds++;
                }

                pipeline.Drain(all: true);
            }

            refusedRounds.ShouldBe(3);
            feed.WaitingBytes.ShouldBeLessThan(4 << 20);
            away = false;
            do
            {
                await feed.DeliverAsync(Cancellation);
            }
            while (pipeline.Drain(all: true) > 0);
        }, waitingBytes: 1 << 20);
        sink.Taken.Select(static d => d.Id).Distinct().Count().ShouldBe(sent);
        Archived().Distinct().Count().ShouldBe(sent);
    }

    [Fact]
    public async Task Restart_KeepsTemplateIds_AndSendsWhatWaitedUnderTheSameIds()
    {
        var first = new ScriptedSink((_, documents) => SinkAnswer.AllAgain(documents.Count, "away"));
        await RunAsync(first, (pipeline, _) =>
        {
            Accept(pipeline, 400, static n => Line(n % 50, string.Create(CultureInfo.InvariantCulture, $"ERROR web: user u{n} asked for /p/{n} and got {n % 7} rows")));
            pipeline.Drain(all: true);
            return Task.CompletedTask;
        });
        var second = new ScriptedSink();
        await RunAsync(second, async (pipeline, feed) =>
        {
            await feed.DeliverAsync(Cancellation);
            second.Taken.Count.ShouldBe(400);
            Accept(pipeline, 5, static n => Line(n, string.Create(CultureInfo.InvariantCulture, $"ERROR web: user u{n} asked for /p/{n} and got {n} rows")));
            pipeline.Drain(all: true);
            await feed.DeliverAsync(Cancellation);
        });
        var ids = second.Taken.Select(static d => JsonDocument.Parse(d.Json).RootElement.GetProperty("prunella").GetProperty("template").GetProperty("id").GetString()).ToList();
        ids.TakeLast(5).Distinct().ShouldHaveSingleItem().ShouldBe(ids[399]);
    }

    [Fact]
    public async Task JsonLines_StandWholeAndOnce_OverARename()
    {
        var path = Path.Combine(folder, "out", "lines.jsonl");
        var sink = new JsonLinesSink(path, fileBytesMax: 20_000, filesMax: 100);
        await RunAsync(sink, async (pipeline, feed) =>
        {
            for (var round = 0; round < 5; round++)
            {
                Accept(pipeline, 60, n => Line(n, string.Create(CultureInfo.InvariantCulture, $"ERROR web: request {(60 * round) + n} failed")));
                pipeline.Drain(all: true);
                await feed.DeliverAsync(Cancellation);
            }
        });
        var lines = Directory.GetFiles(Path.Combine(folder, "out")).SelectMany(File.ReadAllLines).Select(static l => JsonDocument.Parse(l).RootElement.GetProperty("message").GetString()).ToList();
        lines.Count.ShouldBe(300);
        lines.Distinct().Count().ShouldBe(300);
        Directory.GetFiles(Path.Combine(folder, "out")).Length.ShouldBeGreaterThan(2);
    }

    private static string Line(int minute, string text) => new DateTime(2026, 3, 17, 8, 0, 0).AddMinutes(minute).ToString("yyyy-MM-dd HH:mm:ss ", CultureInfo.InvariantCulture) + text;

    private static void Accept(LogPipeline pipeline, int count, Func<int, string> line) =>
        pipeline.TryAccept(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(n => line(n) + "\n"))), "test:a").ShouldBeTrue();

    // With a header on every line each is an event of its own; without, they are one, cut by the batches.
    [Theory]
    [InlineData("2026-03-17 08:00:02 ERROR vault: ", false)]
    [InlineData("", false)]
    [InlineData("", true)]
    public async Task A_private_key_of_many_lines_reaches_no_sink(string header, bool redactArchive)
    {
        var random = new Random(5);
        var bytes = new byte[1_190];
        random.NextBytes(bytes);
        var body = Convert.ToBase64String(bytes).Chunk(64).Select(static c => new string(c)).ToArray();
        string[] key = ["-----BEGIN RSA PRIVATE KEY-----", .. body, "-----END RSA PRIVATE KEY-----"];
        var sink = new ScriptedSink();
        var book = new LogPatternBook(time);
        await RunAsync(sink, async (pipeline, feed) =>
        {
            Accept(pipeline, 40, static n => Line(n, "ERROR web: something failed"));
            foreach (var line in key)
            {
                Accept(pipeline, 1, _ => header + line);
            }

            Accept(pipeline, 1, static _ => Line(50, "ERROR web: failed afterwards"));
            pipeline.Drain(all: true);
            await feed.DeliverAsync(Cancellation);
        }, book, redactArchive);
        var sent = string.Concat(sink.Taken.Select(static d => d.Json));
        sent.ShouldContain("failed afterwards");
        sent.ShouldContain("<private-key:");
        body.ShouldAllBe(line => !sent.Contains(line, StringComparison.Ordinal));
        if (redactArchive)
        {
            var archived = string.Join('\n', Archived());
            body.ShouldAllBe(line => !archived.Contains(line, StringComparison.Ordinal));
        }
    }

    private async Task RunAsync(ILogSink sink, Func<LogPipeline, SinkFeed, Task> act, LogPatternBook? book = null, bool redactArchive = false, long waitingBytes = 1 << 30)
    {
        var options = new LogPipelineOptions { SpoolBytesMax = 2 << 20, SpoolFileBytes = 64 << 10 };
        using var spool = new LogSpool(Path.Combine(folder, "spool"), options, time);
        using var store = new ArchiveStore(Path.Combine(folder, "archive"), new ArchiveOptions { Durable = false, Key = archiveKey }, new RetentionOptions(), time);
        using var feed = new SinkFeed(sink, Path.Combine(folder, "sink"), new SinkFeedOptions { WaitingBytesMax = waitingBytes }, time);
        using var pipeline = new LogPipeline(spool, store, time, new LogPipelineParts
        {
            Redactor = new LineRedactor(new RedactionOptions { Key = archiveKey }),
            RedactArchive = redactArchive,
            StatePath = Path.Combine(folder, "learned"),
            Feeds = [feed],
            Book = book,
        });
        await act(pipeline, feed);
    }

    private List<string> Archived() =>
        [.. Directory.GetFiles(Path.Combine(folder, "archive"), "*.parc").SelectMany(p => Encoding.UTF8.GetString(ArchiveIdentity.Read(p, archiveKey)).Split('\n', StringSplitOptions.RemoveEmptyEntries))];
}
