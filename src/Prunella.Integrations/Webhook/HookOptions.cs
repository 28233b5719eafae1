using Prunella.Integrations.Http;

namespace Prunella.Integrations.Webhook;

/// <summary>The configuration section <c>hooks</c>: the addresses that actions may call, by name.</summary>
public sealed class HookOptions
{
    /// <summary>Receivers of <c>call-webhook</c>: n8n and the like.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, HttpEndpointOptions> Hooks { get; init; } = new Dictionary<string, HttpEndpointOptions>(StringComparer.Ordinal);

    /// <summary>Applications' own addresses that clear a cache, for <c>clear-cache</c>.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, HttpEndpointOptions> Caches { get; init; } = new Dictionary<string, HttpEndpointOptions>(StringComparer.Ordinal);

    /// <summary>Applications' own addresses that rotate a connection pool, for <c>rotate-connection-pool</c> with method http.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, HttpEndpointOptions> Pools { get; init; } = new Dictionary<string, HttpEndpointOptions>(StringComparer.Ordinal);

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. Hooks.SelectMany(hook => hook.Value.Problems($"hooks:Hooks:{hook.Key}")),
        .. Caches.SelectMany(cache => cache.Value.Problems($"hooks:Caches:{cache.Key}")),
        .. Pools.SelectMany(pool => pool.Value.Problems($"hooks:Pools:{pool.Key}")),
    ];
}
