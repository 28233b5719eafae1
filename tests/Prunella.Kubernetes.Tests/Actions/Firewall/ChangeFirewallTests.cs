using System.Net;
using System.Text.Json.Nodes;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prunella.Kubernetes.Actions.Firewall;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.ActionScenario;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Actions.Firewall;

public sealed class ChangeFirewallTests
{
    private static JsonObject Guard(string app) => (JsonObject)JsonNode.Parse("""{"metadata":{"name":"guard"},"spec":{"podSelector":{"matchLabels":{"app":"APP"}},"policyTypes":["Ingress"],"ingress":[]}}""".Replace("APP", app))!;

    private static async Task<List<string>> PoliciesAsync(RealCluster cluster) =>
        [.. (await cluster.Api.ListAsync<k8s.Models.V1NetworkPolicy>(ApiKind.NetworkPolicy, cluster.Namespace, Cancellation)).Select(policy => policy.Metadata.Name)];

    [Fact]
    public async Task ChangeFirewall_Deny_KeepsTheBlockOutUntilUndone()
    {
        await using var cluster = await OpenRestrictedAsync();
        await HealthyAsync(cluster, "web");
        var plan = await PlanAsync(cluster, "change-firewall", cluster.Target("Deployment", "web"), ("cidr", "203.0.113.0/24"));
        plan.Diff.ShouldContain("cidr: 203.0.112.0/24");
        plan.Diff.ShouldNotContain("cidr: 203.0.113.0/24");
        plan.Diff.ShouldNotContain("/0\n");
        await ExecuteAsync(cluster, plan);
        (await PoliciesAsync(cluster)).ShouldHaveSingleItem();
        await UndoTwiceAsync(cluster, plan);
        (await PoliciesAsync(cluster)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sweep_AfterARestart_RemovesWhatHasExpiredAndNothingElse()
    {
        await using var cluster = await OpenRestrictedAsync();
        await HealthyAsync(cluster, "web");
        await cluster.CreateAsync(ApiKind.NetworkPolicy, Guard("other"));
        await ExecuteAsync(cluster, await PlanAsync(cluster, "change-firewall", cluster.Target("Deployment", "web"), ("cidr", "203.0.113.0/24"), ("expires-in", "1h")));
        var options = new KubernetesOptions { Namespaces = { cluster.Namespace } };
        var api = cluster.Provider.GetRequiredService<ClusterApi>();
        FirewallSweeper At(TimeSpan later) => new(api, options, new FakeTimeProvider(TimeProvider.System.GetUtcNow() + later), NullLogger<FirewallSweeper>.Instance);
        (await At(TimeSpan.FromMinutes(50)).SweepAsync(Cancellation)).ShouldBe(0);
        (await At(TimeSpan.FromMinutes(61)).SweepAsync(Cancellation)).ShouldBe(1);
        (await PoliciesAsync(cluster)).ShouldBe(["guard"]);
    }

    [Fact]
    public async Task Sweep_AnotherPolicyGuardsTheSamePods_RemovesTheDenialThatWouldWidenIt()
    {
        await using var cluster = await OpenRestrictedAsync();
        await HealthyAsync(cluster, "web");
        await ExecuteAsync(cluster, await PlanAsync(cluster, "change-firewall", cluster.Target("Deployment", "web"), ("cidr", "203.0.113.0/24")));
        await cluster.CreateAsync(ApiKind.NetworkPolicy, Guard("web"));
        var sweeper = new FirewallSweeper(cluster.Provider.GetRequiredService<ClusterApi>(), new KubernetesOptions { Namespaces = { cluster.Namespace } }, TimeProvider.System, NullLogger<FirewallSweeper>.Instance);
        (await sweeper.SweepAsync(Cancellation)).ShouldBe(1);
        (await PoliciesAsync(cluster)).ShouldBe(["guard"]);
    }

    [Fact]
    public async Task ChangeFirewall_Allow_OpensOnlyWhatIsNamedAndOnlyWhereSomethingIsClosed()
    {
        await using var cluster = await OpenRestrictedAsync();
        await HealthyAsync(cluster, "web");
        var target = cluster.Target("Deployment", "web");
        (await PlanAsync(cluster, "change-firewall", target, ("mode", "allow"), ("from-pods", "app=client"))).Blockers.ShouldHaveSingleItem().ShouldContain("let in already");
        await cluster.CreateAsync(ApiKind.NetworkPolicy, Guard("web"));
        (await PlanAsync(cluster, "change-firewall", target, ("cidr", "203.0.113.0/24"))).Blockers.ShouldHaveSingleItem().ShouldContain("guarded by guard already");
        var plan = await PlanAsync(cluster, "change-firewall", target, ("mode", "allow"), ("from-pods", "app=client"), ("port", "5432"));
        await ExecuteAsync(cluster, plan);
        (await PoliciesAsync(cluster)).Count.ShouldBe(2);
        await UndoTwiceAsync(cluster, plan);
        (await PoliciesAsync(cluster)).ShouldBe(["guard"]);
    }

    [Fact]
    public async Task ChangeFirewall_EverybodyOrNonsense_IsNeverPlanned()
    {
        await using var cluster = await OpenRestrictedAsync();
        await HealthyAsync(cluster, "web");
        await cluster.CreateAsync(ApiKind.NetworkPolicy, Guard("web"));
        var target = cluster.Target("Deployment", "web");
        (string, string)[][] hopeless =
        [
            [("mode", "allow"), ("cidr", "0.0.0.0/0")], [("mode", "allow"), ("cidr", "::/0")], [("mode", "allow"), ("cidr", "0.0.0.0/1")], [("mode", "allow"), ("cidr", "10.1.2.3/8")],
            [("mode", "allow"), ("from-pods", "")], [("mode", "allow"), ("from-pods", "app=")], [("mode", "allow")], [("mode", "allow"), ("cidr", "10.0.0.0/8"), ("from-pods", "a=b")],
            [("mode", "open"), ("cidr", "10.0.0.0/8")], [("cidr", "everyone")], [("cidr", "10.0.0.0/8"), ("expires-in", "48h")],
        ];
        foreach (var parameters in hopeless) (await PlanAsync(cluster, "change-firewall", target, parameters)).Blockers.ShouldNotBeEmpty(string.Join(", ", parameters));
        (await PoliciesAsync(cluster)).ShouldBe(["guard"]);
    }

    [Fact]
    public async Task ChangeFirewall_DenyOfTheClustersOwnPods_IsBlocked()
    {
        await using var cluster = await OpenRestrictedAsync();
        await HealthyAsync(cluster, "web");
        (await PlanAsync(cluster, "change-firewall", cluster.Target("Deployment", "web"), ("cidr", "10.88.0.0/16"))).Blockers.ShouldHaveSingleItem().ShouldContain("own pods");
    }

    [Fact]
    public void Except_AnyBlockAndAddress_CoversExactlyTheOthersOnce() =>
        Gen.Select(Gen.UInt, Gen.Int[8, 32], Gen.UInt).Sample((address, prefix, probe) =>
        {
            var mask = uint.MaxValue << (32 - prefix);
            var block = new IPNetwork(Address(address & mask), prefix);
            var covering = AddressBlocks.Except(block).Count(other => other.Contains(Address(probe)));
            covering.ShouldBe(block.Contains(Address(probe)) ? 0 : 1);
            FirewallPolicy.OpensToAll(FirewallPolicy.Deny(block), clusterIsOpenAlready: true).ShouldBeFalse();
        }, iter: 10_000);

    [Theory]
    [InlineData("[]")]
    [InlineData("[{}]")]
    [InlineData("""[{"from":[]}]""")]
    [InlineData("""[{"from":[{}]}]""")]
    [InlineData("""[{"from":[{"ipBlock":{"cidr":"0.0.0.0/0"}}]}]""")]
    [InlineData("""[{"from":[{"ipBlock":{"cidr":"::/0"}}]}]""")]
    [InlineData("""[{"from":[{"podSelector":{}}]}]""")]
    [InlineData("""[{"from":[{"podSelector":{"matchLabels":{}}}]}]""")]
    [InlineData("""[{"from":[{"namespaceSelector":{}}]}]""")]
    public void OpensToAll_RulesThatNameNobodyInParticular_AreSeen(string rules) =>
        FirewallPolicy.OpensToAll((JsonArray)JsonNode.Parse(rules)!, clusterIsOpenAlready: false).ShouldBeTrue();

    private static IPAddress Address(uint value) => new([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
}
