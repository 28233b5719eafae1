using Prunella.Incidents;
using Prunella.Kubernetes.Watch;

namespace Prunella.Console.Tests;

/// <summary>What an operator would tell of a cluster: the twin in memory of the real one.</summary>
internal sealed class FixedWorkloads : IWatchedWorkloads
{
    internal const string HostileName = "evil\u202Ename<script>window.pwned=1</script>";

    public bool IsInMemory => true;

    public IReadOnlyList<string> Unread { get; } = ["ingresses.networking.k8s.io may not be listed: forbidden"];

    public ValueTask<IReadOnlyList<WatchedWorkload>?> WorkloadsAsync(CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<WatchedWorkload>?>(All());

    private static List<WatchedWorkload> All()
    {
        var now = TimeProvider.System.GetUtcNow();
        WatchedWorkload Of(string kind, string space, string name, int ready, int desired, int restarts = 0) => new(new Target(Target.DefaultCluster, space, kind, name), desired, ready, restarts);
        return
        [
            Of("Deployment", "shop", "api-server", 3, 3, 2), Of("Deployment", "shop", "auth", 2, 2), Of("Deployment", "shop", "cart", 2, 2), Of("StatefulSet", "shop", "orders-db", 3, 3), Of("DaemonSet", "kube-system", "node-exporter", 4, 4),
            Of("Deployment", "shop", "recommendation", 1, 2, 7) with { Cause = "oom-killed", Since = now.AddSeconds(-50), Summary = "The container recommendation was killed 7 times for want of memory: its limit is 256 MiB." },
            Of("Deployment", "shop", "payment", 1, 3, 0) with { Cause = "bad-rollout", Since = now.AddSeconds(-20), Summary = "The errors of payment began with its last rollout." },
            Of("Deployment", "shop", "search", 1, 2), Of("Deployment", "shop", "batch-report", 0, 0),
            Of("Deployment", "shop", HostileName, 0, 1) with { Cause = Seed.Markup, Since = now.AddMinutes(-3), Summary = Seed.Markup + new string('z', 1_000_000) },
        ];
    }
}
