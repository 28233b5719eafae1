using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Leader;
using Prunella.Kubernetes.Tests.Connection;
using Prunella.Kubernetes.Watch;
using Prunella.Sandbox;

namespace Prunella.Kubernetes.Tests.Leader;

/// <summary>Elections over the sandbox's API. The clock of the replicas is the test's; only the requests take real time.</summary>
public sealed class LeaderElectionTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 3, 0, 0, TimeSpan.Zero));
    private readonly OperatorOptions options = new();
    private readonly List<ClusterApi> apis = [];
    private SandboxCluster cluster = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => cluster = await SandboxCluster.StartAsync(token: Cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var api in apis) api.Dispose();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task TwoReplicas_ExactlyOneLeads_AlsoOverTime()
    {
        var (one, other) = (Replica("one"), Replica("other"));
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(one.TryOnceAsync(Cancellation), other.TryOnceAsync(Cancellation));
            Leading(one, other).Count.ShouldBeLessThanOrEqualTo(1);
            time.Advance(options.RetryPeriod);
        }

        var leader = Leading(one, other).ShouldHaveSingleItem();
        var follower = leader == one ? other : one;
        follower.Leadership.State.ShouldBe(LeaderState.Following);
        follower.Leadership.Holder.ShouldBe(leader.Identity);
    }

    [Fact]
    public async Task LeaderIsKilled_TheOtherWaitsOutItsLease_ThenLeads()
    {
        var (one, other) = (Replica("one"), Replica("other"));
        await one.TryOnceAsync(Cancellation);
        await other.TryOnceAsync(Cancellation);
        for (var waited = 0; waited < 14; waited += 2)
        {
            time.Advance(TimeSpan.FromSeconds(2));
            await other.TryOnceAsync(Cancellation);
            other.Leadership.State.ShouldBe(LeaderState.Following, $"after {waited + 2} s");
        }
        one.Leadership.State.ShouldBe(LeaderState.Unknown, "its own clock ended it well before");

        time.Advance(TimeSpan.FromSeconds(2));
        await other.TryOnceAsync(Cancellation);

        other.Leadership.State.ShouldBe(LeaderState.Leading);
        await one.TryOnceAsync(Cancellation);
        one.Leadership.State.ShouldBe(LeaderState.Following);
    }

    [Fact]
    public async Task LeaderStops_GivesTheLeaseBack_TheOtherLeadsAtItsNextLook()
    {
        var (one, other) = (Replica("one"), Replica("other"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = one.RunAsync(stop.Token);
        await one.Settled;
        await other.TryOnceAsync(Cancellation);
        other.Leadership.State.ShouldBe(LeaderState.Following);

        await stop.CancelAsync();
        await running;
        one.Leadership.WhyNot().ShouldNotBeNull();
        await other.TryOnceAsync(Cancellation);

        other.Leadership.State.ShouldBe(LeaderState.Leading);
    }

    [Fact]
    public async Task ClocksThatDisagree_DoNotMakeTwoLeaders()
    {
        var late = new FakeTimeProvider(time.GetUtcNow() + TimeSpan.FromHours(3));
        var (one, other) = (Replica("one"), Replica("other", late));
        await one.TryOnceAsync(Cancellation);

        await other.TryOnceAsync(Cancellation);

        other.Leadership.State.ShouldBe(LeaderState.Following, "the time in the lease is another machine's");
    }

    [Fact]
    public async Task WriteWithoutTheLease_IsNotSent_ReadsAndTheLeaseAre()
    {
        var (one, other) = (Replica("one"), Replica("other"));
        await one.TryOnceAsync(Cancellation);
        await other.TryOnceAsync(Cancellation);
        var api = apis[1];
        api.Guard = other.Leadership;
        var body = new System.Text.Json.Nodes.JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "written" } };

        var refused = await Should.ThrowAsync<ClusterApiException>(() => api.CreateAsync(ApiKind.ConfigMap, "default", body, dryRun: false, Cancellation));

        refused.Failure.ShouldBe(ClusterFailure.NotLeading);
        refused.MayHaveHappened.ShouldBeFalse();
        refused.Message.ShouldContain("one leads");
        (await api.FindAsync(ApiKind.ConfigMap, "default", "written", Cancellation)).ShouldBeNull();
        await api.CreateAsync(ApiKind.ConfigMap, "default", body.DeepClone(), dryRun: true, Cancellation);
    }

    [Fact]
    public async Task LeaseMayNotBeWritten_NobodyLeads_VerbAndResourceAreNamed()
    {
        await using var scripted = new ScriptedApi(new Reply(404, ScriptedApi.Status("NotFound", "no lease")), new Reply(403, ScriptedApi.Status("Forbidden", "not you")));
        using var api = scripted.Connect();
        var election = new LeaderElection(api, options, new Leadership(options.RenewDeadline, time), "one", "default", time, NullLogger<LeaderElection>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = election.RunAsync(stop.Token);
        await election.Settled;

        var why = election.Leadership.WhyNot().ShouldNotBeNull();
        why.ShouldContain("\"create\"");
        why.ShouldContain("leases.coordination.k8s.io");
        await stop.CancelAsync();
        await running;
    }

    private static List<LeaderElection> Leading(params LeaderElection[] replicas) => [.. replicas.Where(replica => replica.Leadership.State == LeaderState.Leading)];

    private LeaderElection Replica(string name, TimeProvider? clock = null)
    {
        var api = new ClusterApi(new k8s.Kubernetes(new k8s.KubernetesClientConfiguration { Host = cluster.Address.ToString() }), new KubernetesOptions(), TimeProvider.System);
        apis.Add(api);
        return new LeaderElection(api, options, new Leadership(options.RenewDeadline, clock ?? time), name, "default", clock ?? time, NullLogger<LeaderElection>.Instance);
    }
}
