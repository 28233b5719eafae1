using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Logs.Archive;
using Prunella.Logs.Pipeline;
using Prunella.Logs.Redaction;
using Prunella.Logs.Tests.Archive;

namespace Prunella.Logs.Tests.Pipeline;

/// <summary>
/// A process that accepts, archives and feeds a sink as fast as it can is killed (SIGKILL) at a random moment, again and again on the
/// same folder. It writes down what was acknowledged; afterwards every such line is in the archive, once, and reached the sink, and every
/// archive verifies.
/// </summary>
public sealed class KilledPipelineTests : IDisposable
{
    private const string FolderVariable = "PRUNELLA_KILL_TEST_LOGS";
    private const int Kills = 5;
    private const int BatchLines = 50;

    private readonly string folder = Directory.CreateTempSubdirectory("prunella-kill-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Pipeline_KilledWhileItWorks_LosesNothingAccepted()
    {
        var random = new Random(20260317);
        for (var round = 0; round < Kills; round++)
        {
            var before = Acknowledged(folder).Count;
            using var child = Start(folder);
            var started = Stopwatch.StartNew();

            // Killed in the middle of work, not of starting.
            while (Acknowledged(folder).Count < before + 40 && !child.HasExited && started.Elapsed < TimeSpan.FromMinutes(2))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 150)), TimeProvider.System, Cancellation);
            child.HasExited.ShouldBeFalse(child.HasExited ? await child.StandardOutput.ReadToEndAsync(Cancellation) : "");
            child.Kill();
            await child.WaitForExitAsync(Cancellation);
        }

        await RunAsync(folder, async (pipeline, feed) =>
        {
            pipeline.StateTrouble.ShouldBeNull();
            pipeline.Drain(all: true);
            await feed.DeliverAsync(Cancellation);
        });
        var accepted = Acknowledged(folder).SelectMany(static batch => Lines(batch)).ToList();
        accepted.Count.ShouldBeGreaterThan(Kills * 40 * BatchLines);
        var archived = new List<string>();
        foreach (var path in Directory.GetFiles(Path.Combine(folder, "archive"), "*.parc"))
        {
            // A kill leaves a torn tail of what was never counted as archived.
            var report = ArchiveVerification.Verify(path);
            report.Damage.ShouldBeEmpty(path);
            archived.AddRange(Encoding.UTF8.GetString(ArchiveIdentity.Read(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        archived.GroupBy(static line => line, StringComparer.Ordinal).Where(static same => same.Count() > 1).Select(static same => same.Key).ShouldBeEmpty();

        accepted.Except(archived).ShouldBeEmpty();
        var sent = (await File.ReadAllLinesAsync(Path.Combine(folder, "sink.jsonl"), Cancellation))
            .Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("message").GetString()!).ToHashSet(StringComparer.Ordinal);
        accepted.Except(sent).ShouldBeEmpty();
    }

    /// <summary>Not a test: what the killed process runs.</summary>
    [Fact(Explicit = true)]
    public async Task Child_WorksUntilItIsKilled()
    {
        var place = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(place is null, "Started by the other test of this class.");
        await RunAsync(place!, async (pipeline, feed) =>
        {
            using var acknowledged = new StreamWriter(new FileStream(Path.Combine(place!, "acknowledged"), FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
            await Task.WhenAll(Task.Run(Accept), Task.Run(Drain), feed.RunAsync(Cancellation));

            void Accept()
            {
                for (var batch = Acknowledged(place!).Count + 1_000_000L * Environment.ProcessId; !Cancellation.IsCancellationRequested; batch++)
                {
                    if (pipeline.TryAccept(Encoding.UTF8.GetBytes(string.Concat(Lines(batch).Select(static l => l + "\n"))), "test:killed"))
                    {
                        acknowledged.WriteLine(batch);
                    }
                }
            }

            void Drain()
            {
                while (!Cancellation.IsCancellationRequested)
                {
                    pipeline.Drain(all: true);
                }
            }
        });
    }

    private static IEnumerable<string> Lines(long batch) =>
        Enumerable.Range(0, BatchLines).Select(n => string.Create(CultureInfo.InvariantCulture, $"2026-03-17 08:00:00 ERROR web: request {batch}-{n} failed"));

    // What stands on a line of its own was acknowledged; a torn last line was not.
    private static List<long> Acknowledged(string place)
    {
        var path = Path.Combine(place, "acknowledged");
        if (!File.Exists(path))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var text = new StreamReader(stream).ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => long.Parse(l, CultureInfo.InvariantCulture))];
    }

    private static async Task RunAsync(string place, Func<LogPipeline, SinkFeed, Task> act)
    {
        var time = TimeProvider.System;
        using var spool = new LogSpool(Path.Combine(place, "spool"), new LogPipelineOptions { SpoolFileBytes = 64 << 10 }, time);
        using var store = new ArchiveStore(Path.Combine(place, "archive"), new ArchiveOptions { Durable = false }, new RetentionOptions(), time);
        using var feed = new SinkFeed(new JsonLinesSink(Path.Combine(place, "sink.jsonl"), 1 << 30, 1), Path.Combine(place, "sink"), new SinkFeedOptions(), time);
        using var pipeline = new LogPipeline(spool, store, time, new LogPipelineParts
        {
            StatePath = Path.Combine(place, "learned"),
            Feeds = [feed],
            Redactor = new LineRedactor(new RedactionOptions { Key = new byte[16] }),
        });
        await act(pipeline, feed);
    }

    private static Process Start(string place)
    {
        var info = new ProcessStartInfo("dotnet", ["exec", typeof(KilledPipelineTests).Assembly.Location, "-explicit", "only", "-method", $"{typeof(KilledPipelineTests).FullName}.{nameof(Child_WorksUntilItIsKilled)}"])
        {
            RedirectStandardOutput = true,
        };
        info.Environment[FolderVariable] = place;
        return Process.Start(info) ?? throw new InvalidOperationException("The child did not start.");
    }
}
