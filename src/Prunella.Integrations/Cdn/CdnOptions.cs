using Prunella.Integrations.Http;

namespace Prunella.Integrations.Cdn;

/// <summary>How a CDN is told what to forget.</summary>
public enum PurgeStyle
{
    /// <summary>One request for each path, with the configured method, to the configured address with that path: Varnish, Fastly, nginx.</summary>
    EachPath,

    /// <summary>One request to the configured address with the URLs as JSON, <c>{"files": […]}</c> or <c>{"purge_everything": true}</c>: Cloudflare and alike.</summary>
    Json,
}

/// <summary>The configuration section <c>cdn</c>: the CDNs that may be flushed, by name.</summary>
public sealed class CdnOptions
{
    /// <summary>CDNs by name.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, CdnEndpointOptions> Cdns { get; init; } = new Dictionary<string, CdnEndpointOptions>(StringComparer.Ordinal);

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() => [.. Cdns.SelectMany(cdn => cdn.Value.Problems($"cdn:Cdns:{cdn.Key}"))];
}

/// <summary>One CDN.</summary>
public sealed class CdnEndpointOptions
{
    /// <summary>Where and how purges are sent.</summary>
    public HttpEndpointOptions Endpoint { get; set; } = new() { Method = "PURGE" };

    /// <summary>How it is told.</summary>
    /// <value>Default <see cref="PurgeStyle.EachPath"/>.</value>
    public PurgeStyle Style { get; set; } = PurgeStyle.EachPath;

    /// <summary>The public hosts whose content may be purged; the first is meant when only paths are given.</summary>
    public IList<string> Hosts { get; init; } = [];

    /// <summary>Whether <c>everything</c> is allowed; only with <see cref="PurgeStyle.Json"/>.</summary>
    /// <value>Default false.</value>
    public bool AllowEverything { get; set; }

    internal IReadOnlyList<string> Problems(string section) => new OptionProblems(section)
        .Add(Endpoint.Problems($"{section}:Endpoint"))
        .Check(nameof(Hosts), Hosts.Count > 0 && Hosts.All(host => Uri.CheckHostName(host) != UriHostNameType.Unknown), "must name at least one public host, as in www.shop.example")
        .Check(nameof(AllowEverything), !AllowEverything || Style == PurgeStyle.Json, "needs Style Json").All;
}
