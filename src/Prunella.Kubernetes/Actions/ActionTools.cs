using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>What every action needs.</summary>
internal sealed record ActionTools(ClusterApi Api, WorkloadReader Reader, NodeRoom Room, ActionEvents Events, KubernetesOptions Options, TimeProvider Time)
{
    /// <summary>How long a change that is not seen may still be on its way; the API server drops requests whose client is gone well before.</summary>
    internal static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);

    /// <summary>Asks twice, so that a change on its way is seen.</summary>
    internal async Task<bool> SeenAsync(Func<Task<bool>> look, CancellationToken cancellation)
    {
        if (await look()) return true;
        await Task.Delay(SettleTime, Time, cancellation);
        return await look();
    }
}
