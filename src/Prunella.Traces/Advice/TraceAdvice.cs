using System.Globalization;
using Prunella.Traces.Analysis;
using Prunella.Traces.Detectors;

namespace Prunella.Traces.Advice;

/// <summary>How much work a change is.</summary>
public enum Effort
{
    /// <summary>Minutes: a setting, an index.</summary>
    Small,

    /// <summary>Hours: one function.</summary>
    Medium,

    /// <summary>Days: an interface between services.</summary>
    Large,
}

/// <summary>What to do about a finding, and what it is worth.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Title">One line.</param>
/// <param name="Problem">What happens, with figures.</param>
/// <param name="Change">What to change.</param>
/// <param name="Example">Code before and after, in the service's language if known.</param>
/// <param name="Effort">How much work it is.</param>
/// <param name="GainP50Us">Median gain of a trace by re-timing, microseconds; null when it cannot be told.</param>
/// <param name="GainP95Us">95th percentile of that gain.</param>
/// <param name="GainShareP50">Median gain as a share of the trace, 0 to 1.</param>
/// <param name="GainShareP95">95th percentile of that share.</param>
/// <param name="Confidence">0 to 1, from count and spread.</param>
public sealed record TraceAdvice(FindingGroup Finding, string Title, string Problem, string Change, CodeExample? Example, Effort Effort,
    long? GainP50Us, long? GainP95Us, double? GainShareP50, double? GainShareP95, double Confidence);

/// <summary>Turns findings into advice. Every figure comes from the traces.</summary>
public static class Advisor
{
    /// <summary>Advice on every finding of a report, in the order of the gain it promises.</summary>
    public static IReadOnlyList<TraceAdvice> Of(TraceReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return [.. report.Findings.Select(finding => Of(finding, report.Traces))
            .OrderByDescending(advice => (advice.GainP50Us ?? 0) * advice.Finding.Traces).ThenByDescending(advice => advice.Finding.Count)
            .ThenBy(advice => advice.Finding.Fingerprint, StringComparer.Ordinal)];
    }

    /// <summary>Advice on one finding.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="traces">Traces analysed in all.</param>
    public static TraceAdvice Of(FindingGroup finding, long traces)
    {
        ArgumentNullException.ThrowIfNull(finding);
        var (title, problem, change, effort) = Words(finding);
        var timed = finding.Gain.Count > 0;
        return new TraceAdvice(finding, title,
            string.Create(CultureInfo.InvariantCulture, $"{problem} Seen {finding.Count} times in {finding.Traces} of {traces} traces."),
            change, CodeExamples.For(finding), effort,
            timed ? finding.Gain.PercentileUs(0.5) : null, timed ? finding.Gain.PercentileUs(0.95) : null,
            timed ? finding.GainShare.PercentileUs(0.5) / 1e6 : null, timed ? finding.GainShare.PercentileUs(0.95) / 1e6 : null,
            Confidence(finding));
    }

    // Few sightings and a wide spread both lower it: n/(n+2) for the count, P50/P95 of the waste for the spread.
    private static double Confidence(FindingGroup finding)
    {
        var count = (double)finding.Traces / (finding.Traces + 2);
        var p95 = finding.Waste.PercentileUs(0.95);
        var spread = p95 == 0 ? 1 : (double)finding.Waste.PercentileUs(0.5) / p95;
        return Math.Round(count * (0.6 + 0.4 * spread), 2);
    }

    private static (string Title, string Problem, string Change, Effort Effort) Words(FindingGroup finding)
    {
        var calls = finding.Count == 0 ? 0 : finding.Spans / (double)finding.Count;
        var waste = string.Create(CultureInfo.InvariantCulture, $"{finding.Waste.PercentileUs(0.5) / 1_000.0:0.#} ms (P95 {finding.Waste.PercentileUs(0.95) / 1_000.0:0.#} ms)");
        var each = string.Create(CultureInfo.InvariantCulture, $"{calls:0.#}");
        var place = $"{finding.Operation} in {finding.Service}";
        var pattern = finding.Pattern;
        return finding.Kind switch
        {
            DetectorKind.NPlusOneQueries => ($"N+1 queries in {place}",
                $"{each} queries like `{pattern}` run one after another for the rows of an earlier query and cost {waste} more than one would.",
                "Load all rows with one query: a join, `IN (…)`/`= ANY(…)` with all keys, or the ORM's eager loading.", Effort.Medium),
            DetectorKind.NPlusOneCalls => ($"N+1 calls from {place}",
                $"{each} calls like `{pattern}` run one after another and cost {waste} more than one would.",
                "Ask for all elements in one call: a batch endpoint taking a list of ids; until there is one, send the calls at once with a bound.", Effort.Large),
            DetectorKind.RepeatingPattern => ($"A sequence of calls in a loop in {place}",
                $"A sequence that includes `{pattern}` is repeated, {each} calls in all, and costs {waste} more than one pass.",
                "Collect the keys first, then make each call of the sequence once for all of them.", Effort.Medium),
            DetectorKind.ConsecutiveQueries => ($"Independent queries one after another in {place}",
                $"{each} queries wait for each other without using each other's results (`{pattern}` among them): {waste} lost.",
                "Send them at once on separate connections and await all, or join them into one query.", Effort.Medium),
            DetectorKind.ConsecutiveCalls => ($"Independent calls one after another in {place}",
                $"{each} calls wait for each other without using each other's results (`{pattern}` among them): {waste} lost.",
                "Start them at once and await all of them.", Effort.Medium),
            DetectorKind.IdenticalCalls => ($"The same call again and again in {place}",
                $"`{pattern}` is called {each} times with the same values in one request: {waste} for answers already known.",
                "Keep the answer for the length of the request, or in a cache with a lifetime that fits the data.", Effort.Medium),
            DetectorKind.SlowQuery => ($"A slow query in {finding.Service}",
                $"`{pattern}` takes {waste} more than the threshold.",
                "Look at its plan (`EXPLAIN (ANALYZE, BUFFERS)`); usually an index on the filtered and joined columns is missing, or too much is read.", Effort.Small),
            DetectorKind.LargePayload => ($"A large body in {finding.Service}",
                $"`{pattern}` moves bodies over the limit.", "Page it, select fields, or compress it; stream what must be whole.", Effort.Medium),
            DetectorKind.RetryStorm => ($"A retry storm on {pattern}",
                $"{each} attempts a time, nearly all failing, take {waste}.",
                "Bound the attempts (3), add a retry budget and a circuit breaker, and retry on one layer only.", Effort.Medium),
            DetectorKind.RetryWithoutBackOff => ($"Retries without back-off on {pattern}",
                $"{each} attempts follow each other at once and take {waste}.",
                "Wait between attempts, doubling the pause, with jitter; do not retry what cannot succeed.", Effort.Small),
            DetectorKind.LargeFanOut => ($"A large fan-out from {place}",
                $"One span makes {each} calls at once; the slowest decides, and the callees get bursts.",
                "Bound the concurrency, batch the calls, or ask one service that holds the joined data.", Effort.Large),
            DetectorKind.ChattyPair => ($"{finding.Service} and {pattern} talk too much",
                $"{each} calls between them in one trace.", "Offer one call for what the caller needs; or move what is always used together into one service.", Effort.Large),
            DetectorKind.PoolWait => ($"Waiting for a connection in {finding.Service}",
                $"`{pattern}` waits {waste} for a pooled connection.",
                "Hold connections shorter (no calls inside transactions), then raise the pool's size within what the database can take.", Effort.Small),
            DetectorKind.LockStepTimeouts => ($"Timeouts of the same length in {place}",
                $"{each} calls fail after the same time, one inside the other or side by side: {waste} until anyone gives up.",
                "Give every caller less time than its own caller has (a deadline passed along), and fail fast below.", Effort.Medium),
            DetectorKind.ErrorPropagation => ($"Errors of {finding.Service} reach its callers",
                $"An error that starts at `{pattern}` in {finding.Service} passes through {Math.Max(0, calls - 1).ToString("0.#", CultureInfo.InvariantCulture)} callers up to {finding.Operation}.",
                "Fix it at its origin; where callers can do without the answer, give them a fallback.", Effort.Medium),
            _ => ($"An agent calls {pattern} again with the same arguments",
                $"{each} equal calls in one run: {waste} for answers already known.",
                "Keep tool results by arguments for the length of the run and give the agent the earlier answer.", Effort.Small),
        };
    }
}
