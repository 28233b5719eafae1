using System.Globalization;
using System.Net;
using Prunella.Incidents.Metrics;
using Prunella.Integrations.Http;

namespace Prunella.Integrations.Datadog;

/// <summary>
/// Asks Datadog by its metrics query API v1. A question about a moment asks for the time before it and takes the newest sample. Once
/// the rate is limited, nothing is asked until the limit resets.
/// </summary>
public sealed class DatadogSource : IMetricSource, IDisposable
{
    private readonly DatadogOptions options;
    private readonly TimeProvider time;
    private readonly HttpLane lane;
    private long limitedUntilTicks;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public DatadogSource(DatadogOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        this.options = options;
        this.time = time;
        lane = new HttpLane(options.Timeout, options.AnswerBytesMax);
    }

    /// <inheritdoc/>
    public string Name => options.Name;

    /// <inheritdoc/>
    public Task<MetricAnswer> QueryAsync(string query, DateTimeOffset at, CancellationToken cancellation) => AskAsync(query, at - options.Staleness, at, cancellation);

    /// <inheritdoc/>
    /// <remarks>Datadog chooses the distance of the points itself, by the length of the range; <paramref name="step"/> is not sent.</remarks>
    public Task<MetricAnswer> QueryRangeAsync(string query, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellation) => AskAsync(query, from, to, cancellation);

    /// <inheritdoc/>
    public void Dispose() => lane.Dispose();

    private async Task<MetricAnswer> AskAsync(string query, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        var until = new DateTimeOffset(Interlocked.Read(ref limitedUntilTicks), TimeSpan.Zero);
        var now = time.GetUtcNow();
        if (until > now) return Failed($"{Name} limits the rate for another {(until - now).TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s; it is not asked");
        var address = FormattableString.Invariant($"{options.Url.AbsoluteUri.TrimEnd('/')}/api/v1/query?from={from.ToUnixTimeSeconds()}&to={to.ToUnixTimeSeconds()}&query={Uri.EscapeDataString(query)}");
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("DD-API-KEY", options.ApiKey);
        request.Headers.Add("DD-APPLICATION-KEY", options.ApplicationKey);
        request.Headers.Accept.ParseAdd("application/json");
        var answer = await lane.SendAsync(request, cancellation);
        var where = $"{Name} at {options.Url.Host}";
        if (answer.Status == 0) return Failed($"{where} did not answer: {answer.Failure}");
        if (answer.Status == HttpStatusCode.TooManyRequests || Spent(answer)) Limit(answer, now);
        if (!answer.Complete) return Failed($"{where}: {answer.Failure}; aggregate in the query");
        if (answer.Status == HttpStatusCode.OK) return answer.LooksLikeHtml ? Failed($"{where} answered with a page in place of JSON; is the URL the one of the API?") : DatadogAnswer.Read(answer.Body, where, to, options.Staleness);
        var said = DatadogAnswer.ErrorOf(answer.Body) ?? (answer.LooksLikeHtml ? "a page" : answer.Line());
        var status = (int)answer.Status;
        return Failed(status switch
        {
            401 or 403 => $"{where} refused the keys ({status}): {said}; the application key needs timeseries_query",
            429 => $"{where} limits the rate (429)",
            >= 300 and < 400 => $"{where} redirects ({status}); set the URL of the account's site",
            < 500 => $"{where} refused the query ({status}): {said}",
            _ => $"{where} is in trouble ({status}): {said}",
        });
    }

    private static bool Spent(HttpAnswer answer) => Header(answer, "X-RateLimit-Remaining") == 0;

    private void Limit(HttpAnswer answer, DateTimeOffset now)
    {
        var seconds = Header(answer, "X-RateLimit-Reset") ?? (long?)answer.Headers?.RetryAfter?.Delta?.TotalSeconds ?? 60;
        Interlocked.Exchange(ref limitedUntilTicks, now.AddSeconds(Math.Clamp(seconds, 1, 3_600)).UtcTicks);
    }

    private static long? Header(HttpAnswer answer, string name) =>
        answer.Headers?.TryGetValues(name, out var values) == true && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static MetricAnswer Failed(string text) => new(MetricStatus.Failed, [], text);
}
