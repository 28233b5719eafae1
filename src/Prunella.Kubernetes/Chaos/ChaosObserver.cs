using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Chaos;

/// <summary>Opens what a game day measures and restores by.</summary>
public sealed class ChaosObserver
{
    private readonly ClusterApi api;
    private readonly TimeProvider time;

    internal ChaosObserver(ClusterApi api, TimeProvider time) => (this.api, this.time) = (api, time);

    /// <summary>Watches a namespace from now on.</summary>
    /// <exception cref="ClusterApiException">The API refused or is away.</exception>
    public async Task<NamespaceWatch> WatchAsync(string @namespace, CancellationToken cancellation)
    {
        var watch = new NamespaceWatch(api, @namespace, time);
        await watch.StartAsync(cancellation);
        return watch;
    }

    /// <summary>Keeps what a namespace asks for now.</summary>
    /// <exception cref="ClusterApiException">The API refused or is away.</exception>
    public Task<NamespaceBaseline> KeepAsync(string @namespace, CancellationToken cancellation) => NamespaceBaseline.TakeAsync(api, @namespace, cancellation);
}
