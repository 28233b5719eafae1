using Prunella.Incidents;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;

namespace Prunella.Kubernetes.Tests.Workloads;

public sealed class KubernetesWorkloadSourceTests
{
    private static Signal Signal(params (string Name, string Value)[] labels) => new()
    {
        Id = new SignalId(Guid.NewGuid()),
        Source = "alertmanager",
        Fingerprint = "f",
        Status = SignalStatus.Firing,
        Name = "Test",
        StartsAt = TimeProvider.System.GetUtcNow(),
        ReceivedAt = TimeProvider.System.GetUtcNow(),
        Labels = labels.ToDictionary(label => label.Name, label => label.Value),
    };

    [Fact]
    public async Task ReadAsync_HealthyDeployment_HasCountsRevisionAndPods()
    {
        await using var cluster = await RealCluster.OpenAsync();
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "web", 2, memory: "32Mi"));
        var state = await cluster.UntilAsync(cluster.Target("Deployment", "web"), state => state.Healthy && state.Ready == 2, "two ready pods");
        state.Desired.ShouldBe(2);
        state.Revision.ShouldBe("1");
        state.RolledOutAt.ShouldNotBeNull();
        state.ManagedBy.ShouldBeNull();
        state.Stateful.ShouldBeFalse();
        state.Pods.Count.ShouldBe(2);
        state.Pods[0].Node.ShouldNotBeEmpty();
        state.Pods[0].Containers.ShouldHaveSingleItem().MemoryLimit.ShouldBe(32 << 20);
    }

    [Fact]
    public async Task ReadAsync_NoSuchWorkload_IsNull()
    {
        await using var cluster = await RealCluster.OpenAsync();
        (await cluster.Workloads.ReadAsync(cluster.Target("Deployment", "nobody"), RealCluster.Cancellation)).ShouldBeNull();
        (await cluster.Workloads.ReadAsync(cluster.Target("StatefulSet", "nobody"), RealCluster.Cancellation)).ShouldBeNull();
        (await cluster.Workloads.ReadAsync(cluster.Target("Cache", "nobody"), RealCluster.Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task ReadAsync_RolloutThatCannotPull_IsRollingOutAndNamesTheReason()
    {
        await using var cluster = await RealCluster.OpenAsync();
        var target = cluster.Target("Deployment", "web");
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "web", 2));
        await cluster.UntilAsync(target, state => state.Healthy, "health");
        await cluster.PatchAsync(ApiKind.Deployment, "web", """{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"registry.invalid/no:1"}]}}}}""");
        var state = await cluster.UntilAsync(target, state => state.Pods.SelectMany(pod => pod.Containers).Any(container => container.WaitingReason is "ErrImagePull" or "ImagePullBackOff"), "a failed pull");
        state.RollingOut.ShouldBeTrue();
        state.Healthy.ShouldBeFalse();
        state.Revision.ShouldBe("2");
    }

    [Theory]
    [InlineData("StatefulSet")]
    [InlineData("DaemonSet")]
    public async Task ReadAsync_SetsWithRevisions_AreReadLikeDeployments(string kind)
    {
        await using var cluster = await RealCluster.OpenAsync();
        await cluster.CreateAsync(ApiKind.Find(kind)!, Manifests.Workload(kind, "set", extraPod: """{"nodeSelector":{"kubernetes.io/hostname":"node1"}}"""));
        var state = await cluster.UntilAsync(cluster.Target(kind, "set"), state => state.Healthy && state.Ready == 1, "health");
        state.Desired.ShouldBe(1);
        state.Revision.ShouldBe("1");
        state.RolledOutAt.ShouldNotBeNull();
        state.Stateful.ShouldBe(kind == "StatefulSet");
    }

    [Theory]
    [InlineData("""{"labels":{"app.kubernetes.io/managed-by":"Helm"},"annotations":{"meta.helm.sh/release-name":"shop"}}""", "Helm (shop)")]
    [InlineData("""{"labels":{"argocd.argoproj.io/instance":"shop"}}""", "Argo CD (shop)")]
    [InlineData("""{"annotations":{"argocd.argoproj.io/tracking-id":"shop:apps/Deployment:x/y"}}""", "Argo CD (shop:apps/Deployment:x/y)")]
    [InlineData("""{"labels":{"kustomize.toolkit.fluxcd.io/name":"shop"}}""", "Flux (shop)")]
    [InlineData("""{"labels":{"helm.toolkit.fluxcd.io/name":"shop"}}""", "Flux (shop)")]
    [InlineData("""{"ownerReferences":[{"apiVersion":"acid.zalan.do/v1","kind":"Postgresql","name":"main","uid":"u","controller":true}]}""", "Postgresql main")]
    [InlineData("""{"labels":{"app.kubernetes.io/managed-by":"kustomize"}}""", null)]
    public void Management_MarksOfTools_AreRecognised(string metadata, string? manager) =>
        Kubernetes.Workloads.Management.Of(k8s.KubernetesJson.Deserialize<k8s.Models.V1ObjectMeta>(metadata)).ShouldBe(manager);

    [Fact]
    public async Task ResolveAsync_AllWaysOfNamingOneDeployment_LeadToIt()
    {
        await using var cluster = await RealCluster.OpenAsync();
        var target = cluster.Target("Deployment", "web");
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "web", 2));
        await cluster.CreateAsync(ApiKind.Service, (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse("""{"metadata":{"name":"front"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""")!);
        var state = await cluster.UntilAsync(target, state => state.Healthy && state.Pods.Count == 2, "health");
        var pod = state.Pods[0].Name;
        var ns = ("namespace", cluster.Namespace);
        var address = (await cluster.FindAsync(ApiKind.Pod, pod))!["status"]!["podIP"]!.GetValue<string>();
        (string, string)[][] ways =
        [
            [ns, ("pod", pod)],
            [ns, ("deployment", "web")],
            // kube-state-metrics scraped by an operator: its own pod, job and service beside what it says.
            [ns, ("deployment", "web"), ("pod", "kube-state-metrics-6c5d7b8d9f-abcde"), ("job", "kube-state-metrics"), ("service", "kube-state-metrics"), ("container", "kube-state-metrics")],
            [("namespace", "monitoring"), ("pod", "kube-state-metrics-0"), ("exported_namespace", cluster.Namespace), ("exported_pod", pod)],
            [ns, ("workload", "web"), ("workload_type", "deployment")],
            [ns, ("workload", "web")],
            [ns, ("pod_name", pod), ("container_name", "app")],
            [ns, ("replicaset", pod[..pod.LastIndexOf('-')])],
            [ns, ("service", "front")],
            [ns, ("app", "web")],
            [ns, ("container", "app")],
            [ns, ("instance", $"{address}:8080"), ("job", "web")],
            [("k8s_namespace_name", cluster.Namespace), ("k8s_deployment_name", "web")],
            // Gone pods, by template hash and by replica set.
            [ns, ("pod", pod[..^5] + "zzzzz")],
            [ns, ("pod", "web-7d9fc8b6d5-zzzzz")],
        ];
        foreach (var labels in ways)
        {
            var resolution = await cluster.Workloads.ResolveAsync(Signal(labels), RealCluster.Cancellation);
            resolution.Target.ShouldBe(target, $"{string.Join(", ", labels)}: {resolution.Why}");
        }
    }

    [Fact]
    public async Task ResolveAsync_AmbiguousMissingOrHostileLabels_AreNeverGuessed()
    {
        await using var cluster = await RealCluster.OpenAsync();
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "twin", 0));
        await cluster.CreateAsync(ApiKind.StatefulSet, Manifests.Workload("StatefulSet", "twin", 0));
        var ns = ("namespace", cluster.Namespace);
        var twins = await cluster.Workloads.ResolveAsync(Signal(ns, ("workload", "twin")), RealCluster.Cancellation);
        twins.Target.ShouldBeNull();
        twins.Candidates.Count.ShouldBe(2);
        twins.Why.ShouldContain("equally well");
        (string, string)[][] hopeless =
        [
            [("deployment", "twin")],
            [ns, ("deployment", "nobody")],
            [ns, ("pod", "nobody-7d9fc8b6d5-zzzzz")],
            [ns, ("pod", "../../secrets/x")],
            [ns, ("deployment", "Twin?limit=1")],
            [("namespace", "../kube-system"), ("pod", "a")],
            [ns],
            [("node", "no-such-node")],
            [("severity", "critical")],
            [ns, ("instance", "10.255.255.1:80")],
        ];
        foreach (var labels in hopeless)
        {
            var resolution = await cluster.Workloads.ResolveAsync(Signal(labels), RealCluster.Cancellation);
            resolution.Target.ShouldBeNull(string.Join(", ", labels));
            resolution.Why.ShouldNotBeEmpty();
            resolution.Transient.ShouldBeFalse();
        }
    }

    [Fact]
    public async Task ResolveAsync_NodeByNameOrAddress_IsTheNode()
    {
        await using var cluster = await RealCluster.OpenAsync();
        foreach (var label in ((string, string)[])[("node", "node1"), ("instance", "10.88.0.1:9100"), ("instance", "node1")])
        {
            var resolution = await cluster.Workloads.ResolveAsync(Signal(label), RealCluster.Cancellation);
            resolution.Target.ShouldBe(new Target("default", "", "Node", "node1"), resolution.Why);
        }
    }

    [Fact]
    public async Task ResolveAsync_NamespaceOutsideTheAllowedOnes_IsRefused()
    {
        await using var cluster = await RealCluster.OpenAsync(options => options.Namespaces.Add("elsewhere"));
        var resolution = await cluster.Workloads.ResolveAsync(Signal(("namespace", cluster.Namespace), ("deployment", "web")), RealCluster.Cancellation);
        resolution.Target.ShouldBeNull();
        resolution.Why.ShouldContain("kubernetes:namespaces");
        (await Should.ThrowAsync<WorkloadUnreadableException>(() => cluster.Workloads.ReadAsync(cluster.Target("Deployment", "web"), RealCluster.Cancellation))).Forbidden.ShouldBeTrue();
    }

    [Fact]
    public async Task GatherAsync_CrashingContainerWithHostileLog_HasEveryFactInert()
    {
        await using var cluster = await RealCluster.OpenAsync();
        var target = cluster.Target("Deployment", "crash");
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "crash", 1, "printf 'starting\\n\\033[2Jfatal: KEY missing\\n'; exit 3", memory: "16Mi"));
        await cluster.UntilAsync(target, state => state.Pods.SelectMany(pod => pod.Containers).Any(container => container.Restarts > 0 && container.WaitingReason == "CrashLoopBackOff"), "a crash loop");
        var evidence = await cluster.Workloads.GatherAsync(target, TimeProvider.System.GetUtcNow(), RealCluster.Cancellation);
        // A kubelet that has much to tell is behind with its events, or tells some only when they happen again; meanwhile the container may run for a moment.
        for (var attempt = 0; attempt < 240 && !(evidence.Any(fact => fact.Source == "kubernetes/event" && fact.Text.Contains("BackOff")) && evidence.Any(fact => fact.Source == "kubernetes/container" && fact.Text.Contains("CrashLoopBackOff"))); attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, RealCluster.Cancellation);
            evidence = await cluster.Workloads.GatherAsync(target, TimeProvider.System.GetUtcNow(), RealCluster.Cancellation);
        }
        evidence.ShouldContain(fact => fact.Source == "kubernetes/workload" && fact.Text.StartsWith("0 of 1 ready"));
        evidence.ShouldContain(fact => fact.Source == "kubernetes/rollout" && fact.Text.Contains("revision 1"));
        evidence.ShouldContain(fact => fact.Source == "kubernetes/container" && fact.Text.Contains("CrashLoopBackOff"));
        evidence.ShouldContain(fact => fact.Source == "kubernetes/container" && fact.Text.Contains("exit code 3"));
        evidence.ShouldContain(fact => fact.Source == "kubernetes/limits" && fact.Text == "memory 16Mi");
        evidence.ShouldContain(fact => fact.Source == "kubernetes/event" && fact.Text.Contains("BackOff"));
        var log = evidence.Single(fact => fact.Source == "log");
        log.Object.ShouldEndWith("(previous)");
        log.Text.ShouldBe("starting\n\\u001b[2Jfatal: KEY missing");
    }

    [Fact]
    public async Task SurveyAsync_HealthyBrokenAndScaledToZero_CountsThoseThatShouldRun()
    {
        await using var cluster = await RealCluster.OpenAsync();
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "good"));
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "bad", image: "registry.invalid/no:1"));
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "off", 0));
        await cluster.UntilAsync(cluster.Target("Deployment", "good"), state => state.Healthy, "health");
        Surroundings? last = null;
        await cluster.UntilAsync(async () => (last = await cluster.Workloads.SurveyAsync(cluster.Target("Deployment", "good"), RealCluster.Cancellation)) is { NamespaceTotal: 2, NamespaceUnhealthy: 1 }, "two workloads, one unhealthy", () => $"{last}");
        last!.ClusterTotal.ShouldBeGreaterThanOrEqualTo(2);
    }
}
