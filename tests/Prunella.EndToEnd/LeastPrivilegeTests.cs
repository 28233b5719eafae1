using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd;

/// <summary>Prunella as the service account of <c>deploy/rbac.yaml</c>, talking to the API server directly.</summary>
public class LeastPrivilegeTests
{
    [Fact]
    public async Task RolesOfDeploy_SufficeToEvictTheLeakingPod()
    {
        await using var world = await World.StartAsync(new ServerSettings { Playbook = EvictLeakingPod, Disabled = ["connection-pool-exhausted"] }, cluster => LeastPrivilege.GrantAsync(cluster));
        var shop = await world.DeployAsync(new ShopOptions("api-server"));
        var leaking = await shop.LeakAsync(pods: 1);

        var incident = await world.Prunella.UntilAsync(world.Namespace, "Resolved");

        var attempt = incident.Attempts().ShouldHaveSingleItem();
        attempt.Text("action").ShouldBe("restart-pod");
        attempt.Text("effect").ShouldContain($"{leaking[0]} was evicted");
        var pods = (await world.Cluster.PodsAsync(shop.Name)).Select(pod => pod.Metadata.Name).ToList();
        pods.Count.ShouldBe(3);
        pods.ShouldNotContain(leaking[0]);
        (await world.Cluster.ActionEventsAsync()).ShouldHaveSingleItem().ShouldContain("restart-pod");
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }

    [Fact]
    public async Task EvictionIsNotGranted_NothingIsDone_PeopleAreToldWhichPermissionIsMissing()
    {
        await using var world = await World.StartAsync(
            new ServerSettings { Playbook = EvictLeakingPod, Disabled = ["connection-pool-exhausted"] }, cluster => LeastPrivilege.GrantAsync(cluster, withheld: "pods/eviction"));
        var shop = await world.DeployAsync(new ShopOptions("api-server"));
        var leaking = await shop.LeakAsync(pods: 1);

        var incident = await world.Prunella.UntilAsync(world.Namespace, "Escalated");

        var outcome = incident.Text("summary", "outcome");
        outcome.ShouldContain("create");
        outcome.ShouldContain("pods/eviction");
        (await world.Cluster.PodsAsync(shop.Name)).Select(pod => pod.Metadata.Name).ShouldContain(leaking[0]);
        (await world.Prunella.LedgerAsync(incident)).Select(entry => entry.Text("kind")).ShouldNotContain("intent");
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }

    private const string EvictLeakingPod =
        """
        name: evict-leaking-pod
        version: 1.0.0
        description: Evicts the pod whose connection pool is full.
        cause: connection-pool-exhausted
        family: connections
        match:
          alerts: ['ConnectionPoolExhausted']
          labels: ['pod!=""']
        conditions:
          - metric: 'max(hikaricp_connections_active{namespace="{{target.namespace}}",pod="{{label.pod}}"} / hikaricp_connections_max{namespace="{{target.namespace}}",pod="{{label.pod}}"})'
            unit: ratio
            atLeast: 95%
            text: share of the pool in use
        confidence:
          base: 0.9
        summary: 'The connection pool of {{label.pod}} is used up.'
        actions:
          - action: restart-pod
            why: A new pod starts with a fresh pool.
            with:
              pod: '{{label.pod}}'
        escalateAfter: 1
        advice: Look for connections that are not given back.
        """;
}
