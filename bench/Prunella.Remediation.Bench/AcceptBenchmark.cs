using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Prunella.Incidents;
using Prunella.Ledger;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Relational;
using Prunella.Remediation.Storage.Relational.Postgres;
using Prunella.Remediation.Storage.Relational.Sqlite;

namespace Prunella.Remediation.Bench;

// 5 000 signals/s of 1 kB are 5 MB/s; in posts of 27 on average, 185 posts/s. With 8 posters waiting together one flush of 1 ms
// carries about 8 posts, so the disk allows over 100 000/s and the work per signal (JSON, one insert, three indexes) decides.

/// <summary>
/// Posts of 5 to 50 alerts of about 1 kB, each durable before it is answered, as webhooks are. First offered at 5 000 alerts/s, the
/// time of a post counted from when it was due; then a storm from 8 posters, each posting as soon as it was answered; then the
/// storm's bytes with as many flushes appended to a plain file: what this disk can do at best.
/// </summary>
internal static class AcceptBenchmark
{
    private const int Posters = 8;
    private const int LeastInPost = 5;
    private const int MostInPost = 50;
    private const int Targets = 200;
    private const int OfferedPerSecond = 5_000;
    private const int OfferedSignals = 50_000;
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 3, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken Never = CancellationToken.None;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var signals = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100_000;
        var folder = Directory.CreateDirectory(Path.Combine(Environment.CurrentDirectory, $"accept-bench-{Environment.ProcessId}"));
        try
        {
            var connection = Environment.GetEnvironmentVariable("PRUNELLA_BENCH_POSTGRES");
            StoreDialect dialect = connection is null
                ? new SqliteDialect(Path.Combine(folder.FullName, "store.db"), TimeSpan.FromSeconds(5))
                : new PostgresDialect(connection, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
            var chain = new LedgerChain(LedgerKeyRing.Of(new byte[LedgerKeyRing.KeyBytes]));
            await using var store = new EfRemediationStore(dialect, chain, null, TimeProvider.System, () => [], new StorageOptions(), NullLogger<EfRemediationStore>.Instance);
            await store.MigrateAsync(Never);
            await PostAsync(store, SizesOf(20_000, new Random(1)), seed: 1); // Compiles what the measured runs use.
            var before = await store.CountPendingSignalsAsync(Never);
            Console.WriteLine($"{(connection is null ? "SQLite, synchronous=FULL" : "PostgreSQL")}, posts of {LeastInPost}-{MostInPost} alerts over {Targets} targets, {Environment.ProcessorCount} cores, load {LoadNow()}");
            Console.WriteLine($"Offered: {OfferedSignals} alerts at {OfferedPerSecond}/s");
            Report(await PostAsync(store, SizesOf(OfferedSignals, new Random(3)), seed: 3, OfferedPerSecond), OfferedSignals);
            Console.WriteLine($"Storm: {signals} alerts from {Posters} posters, load {LoadNow()}");
            var storm = await PostAsync(store, SizesOf(signals, new Random(2)), seed: 2);
            Report(storm, signals);
            ReportLimit(storm, signals, Append(Path.Combine(folder.FullName, "plain"), storm.Bytes, storm.Commits));
            var stored = await store.CountPendingSignalsAsync(Never) - before - OfferedSignals;
            await ReportReadsAsync(store);
            Console.WriteLine($"stored           {stored} of {signals}{(stored == signals ? "" : "  LOST")}");
            return stored == signals ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int[] SizesOf(int signals, Random random)
    {
        var sizes = new List<int>();
        for (var left = signals; left > 0; left -= sizes[^1]) sizes.Add(Math.Min(left, random.Next(LeastInPost, MostInPost + 1)));
        return [.. sizes];
    }

    private static async Task<Run> PostAsync(EfRemediationStore store, int[] sizes, int seed, int perSecond = 0)
    {
        using var process = Process.GetCurrentProcess();
        var cpuBefore = process.TotalProcessorTime;
        var commitsBefore = store.AcceptCommits;
        var times = new double[sizes.Length];
        var due = new double[sizes.Length];
        for (var index = 1; index < sizes.Length && perSecond > 0; index++) due[index] = due[index - 1] + 1_000.0 * sizes[index - 1] / perSecond;
        var memory = new List<long>();
        var next = -1;
        var sampledBytes = 0L;
        var sampled = 0;
        var begin = Stopwatch.GetTimestamp();
        var all = Task.WhenAll(Enumerable.Range(0, Posters).Select(_ => Task.Run(async () =>
        {
            for (var index = Interlocked.Increment(ref next); index < sizes.Length; index = Interlocked.Increment(ref next))
            {
                var random = new Random(seed * 1_000_000 + index);
                var post = Enumerable.Range(0, sizes[index]).Select(_ => Alert(random, index, seed)).ToList();
                if (index % 50 == 0)
                {
                    Interlocked.Increment(ref sampled);
                    Interlocked.Add(ref sampledBytes, Encoding.UTF8.GetByteCount(StoreJson.Write(post[0])));
                }
                var early = due[index] - Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
                if (early > 1) await Task.Delay(TimeSpan.FromMilliseconds(early), TimeProvider.System, Never);
                var posted = perSecond > 0 ? due[index] : Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
                await store.AcceptAsync(post, Never);
                times[index] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds - posted;
            }
        })));
        while (!all.IsCompleted)
        {
            process.Refresh();
            memory.Add(process.WorkingSet64);
            await Task.WhenAny(all, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Never));
        }
        await all;
        var elapsed = Stopwatch.GetElapsedTime(begin);
        process.Refresh();
        Array.Sort(times);
        return new Run(times, (int)(store.AcceptCommits - commitsBefore), sampledBytes / sampled * sizes.Sum(), elapsed, process.TotalProcessorTime - cpuBefore, memory);
    }

    private static Signal Alert(Random random, int post, int seed)
    {
        // One group of alerts began at one rule evaluation, every 15 s; 100 posts see the same evaluation. Ids are made at acceptance.
        var startsAt = Start.AddDays(seed).AddSeconds(15 * (post / 100));
        var receivedAt = startsAt.AddSeconds(30).AddMilliseconds(post % 100 * 150);
        var target = random.Next(Targets);
        var pod = $"api-{target}-{random.Next():x8}-{random.Next():x8}";
        var bits = new byte[16];
        random.NextBytes(bits);
        return new Signal
        {
            Id = new SignalId(Guid.CreateVersion7(receivedAt)),
            Source = "alertmanager",
            Fingerprint = Convert.ToHexStringLower(bits)[..16],
            Status = SignalStatus.Firing,
            Name = "KubePodMemoryNearLimit",
            Severity = Severity.Critical,
            Summary = $"Container api of pod shop-{target % 20}/{pod} uses 95.3 % of its memory limit",
            StartsAt = startsAt,
            ReceivedAt = receivedAt,
            Labels = new Dictionary<string, string>
            {
                ["alertname"] = "KubePodMemoryNearLimit", ["cluster"] = "production-eu-1", ["container"] = "api", ["endpoint"] = "https-metrics",
                ["instance"] = $"10.1.{target % 250}.7:10250", ["job"] = "kubelet", ["namespace"] = $"shop-{target % 20}", ["node"] = $"worker-{target % 40}",
                ["pod"] = pod, ["prometheus"] = "monitoring/k8s", ["service"] = "kubelet", ["severity"] = "critical", ["team"] = "checkout",
            },
            Annotations = new Dictionary<string, string>
            {
                ["description"] = $"The working set of container api in pod {pod} is above 95 % of its limit for more than 5 minutes. It will be killed when it reaches the limit.",
                ["runbook_url"] = "https://runbooks.example.com/kubernetes/KubePodMemoryNearLimit",
            },
        };
    }

    /// <summary>Appends the same bytes in the same number of flushed pieces.</summary>
    private static TimeSpan Append(string path, long bytes, int flushes)
    {
        var piece = new byte[Math.Max(1, bytes / flushes)];
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        var begin = Stopwatch.GetTimestamp();
        for (var index = 0; index < flushes; index++)
        {
            stream.Write(piece);
            stream.Flush(flushToDisk: true);
        }
        return Stopwatch.GetElapsedTime(begin);
    }

    private static void Report(Run run, int signals)
    {
        Line("alerts/s", $"{signals / run.Elapsed.TotalSeconds:F0}");
        Line("ms per post", $"p50 {run.Percentile(0.5):F1}  p99 {run.Percentile(0.99):F1}  max {run.Times[^1]:F1}");
        Line("µs CPU per alert", $"{run.Cpu.TotalMicroseconds / signals:F1} (user + system, posters included)");
        Line("commits", $"{run.Commits} ({(double)signals / run.Commits:F0} alerts each), {run.Bytes / 1e6:F1} MB of documents, {(double)run.Bytes / signals:F0} B each");
        Line("RSS MB", $"at begin {run.Memory[0] / 1e6:F0}  middle {run.Memory[run.Memory.Count / 2] / 1e6:F0}  end {run.Memory[^1] / 1e6:F0}  most {run.Memory.Max() / 1e6:F0}");
    }

    private static void ReportLimit(Run run, int signals, TimeSpan limit)
    {
        var share = limit / run.Elapsed;
        Line("disk limit", $"{signals / limit.TotalSeconds:F0} alerts/s: the same bytes appended to a file with as many flushes in {limit.TotalSeconds:F2} s ({limit.TotalMilliseconds / run.Commits:F2} ms each); the storm reached {share:P0} of it");
    }

    // The machine may be shared: what else wants its cores belongs beside the figure.
    private static string LoadNow() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static async Task ReportReadsAsync(EfRemediationStore store)
    {
        await store.PendingSignalsAsync(100, Never);
        var begin = Stopwatch.GetTimestamp();
        await store.PendingSignalsAsync(100, Never);
        var read = Stopwatch.GetElapsedTime(begin);
        begin = Stopwatch.GetTimestamp();
        var pending = await store.CountPendingSignalsAsync(Never);
        Line("pending queue", $"first 100 of {pending} read in {read.TotalMilliseconds:F1} ms, counted in {Stopwatch.GetElapsedTime(begin).TotalMilliseconds:F1} ms");
    }

    private static void Line(string name, FormattableString text) => Console.WriteLine($"{name,-16} {text.ToString(CultureInfo.InvariantCulture)}");

    private sealed record Run(double[] Times, int Commits, long Bytes, TimeSpan Elapsed, TimeSpan Cpu, List<long> Memory)
    {
        public double Percentile(double share) => Times[Math.Min(Times.Length - 1, (int)(share * Times.Length))];
    }
}
