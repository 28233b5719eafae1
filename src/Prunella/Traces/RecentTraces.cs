using System.Globalization;
using Microsoft.Extensions.Options;
using Prunella.Integrations.Jaeger;
using Prunella.Integrations.Tracing;
using Prunella.Integrations.Zipkin;
using Prunella.Traces.Advice;
using Prunella.Traces.Analysis;
using Prunella.Traces.Dependencies;
using Prunella.Traces.Model;
using Prunella.Traces.Sources;
using Prunella.Traces.Waterfalls;

namespace Prunella.Traces;

/// <summary>What is asked about recent traces.</summary>
/// <param name="Since">How far back.</param>
/// <param name="Service">Measured from the first span of this service; null: from every root.</param>
internal sealed record TraceWindow(TimeSpan Since, string? Service);

/// <summary>What recent traces say. Read by any number of pages at once; nothing in it changes any more.</summary>
/// <param name="Window">What was asked.</param>
/// <param name="At">When it was read.</param>
/// <param name="Report">Operations, findings, call paths, map.</param>
/// <param name="Advice">What to change, the most gain first.</param>
/// <param name="Slow">The slowest traces, slowest first.</param>
/// <param name="MapProblems">What is wrong with the shape of the map.</param>
/// <param name="Faults">What could not be read.</param>
/// <param name="BytesLeftOut">Bytes of older blocks that were too many to be read.</param>
internal sealed record TraceReading(TraceWindow Window, DateTimeOffset At, TraceReport Report, IReadOnlyList<TraceAdvice> Advice, IReadOnlyList<SlowTrace> Slow,
    IReadOnlyList<MapIssue> MapProblems, IReadOnlyList<string> Faults, long BytesLeftOut);

/// <summary>One trace, looked at closely. For one page.</summary>
/// <param name="Waterfall">Its spans over time.</param>
/// <param name="Report">Its call paths and findings.</param>
/// <param name="Advice">What to change.</param>
internal sealed record TraceView(Waterfall Waterfall, TraceReport Report, IReadOnlyList<TraceAdvice> Advice);

/// <summary>
/// Reads what was received by OTLP, and what the configured tracing systems have, for people who look. One reading at a time, however
/// many pages ask; a reading is kept for a minute. Thread-safe.
/// </summary>
internal sealed class RecentTraces(IOptions<TraceStoreOptions> store, JaegerOptions? jaeger, ZipkinOptions? zipkin, TimeProvider time) : IDisposable
{
    /// <summary>Slow traces that are listed.</summary>
    internal const int SlowMax = 50;

    /// <summary>Bytes of received traces on disk that one reading looks at.</summary>
    internal const long BytesMax = 64 << 20;

    private const int ServicesMax = 8;
    private const int ReadingsKept = 4;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    // A gigabyte of traces takes some seconds; what takes longer is not waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly SemaphoreSlim turn = new(1);
    private readonly LinkedList<TraceReading> readings = new();

    /// <summary>The tracing systems that are asked beside the received traces.</summary>
    internal IReadOnlyList<Uri> Sources => [.. new[] { jaeger?.Url, zipkin?.Url }.OfType<Uri>()];

    /// <summary>Whether there is anything to read from.</summary>
    internal bool HasSources => Sources.Count > 0 || TraceStore.IsStore(store.Value.Directory);

    /// <summary>Reads, or gives what was read within the last minute.</summary>
    /// <param name="window">What is asked.</param>
    /// <param name="again">Reads in any case.</param>
    /// <param name="cancellation">Stops waiting, and reading.</param>
    /// <exception cref="TooManyTracesException">It took too long.</exception>
    internal async Task<TraceReading> ReadAsync(TraceWindow window, bool again, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var now = time.GetUtcNow();
            if (!again && readings.FirstOrDefault(kept => kept.Window == window && now - kept.At is var age && age >= TimeSpan.Zero && age < Kept) is { } known) return known;
            var reading = await WithinAsync(token => ReadNowAsync(window, now, token), cancellation);
            readings.AddFirst(reading);
            if (readings.Count > ReadingsKept) readings.RemoveLast();
            return reading;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Finds one trace: among those received, then in the tracing systems.</summary>
    /// <returns>Null when nobody has it.</returns>
    /// <exception cref="TooManyTracesException">It took too long.</exception>
    internal async Task<(TraceView? View, IReadOnlyList<string> Faults)> FindAsync(string traceId, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            return await WithinAsync(token => FindNowAsync(traceId, token), cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    private static async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        // The clock on the wall, not one that a demo runs ahead: this is how long a person waits.
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await Task.Run(() => read(linked.Token), linked.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TooManyTracesException(Patience);
        }
    }

    private async Task<TraceReading> ReadNowAsync(TraceWindow window, DateTimeOffset now, CancellationToken cancellation)
    {
        var since = now - window.Since;
        var faults = new List<string>();
        var owned = new List<Stream>();
        var origins = new List<TraceOrigin>();
        try
        {
            var leftOut = 0L;
            if (TraceStore.IsStore(store.Value.Directory))
            {
                leftOut = TraceStore.BytesLeftOut(store.Value.Directory, since, BytesMax);
                origins.Add(Received(since));
            }
            await AskAsync(new TraceQuery(window.Service, since, now), origins, owned, faults, cancellation);
            var options = new AnalysisOptions { Since = since, Service = window.Service };
            var failures = new List<TraceFormatException>();
            // A system's answers about two services share traces.
            var seen = Sources.Count > 0 ? new Dictionary<string, string>(StringComparer.Ordinal) : null;
            // One thread, and so one part: the server's own work goes on beside it.
            var (analyzer, slow) = new TracePipeline(threads: 1).Collect(origins, () => (Analyzer: new TraceAnalyzer(options), Slow: new SlowTraces(options, SlowMax)), (part, trace) =>
            {
                cancellation.ThrowIfCancellationRequested();
                if (seen?.TryAdd(trace.TraceId, trace.Source) == false && seen[trace.TraceId] != trace.Source) return;
                part.Analyzer.Add(trace);
                part.Slow.Add(trace);
            }, failures, cancellation)[0];
            var report = analyzer.Finish();
            faults.AddRange(failures.Select(failure => failure.Message));
            Settle(report);
            return new TraceReading(window, now, report, Advisor.Of(report), slow.Slowest, MapIssues.Of(report.Map), faults, leftOut);
        }
        finally
        {
            foreach (var stream in owned) await stream.DisposeAsync();
        }
    }

    private async Task<(TraceView?, IReadOnlyList<string>)> FindNowAsync(string traceId, CancellationToken cancellation)
    {
        var faults = new List<string>();
        if (TraceStore.IsStore(store.Value.Directory) && Look([Received(since: null)], traceId, faults, cancellation) is { } received) return (received, faults);
        foreach (var ask in Systems())
        {
            try
            {
                if (await ask.One(traceId, cancellation) is not { } body) continue;
                await using (body)
                {
                    if (Look([new TraceOrigin(ask.Name, () => body)], traceId, faults, cancellation) is { } fetched) return (fetched, faults);
                }
            }
            catch (TraceBackendException away)
            {
                faults.Add(away.Message);
            }
        }
        return (null, faults);
    }

    private static TraceView? Look(IReadOnlyList<TraceOrigin> origins, string traceId, List<string> faults, CancellationToken cancellation)
    {
        var failures = new List<TraceFormatException>();
        var found = new TracePipeline(threads: 1).Select<TraceView>(origins, () => batch =>
        {
            cancellation.ThrowIfCancellationRequested();
            return [.. batch.Traces.Where(trace => trace.TraceId == traceId).Select(View)];
        }, failures, cancellation);
        faults.AddRange(failures.Select(failure => failure.Message));
        // Spans that came very late are a second part; the larger one says more.
        return found.MaxBy(view => view.Waterfall.Tree.Included);
    }

    private static TraceView View(Trace trace)
    {
        var waterfall = Waterfall.Of(trace);
        var analyzer = new TraceAnalyzer();
        analyzer.Add(waterfall.Tree.Trace);
        var report = analyzer.Finish();
        return new TraceView(waterfall, report, Advisor.Of(report));
    }

    private TraceOrigin Received(DateTimeOffset? since) => new("the received traces", () => TraceStore.OpenAll(store.Value.Directory, since, BytesMax));

    private async Task AskAsync(TraceQuery query, List<TraceOrigin> origins, List<Stream> owned, List<string> faults, CancellationToken cancellation)
    {
        foreach (var ask in Systems())
        {
            try
            {
                foreach (var (index, body) in (await ask.Many(query, cancellation)).Index())
                {
                    owned.Add(body);
                    origins.Add(new TraceOrigin(string.Create(CultureInfo.InvariantCulture, $"{ask.Name}#{index + 1}"), () => body));
                }
            }
            catch (TraceBackendException away)
            {
                faults.Add(away.Message);
            }
        }
    }

    private IEnumerable<(string Name, Func<TraceQuery, CancellationToken, Task<IReadOnlyList<Stream>>> Many, Func<string, CancellationToken, Task<Stream?>> One)> Systems()
    {
        if (jaeger is not null)
        {
            var client = new JaegerClient(http, jaeger);
            yield return (jaeger.Url!.ToString(), (query, token) => EachServiceAsync(client, query, token), client.TraceAsync);
        }
        if (zipkin is not null)
        {
            var client = new ZipkinClient(http, zipkin);
            yield return (zipkin.Url!.ToString(), async (query, token) => [await client.FindTracesAsync(query, token)], client.TraceAsync);
        }
    }

    // Jaeger searches by service only.
    private static async Task<IReadOnlyList<Stream>> EachServiceAsync(JaegerClient client, TraceQuery query, CancellationToken cancellation)
    {
        var services = query.Service is { } one ? [one] : (await client.ServicesAsync(cancellation)).Take(ServicesMax);
        var bodies = new List<Stream>();
        foreach (var service in services) bodies.Add(await client.FindTracesAsync(query with { Service = service }, cancellation));
        return bodies;
    }

    // The first question for a percentile sorts the samples in place: asked here, before several pages read at once.
    private static void Settle(TraceReport report)
    {
        report.Durations.PercentileUs(0.5);
        foreach (var edge in report.Map.Edges) edge.Latency.PercentileUs(0.5);
        foreach (var operation in report.Operations) operation.Durations.PercentileUs(0.5);
        foreach (var samples in report.Findings.SelectMany(finding => new[] { finding.Waste, finding.Gain, finding.GainShare })) samples.PercentileUs(0.5);
    }

    public void Dispose()
    {
        http.Dispose();
        turn.Dispose();
    }
}

/// <summary>Reading traces took longer than a person waits.</summary>
internal sealed class TooManyTracesException(TimeSpan after) : Exception(FormattableString.Invariant($"There are too many traces to be read within {after.TotalSeconds:0} s: choose a shorter time, or a service."));
