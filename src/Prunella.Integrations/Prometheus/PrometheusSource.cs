using System.Globalization;
using System.Net;
using Prunella.Incidents.Metrics;
using Prunella.Integrations.Http;

namespace Prunella.Integrations.Prometheus;

/// <summary>Asks Prometheus by its HTTP API v1. Questions change nothing and are sent once.</summary>
public sealed class PrometheusSource : IMetricSource, IDisposable
{
    private readonly PrometheusOptions options;
    private readonly HttpLane lane;
    private readonly Uri instant;
    private readonly Uri range;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public PrometheusSource(PrometheusOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        this.options = options;
        lane = new HttpLane(options.Timeout, options.AnswerBytesMax, options.AuthorityFile);
        var root = options.Url!.AbsoluteUri.TrimEnd('/');
        instant = new Uri($"{root}/api/v1/query");
        range = new Uri($"{root}/api/v1/query_range");
    }

    /// <inheritdoc/>
    public string Name => options.Name;

    /// <inheritdoc/>
    public Task<MetricAnswer> QueryAsync(string query, DateTimeOffset at, CancellationToken cancellation) =>
        AskAsync(instant, new() { ["query"] = query, ["time"] = Seconds(at) }, at, options.Staleness, cancellation);

    /// <inheritdoc/>
    public Task<MetricAnswer> QueryRangeAsync(string query, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellation) =>
        AskAsync(range, new() { ["query"] = query, ["start"] = Seconds(from), ["end"] = Seconds(to), ["step"] = step.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) }, to, options.Staleness + step, cancellation);

    /// <inheritdoc/>
    public void Dispose() => lane.Dispose();

    private async Task<MetricAnswer> AskAsync(Uri address, Dictionary<string, string> form, DateTimeOffset at, TimeSpan oldest, CancellationToken cancellation)
    {
        form["timeout"] = $"{options.Timeout.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)}ms";
        form["lookback_delta"] = $"{options.Staleness.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)}s";
        // POST, as Prometheus's own clients do: a query may be longer than an address.
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        try
        {
            options.Credentials.Apply(request);
        }
        catch (IOException failure)
        {
            return Failed($"{Name}: the token file cannot be read: {failure.Message}");
        }
        var answer = await lane.SendAsync(request, cancellation);
        var where = $"{Name} at {options.Url!.Host}";
        if (answer.Status == 0) return Failed($"{where} did not answer: {answer.Failure}");
        if (!answer.Complete) return Failed($"{where}: {answer.Failure}; aggregate in the query");
        if (answer.Status == HttpStatusCode.OK) return answer.LooksLikeHtml ? Failed($"{where} answered with a page ({answer.MediaType}) in place of JSON; is the URL the one of Prometheus?") : PrometheusAnswer.Read(answer.Body, where, at, oldest);
        var status = (int)answer.Status;
        var said = PrometheusAnswer.ErrorOf(answer.Body) ?? (answer.LooksLikeHtml ? "a page" : answer.Line());
        return Failed(status switch
        {
            >= 300 and < 400 => $"{where} redirects to {answer.Headers?.Location}; correct the URL, redirects are not followed",
            401 or 403 => $"{where} refused the credentials ({status}); check Credentials",
            404 => $"{where} has no query API there (404); check the path of the URL",
            400 or 422 => $"{where} refused the query ({status}): {said}",
            429 => $"{where} limits the rate (429): {said}",
            < 500 => $"{where} refused ({status}): {said}",
            _ => $"{where} is in trouble ({status}): {said}",
        });
    }

    private static string Seconds(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);

    private static MetricAnswer Failed(string text) => new(MetricStatus.Failed, [], text);
}
