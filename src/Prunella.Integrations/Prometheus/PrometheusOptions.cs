using Prunella.Integrations.Http;

namespace Prunella.Integrations.Prometheus;

/// <summary>The configuration section <c>prometheus</c>: a Prometheus, or anything that answers its query API (Thanos, Mimir, VictoriaMetrics).</summary>
public sealed class PrometheusOptions
{
    /// <summary>The name that playbooks choose it by.</summary>
    /// <value>Default <c>prometheus</c>; further ones begin with it, as in <c>prometheus-eu</c>, so that queries are checked as PromQL.</value>
    public string Name { get; set; } = "prometheus";

    /// <summary>The address, with the path prefix if there is one: <c>http://prometheus:9090</c>.</summary>
    public Uri? Url { get; set; }

    /// <summary>How Prunella proves who it is.</summary>
    /// <value>Default not at all.</value>
    public HttpCredentials Credentials { get; set; } = new();

    /// <summary>A PEM file of the authorities to trust in place of the system's.</summary>
    /// <value>Default the system's.</value>
    public string AuthorityFile { get; set; } = "";

    /// <summary>How long one question may take.</summary>
    /// <value>Default 10 s; 100 ms to 2 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How old the newest sample may be; also asked of Prometheus as its look-back.</summary>
    /// <value>Default 5 minutes; 5 s to 1 h.</value>
    public TimeSpan Staleness { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest answer that is read.</summary>
    /// <value>Bytes. Default 8 MiB; 1 KiB to 256 MiB.</value>
    public int AnswerBytesMax { get; set; } = 8 * 1024 * 1024;

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() => Credentials.Check(new OptionProblems("prometheus")
        .Check(nameof(Name), Name.StartsWith("prometheus", StringComparison.Ordinal) && Name.Length <= 63, $"is '{Name}' and must begin with 'prometheus'")
        .HttpUrl(nameof(Url), Url)
        .Readable(nameof(AuthorityFile), AuthorityFile)
        .Within(nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2))
        .Within(nameof(Staleness), Staleness, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1))
        .Within(nameof(AnswerBytesMax), AnswerBytesMax, 1024, 256 * 1024 * 1024)).All;
}
