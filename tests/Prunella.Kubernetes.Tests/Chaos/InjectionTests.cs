using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Kubernetes.Chaos;
using Prunella.Kubernetes.Chaos.Reading;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Chaos;

/// <summary>The built-in injector on the real cluster: each fault does what it says and is put back exactly.</summary>
public class InjectionTests
{
    private static readonly ApiKind Quotas = new("ResourceQuota", "v1", "resourcequotas");

    private static Experiment Fault(RealCluster cluster, string spec, string name = "fault") =>
        ChaosFile.Parse("f", $"{{apiVersion: prunella.io/v1, kind: Fault, metadata: {{name: {name}, namespace: {cluster.Namespace}}}, spec: {{{spec}}}}}")[0];

    private static Experiment Mesh(RealCluster cluster, string kind, string spec) =>
        ChaosFile.Parse("f", $"{{apiVersion: chaos-mesh.org/v1alpha1, kind: {kind}, metadata: {{name: mesh, namespace: {cluster.Namespace}}}, spec: {{{spec}}}}}")[0];

    private static Task<Injection> InjectAsync(RealCluster cluster, Experiment experiment, string id = "0000abcd") =>
        cluster.Provider.GetRequiredService<ChaosInjector>().InjectAsync(experiment, id, 1, Cancellation);

    private static ChaosRestorer Restorer(RealCluster cluster) => cluster.Provider.GetRequiredService<ChaosRestorer>();

    private static string? Image(JsonObject deployment) => deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.GetValue<string>();

    private static async Task<JsonObject> DeploymentAsync(RealCluster cluster, string name) => (await cluster.FindAsync(ApiKind.Deployment, name)).ShouldNotBeNull();

    [Fact]
    public async Task ObjectFaults_ChangeTheirField_AndArePutBackExactly()
    {
        await using var cluster = await OpenAsync();
        var manifest = Manifests.Workload("Deployment", "api", extraPod: """{"containers":[{"name":"app","image":"busybox","imagePullPolicy":"IfNotPresent","command":["sleep","3600"],"env":[{"name":"A","value":"1"},{"name":"B","value":"$(A)"}],"readinessProbe":{"exec":{"command":["true"]}}}]}""");
        await cluster.CreateAsync(ApiKind.Deployment, manifest);
        await cluster.CreateAsync(ApiKind.Service, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "api" }, ["spec"] = JsonNode.Parse("""{"selector":{"app":"api"},"ports":[{"port":80,"targetPort":8080}]}""") });
        await cluster.CreateAsync(ApiKind.ConfigMap, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "api" }, ["data"] = JsonNode.Parse("""{"url":"http://x","mode":"a"}""") });
        foreach (var (kind, name, spec, path, after) in new (ApiKind, string, string, string[], string?)[]
        {
            (ApiKind.Deployment, "api", "fault: bad-image, target: {kind: Deployment, name: api}", ["spec", "template", "spec", "containers", "name=app", "image"], "\"busybox:prunella-chaos-no-such-tag\""),
            (ApiKind.Deployment, "api", "fault: bad-configuration, target: {kind: Deployment, name: api}, variable: A, value: wrong", ["spec", "template", "spec", "containers", "name=app", "env", "0", "value"], "\"wrong\""),
            (ApiKind.Deployment, "api", "fault: bad-configuration, target: {kind: Deployment, name: api}, variable: A", ["spec", "template", "spec", "containers", "name=app", "env", "0", "name"], "\"B\""),
            (ApiKind.Deployment, "api", "fault: scale-to-zero, target: {kind: Deployment, name: api}", ["spec", "replicas"], "0"),
            (ApiKind.Deployment, "api", "fault: probe-breakage, target: {kind: Deployment, name: api}", ["spec", "template", "spec", "containers", "name=app", "readinessProbe", "exec", "command", "2"], "\"exit 1\""),
            (ApiKind.Service, "api", "fault: wrong-port, target: {name: api}, port: 9", ["spec", "ports", "0", "targetPort"], "9"),
            (ApiKind.Service, "api", "fault: selector-drift, target: {name: api}", ["spec", "selector", "app"], "\"api-drifted\""),
            (ApiKind.ConfigMap, "api", "fault: missing-key, target: {name: api}, key: url", ["data", "url"], null),
        })
        {
            var before = Plain((await cluster.FindAsync(kind, name))!);

            var injection = await InjectAsync(cluster, Fault(cluster, spec));

            var live = (await cluster.FindAsync(kind, name))!;
            FieldChange.Read(live, path)?.ToJsonString().ShouldBe(after, spec);
            if (after is null) FieldChange.Read(live, path).ShouldBeNull(spec);
            live["metadata"]!["annotations"]!["chaos.prunella.io/0000abcd"].ShouldNotBeNull();
            var restored = await Restorer(cluster).RestoreAsync(injection, Cancellation);
            restored.ShouldHaveSingleItem().Outcome.ShouldBe(RestoreOutcome.PutBack, spec);
            Plain((await cluster.FindAsync(kind, name))!).ShouldBe(before, spec);
        }
    }

    [Fact]
    public async Task InjectorIsKilled_AnotherPutsEverythingBackByTheMarksAlone()
    {
        await using var cluster = await OpenAsync();
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "api"));
        await InjectAsync(cluster, Fault(cluster, "fault: bad-image, target: {kind: Deployment, name: api}"), "00000001");
        await InjectAsync(cluster, Fault(cluster, "fault: quota-squeeze, podsMax: 0", "squeeze"), "00000002");
        await cluster.UntilAsync(async () => (await cluster.Api.ListAsync<JsonObject>(ApiKind.ReplicaSet, cluster.Namespace, Cancellation)).Count == 2, "the bad revision's replica set, to which the controller copies the mark");

        await using var stranger = Services(cluster.Kubeconfig);
        var restored = await stranger.GetRequiredService<ChaosRestorer>().RestoreNamespaceAsync(cluster.Namespace, Cancellation);

        restored.Select(one => (one.Target.Kind, one.Outcome)).ShouldBe([("Deployment", RestoreOutcome.PutBack), ("ResourceQuota", RestoreOutcome.PutBack)], ignoreOrder: true);
        Image(await DeploymentAsync(cluster, "api")).ShouldBe("busybox");
        (await cluster.Api.ListAsync<JsonObject>(Quotas, cluster.Namespace, Cancellation)).ShouldBeEmpty();
        var sets = await cluster.Api.ListAsync<JsonObject>(ApiKind.ReplicaSet, cluster.Namespace, Cancellation);
        sets.Select(Image).ShouldBe(["busybox", "busybox:prunella-chaos-no-such-tag"], ignoreOrder: true, "the copied mark changed no replica set");
        (await Restorer(cluster).RestoreNamespaceAsync(cluster.Namespace, Cancellation)).ShouldAllBe(one => one.Outcome == RestoreOutcome.Nothing);
    }

    [Fact]
    public async Task FixMadeMeanwhile_IsNotFought()
    {
        await using var cluster = await OpenAsync();
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "api"));
        var injection = await InjectAsync(cluster, Fault(cluster, "fault: bad-image, target: {kind: Deployment, name: api}"));
        await cluster.PatchAsync(ApiKind.Deployment, "api", """{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"docker.io/library/busybox:latest"}]}}}}""");

        var restored = await Restorer(cluster).RestoreAsync(injection, Cancellation);

        restored.ShouldHaveSingleItem().Outcome.ShouldBe(RestoreOutcome.Kept);
        var live = await DeploymentAsync(cluster, "api");
        Image(live).ShouldBe("docker.io/library/busybox:latest");
        InjectionMark.ReadFrom(live).ShouldBeEmpty();
    }

    [Fact]
    public async Task SecondFaultOnTheSameObject_IsRefused_AndImpossibleOnesChangeNothing()
    {
        await using var cluster = await OpenAsync();
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "api"));
        await InjectAsync(cluster, Fault(cluster, "fault: scale-to-zero, target: {kind: Deployment, name: api}"));

        (await Should.ThrowAsync<ChaosRefusedException>(() => InjectAsync(cluster, Fault(cluster, "fault: bad-image, target: {kind: Deployment, name: api}"), "00000002"))).Message.ShouldContain("restore it first");
        (await Should.ThrowAsync<ChaosRefusedException>(() => InjectAsync(cluster, Fault(cluster, "fault: bad-image, target: {kind: Deployment, name: nobody}"), "00000002"))).Message.ShouldContain("there is no Deployment");
        (await Should.ThrowAsync<ChaosRefusedException>(() => InjectAsync(cluster, Mesh(cluster, "PodChaos", "action: pod-kill, mode: all, selector: {labelSelectors: {app: nobody}}"), "00000002"))).Message.ShouldContain("found no live pods");
        Image(await DeploymentAsync(cluster, "api")).ShouldBe("busybox");
    }

    [Fact]
    public async Task PodsAreKilled_OwnerIsMarked_BarePodsAreSpared()
    {
        await using var cluster = await OpenAsync();
        await ActionScenario.HealthyAsync(cluster, "api", replicas: 5);
        var before = await UidsAsync(cluster);

        var injection = await InjectAsync(cluster, Mesh(cluster, "PodChaos", "action: pod-kill, mode: fixed-percent, value: 40, selector: {labelSelectors: {app: api}}"));

        injection.Done.Count.ShouldBe(2);
        InjectionMark.ReadFrom(await DeploymentAsync(cluster, "api")).ShouldHaveSingleItem().Pods.Count.ShouldBe(2);
        await cluster.UntilAsync(cluster.Target("Deployment", "api"), state => state.Healthy && state.Ready == 5, "recovery");
        (await UidsAsync(cluster)).Intersect(before).Count().ShouldBe(3);
        await Restorer(cluster).RestoreAsync(injection, Cancellation);
        InjectionMark.ReadFrom(await DeploymentAsync(cluster, "api")).ShouldBeEmpty();

        var none = await InjectAsync(cluster, Mesh(cluster, "PodChaos", "action: pod-kill, mode: random-max-percent, value: 1, selector: {labelSelectors: {app: api}}"), "00000002");
        none.Done.ShouldHaveSingleItem().ShouldStartWith("none of 5 pods");
        none.Touched.ShouldBeEmpty();

        await cluster.CreateAsync(ApiKind.Pod, new JsonObject { ["metadata"] = JsonNode.Parse("""{"name":"bare","labels":{"app":"bare"}}"""), ["spec"] = JsonNode.Parse("""{"containers":[{"name":"app","image":"busybox","imagePullPolicy":"IfNotPresent","command":["sleep","3600"]}]}""") });
        (await Should.ThrowAsync<ChaosRefusedException>(() => InjectAsync(cluster, Mesh(cluster, "PodChaos", "action: pod-kill, mode: all, selector: {labelSelectors: {app: bare}}"), "00000003"))).Message.ShouldContain("no owner");
        (await cluster.FindAsync(ApiKind.Pod, "bare")).ShouldNotBeNull();
    }

    [Fact]
    public async Task MemoryGrows_KernelEndsTheApplicationItself()
    {
        await using var cluster = await OpenAsync();
        var manifest = Manifests.Workload("Deployment", "api", script: "x=$(head -c 8388608 /dev/zero | tr '\\0' x); trap 'exit 0' TERM; while true; do sleep 1; done", memory: "48Mi");
        await cluster.CreateAsync(ApiKind.Deployment, manifest);
        await cluster.UntilAsync(cluster.Target("Deployment", "api"), state => state.Healthy && state.Ready == 1, "health");

        var injection = await InjectAsync(cluster, Mesh(cluster, "StressChaos", "mode: all, selector: {labelSelectors: {app: api}}, stressors: {memory: {workers: 4, size: 32MB}}, duration: 60s"));

        await cluster.UntilAsync(cluster.Target("Deployment", "api"), state => state.Pods.Any(pod => pod.Containers.Any(container => container.LastTerminationReason == "OOMKilled")), "the kernel's kill");
        await Restorer(cluster).RestoreAsync(injection, Cancellation);
        await cluster.UntilAsync(cluster.Target("Deployment", "api"), state => state.Healthy, "recovery");
    }

    [Fact]
    public async Task ProcessorIsBurnt_RestoreEndsEveryProcessOfIt()
    {
        await using var cluster = await OpenAsync();
        await ActionScenario.HealthyAsync(cluster, "api");
        var injection = await InjectAsync(cluster, Mesh(cluster, "StressChaos", "mode: all, selector: {labelSelectors: {app: api}}, stressors: {cpu: {workers: 2}}, duration: 300s"));
        (await ProcessesAsync(cluster)).ShouldContain("prunella-chaos-0000abcd");

        var restored = await Restorer(cluster).RestoreAsync(injection, Cancellation);

        restored.ShouldContain(one => one.Outcome == RestoreOutcome.PutBack);
        (await ProcessesAsync(cluster)).ShouldNotContain("prunella-chaos-0000abcd");
    }

    [Fact]
    public async Task ContainerIsEnded_ItRestarts_OneThatHandlesNoSignalIsToldSo()
    {
        await using var cluster = await OpenAsync();
        await ActionScenario.HealthyAsync(cluster, "api");

        (await InjectAsync(cluster, Mesh(cluster, "PodChaos", "action: container-kill, containerNames: [app], mode: all, selector: {labelSelectors: {app: api}}"))).Done.ShouldHaveSingleItem().ShouldContain("was ended");

        await cluster.UntilAsync(cluster.Target("Deployment", "api"), state => state.Pods.Any(pod => pod.Containers.Any(container => container.Restarts == 1)), "the restart");
        (await Should.ThrowAsync<ChaosRefusedException>(() => InjectAsync(cluster, Mesh(cluster, "PodChaos", "action: container-kill, containerNames: [web], mode: all, selector: {labelSelectors: {app: api}}"), "00000002"))).Message.ShouldContain("no container web");
    }

    [Fact]
    public async Task PodFailure_BreaksThePodAndGivesItBack()
    {
        await using var cluster = await OpenAsync();
        await ActionScenario.HealthyAsync(cluster, "api");
        var injection = await InjectAsync(cluster, Mesh(cluster, "PodChaos", "action: pod-failure, mode: all, selector: {labelSelectors: {app: api}}"));
        await cluster.UntilAsync(cluster.Target("Deployment", "api"), state => state.Ready == 0, "the failure");

        await Restorer(cluster).RestoreAsync(injection, Cancellation);

        await cluster.UntilAsync(cluster.Target("Deployment", "api"), state => state.Healthy && state.Ready == 1, "recovery");
    }

    [Fact]
    public async Task NodeIsCordoned_AndOpenedAgain()
    {
        await using var cluster = await OpenAsync();
        var node = await HollowNode.StartAsync(cluster);

        var injection = await InjectAsync(cluster, Fault(cluster, $"fault: node-cordon, target: {{name: {node}}}"));

        (await cluster.FindAsync(ApiKind.Node, node))!["spec"]!["unschedulable"]!.GetValue<bool>().ShouldBeTrue();
        (await Restorer(cluster).RestoreAsync(injection, Cancellation)).ShouldHaveSingleItem().Outcome.ShouldBe(RestoreOutcome.PutBack);
        (await cluster.FindAsync(ApiKind.Node, node))!["spec"]!["unschedulable"].ShouldBeNull();
    }

    [Fact]
    public async Task Guard_KeepsChaosWhereItWasAllowed()
    {
        await using var cluster = await OpenAsync();
        var guard = cluster.Provider.GetRequiredService<ChaosGuard>();
        var fault = Fault(cluster, "fault: quota-squeeze");
        Task CheckAsync(bool yes, params string[] named) => guard.CheckAsync([fault], named, yes, Cancellation);

        (await Should.ThrowAsync<ChaosRefusedException>(() => CheckAsync(true, "other"))).Message.ShouldContain($"reaches into namespace {cluster.Namespace}");
        (await Should.ThrowAsync<ChaosRefusedException>(() => CheckAsync(true, cluster.Namespace, "kube-system"))).Message.ShouldContain("kube-system is the cluster's own");
        (await Should.ThrowAsync<ChaosRefusedException>(() => CheckAsync(false, cluster.Namespace))).Message.ShouldContain("prunella.io/chaos=allowed");
        await CheckAsync(true, cluster.Namespace);
        await cluster.Api.PatchAsync(new ApiKind("Namespace", "v1", "namespaces", Namespaced: false), "", cluster.Namespace, JsonNode.Parse("""{"metadata":{"labels":{"prunella.io/chaos":"allowed"}}}""")!, dryRun: false, Cancellation);
        await CheckAsync(false, cluster.Namespace);
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "prunella", extraPod: "{}"));
        await cluster.PatchAsync(ApiKind.Deployment, "prunella", """{"spec":{"template":{"metadata":{"labels":{"app.kubernetes.io/name":"prunella"}}}}}""");
        await cluster.UntilAsync(async () => (await cluster.Api.ListAsync<JsonObject>(ApiKind.Pod, cluster.Namespace, Cancellation, labels: "app.kubernetes.io/name=prunella")).Count > 0, "a pod of Prunella");
        (await Should.ThrowAsync<ChaosRefusedException>(() => CheckAsync(true, cluster.Namespace))).Message.ShouldContain("Prunella itself runs in");
    }

    private static async Task<List<string>> UidsAsync(RealCluster cluster) =>
        [.. (await cluster.Api.ListAsync<JsonObject>(ApiKind.Pod, cluster.Namespace, Cancellation)).Where(pod => pod["metadata"]!["deletionTimestamp"] is null).Select(pod => pod["metadata"]!["uid"]!.GetValue<string>())];

    private static async Task<string> ProcessesAsync(RealCluster cluster)
    {
        var pod = (await cluster.Api.ListAsync<JsonObject>(ApiKind.Pod, cluster.Namespace, Cancellation))[0]["metadata"]!["name"]!.GetValue<string>();
        return (await cluster.Provider.GetRequiredService<ContainerExec>().RunAsync(cluster.Namespace, pod, "app", ["sh", "-c", "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; echo; done"], Cancellation)).Output;
    }

    /// <summary>What a person wrote: without status, versions and the controller's own counts.</summary>
    private static string Plain(JsonObject live)
    {
        var copy = (JsonObject)live.DeepClone();
        copy.Remove("status");
        var metadata = (JsonObject)copy["metadata"]!;
        foreach (var name in (string[])["resourceVersion", "generation", "managedFields"]) metadata.Remove(name);
        if (metadata["annotations"] is JsonObject annotations)
        {
            annotations.Remove("deployment.kubernetes.io/revision");
            if (annotations.Count == 0) metadata.Remove("annotations");
        }
        return copy.ToJsonString();
    }
}
