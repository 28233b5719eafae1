using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Tests.Parity;

/// <summary>Deployments, stateful sets, jobs and what stands behind services.</summary>
public sealed class WorkloadParityTests(ParityClusters clusters)
{
    private const string Merge = "application/merge-patch+json";
    private const string Strategic = "application/strategic-merge-patch+json";

    private static bool RolledOut(JsonNode? body) =>
        body.Number("status", "observedGeneration") == body.Number("metadata", "generation") && (body.Number("status", "updatedReplicas") ?? 0) == body.Number("spec", "replicas")
        && (body.Number("status", "availableReplicas") ?? 0) == body.Number("spec", "replicas") && (body.Number("status", "replicas") ?? 0) == body.Number("spec", "replicas");

    private static string? Condition(JsonNode? body, string type, string field) => body.Items("status", "conditions").FirstOrDefault(each => each.Text("type") == type).Text(field);

    private static string Template(string script) => $$"""{"spec":{"template":{"spec":{"containers":[{"name":"c","command":["sh","-c","{{script}}"]}]} } } }""";

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Deployment_Created_BecomesAvailableAtRevisionOne(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/deployments", Manifests.Deployment("d"));
        var deployment = await ns.EventuallyAsync(ns.Apps + "/deployments/d", found => RolledOut(found) && Condition(found, "Progressing", "reason") == "NewReplicaSetAvailable");
        Condition(deployment, "Available", "status").ShouldBe("True");
        deployment.Text("metadata", "annotations", "deployment.kubernetes.io/revision").ShouldBe("1");
        var set = (await ns.SendAsync("GET", ns.Apps + "/replicasets")).Body.Items("items").Single();
        set.Name().ShouldStartWith("d-");
        set.Text("metadata", "labels", "pod-template-hash").ShouldBe(set.Name()[2..]);
        var pods = (await ns.SendAsync("GET", ns.Core + "/pods?labelSelector=app%3Dd")).Body.Items("items").ToArray();
        pods.Length.ShouldBe(2);
        pods.All(pod => pod.Items("metadata", "ownerReferences").Single().Text("name") == set.Name()).ShouldBeTrue();
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Deployment_NewTemplate_RollsAndUndoMakesANewRevision(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/deployments", Manifests.Deployment("d"));
        await ns.EventuallyAsync(ns.Apps + "/deployments/d", RolledOut);
        (await ns.SendAsync("PATCH", ns.Apps + "/deployments/d", Template("sleep 3601"), Strategic)).Code.ShouldBe(200);
        var second = await ns.EventuallyAsync(ns.Apps + "/deployments/d", RolledOut);
        second.Text("metadata", "annotations", "deployment.kubernetes.io/revision").ShouldBe("2");
        (await ns.SendAsync("PATCH", ns.Apps + "/deployments/d", Template("sleep 3600"), Strategic)).Code.ShouldBe(200);
        var third = await ns.EventuallyAsync(ns.Apps + "/deployments/d", RolledOut);
        third.Text("metadata", "annotations", "deployment.kubernetes.io/revision").ShouldBe("3");
        var sets = (await ns.SendAsync("GET", ns.Apps + "/replicasets")).Body.Items("items").ToArray();
        sets.Select(set => set.Text("metadata", "annotations", "deployment.kubernetes.io/revision")).ShouldBe(["2", "3"], ignoreOrder: true);
        sets.Single(set => set.Text("metadata", "annotations", "deployment.kubernetes.io/revision") == "3").Number("spec", "replicas").ShouldBe(2);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Deployment_BrokenRollout_KeepsOldPodsAndMissesItsDeadline(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/deployments", Manifests.Deployment("d", specExtra: "\"progressDeadlineSeconds\":5"));
        await ns.EventuallyAsync(ns.Apps + "/deployments/d", RolledOut);
        await ns.SendAsync("PATCH", ns.Apps + "/deployments/d", """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"no-such-image:1"}]}}}}""", Strategic);
        var stuck = await ns.EventuallyAsync(ns.Apps + "/deployments/d", found => Condition(found, "Progressing", "reason") == "ProgressDeadlineExceeded");
        Condition(stuck, "Progressing", "status").ShouldBe("False");
        Condition(stuck, "Available", "status").ShouldBe("True");
        stuck.Number("status", "availableReplicas").ShouldBe(2);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Scale_UpAndDown_PodsFollow(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/deployments", Manifests.Deployment("d", 1));
        var scale = await ns.SendAsync("GET", ns.Apps + "/deployments/d/scale");
        scale.Body.Text("kind").ShouldBe("Scale");
        scale.Body.Text("apiVersion").ShouldBe("autoscaling/v1");
        scale.Body.Text("status", "selector").ShouldBe("app=d");
        (await ns.SendAsync("PATCH", ns.Apps + "/deployments/d/scale", """{"spec":{"replicas":3}}""", Merge)).Body.Number("spec", "replicas").ShouldBe(3);
        await ns.EventuallyAsync(ns.Apps + "/deployments/d", found => found.Number("status", "availableReplicas") == 3);
        await ns.SendAsync("PATCH", ns.Apps + "/deployments/d/scale", """{"spec":{"replicas":0}}""", Merge);
        await ns.EventuallyAsync(ns.Core + "/pods", pods => !pods.Items("items").Any());
        var refused = await ns.SendAsync("PUT", ns.Apps + "/deployments/d/scale", $$"""{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"d","namespace":"{{ns.Name}}"},"spec":{"replicas":-1} }""");
        refused.Refusal.ShouldBe("422 Invalid");
        refused.CauseFields.ShouldBe(["spec.replicas"]);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Scale_OfMissingDeployment_NotFound(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        (await ns.SendAsync("GET", ns.Apps + "/deployments/d/scale")).Refusal.ShouldBe("404 NotFound");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Deployment_PodDeleted_IsReplaced(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/deployments", Manifests.Deployment("d", 1));
        await ns.EventuallyAsync(ns.Apps + "/deployments/d", RolledOut);
        var old = (await ns.SendAsync("GET", ns.Core + "/pods")).Body.Items("items").Single().Name();
        await ns.SendAsync("DELETE", ns.Core + "/pods/" + old);
        await ns.EventuallyAsync(ns.Core + "/pods", pods => pods.Items("items").Any(pod => pod.Name() != old && pod.Text("status", "phase") == "Running") && pods.Items("items").All(pod => pod.Name() != old));
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Deployment_Deleted_TakesSetsAndPodsAlong(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/deployments", Manifests.Deployment("d", 1));
        await ns.EventuallyAsync(ns.Apps + "/deployments/d", RolledOut);
        (await ns.SendAsync("DELETE", ns.Apps + "/deployments/d", """{"propagationPolicy":"Foreground"}""")).Code.ShouldBe(200);
        await ns.EventuallyAsync(ns.Apps + "/deployments/d", found => found is null);
        (await ns.SendAsync("GET", ns.Apps + "/replicasets")).Body.Items("items").ShouldBeEmpty();
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task StatefulSet_Created_PodsComeInOrderWithTheirNames(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/statefulsets", $$"""{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"s"},"spec":{"serviceName":"s","replicas":2,"selector":{"matchLabels":{"app":"s"} },"template":{"metadata":{"labels":{"app":"s"} },"spec":{{Manifests.PodSpec("sleep 3600")}} } } }""");
        await ns.EventuallyAsync(ns.Apps + "/statefulsets/s", found => found.Number("status", "readyReplicas") == 2);
        var pods = (await ns.SendAsync("GET", ns.Core + "/pods")).Body.Items("items").ToArray();
        pods.Select(pod => pod.Name()).ShouldBe(["s-0", "s-1"]);
        pods[0].Text("metadata", "labels", "statefulset.kubernetes.io/pod-name").ShouldBe("s-0");
        pods[0].Text("spec", "hostname").ShouldBe("s-0");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task DaemonSet_Created_RunsOnEveryReadyNode(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/daemonsets", $$"""{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"s"},"spec":{"selector":{"matchLabels":{"app":"s"} },"template":{"metadata":{"labels":{"app":"s"} },"spec":{{Manifests.PodSpec("sleep 3600")}} } } }""");
        var set = await ns.EventuallyAsync(ns.Apps + "/daemonsets/s", found => found.Number("status", "numberReady") is > 0 and { } ready && ready == found.Number("status", "desiredNumberScheduled"));
        set.Number("status", "numberMisscheduled").ShouldBe(0);
    }

    private static string Job(string script, string extra = "") =>
        $$"""{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j"},"spec":{ {{(extra.Length > 0 ? extra + "," : "")}}"template":{"spec":{{Manifests.PodSpec(script, podExtra: "\"restartPolicy\":\"Never\"")}} } } }""";

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Job_Succeeds_IsComplete(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Batch + "/jobs", Job("echo ok"));
        var job = await ns.EventuallyAsync(ns.Batch + "/jobs/j", found => Condition(found, "Complete", "status") == "True");
        job.Number("status", "succeeded").ShouldBe(1);
        job.Time("status", "completionTime").ShouldNotBeNull();
        job.Text("spec", "selector", "matchLabels", "controller-uid").ShouldBe(job.Uid());
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Job_FailsBeyondItsLimit_IsFailed(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Batch + "/jobs", Job("exit 1", "\"backoffLimit\":0"));
        var job = await ns.EventuallyAsync(ns.Batch + "/jobs/j", found => Condition(found, "Failed", "status") == "True");
        Condition(job, "Failed", "reason").ShouldBe("BackoffLimitExceeded");
        job.Number("status", "failed").ShouldBe(1);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Job_RestartAlways_Invalid(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var answer = await ns.SendAsync("POST", ns.Batch + "/jobs", Job("true").Replace("\"Never\"", "\"Always\"", StringComparison.Ordinal));
        answer.Refusal.ShouldBe("422 Invalid");
        answer.CauseFields.ShouldBe(["spec.template.spec.restartPolicy"]);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Service_SelectsReadyPods_InItsEndpoints(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var service = await ns.CreateAsync(ns.Core + "/services", """{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"selector":{"app":"x"},"ports":[{"port":80,"targetPort":8080}]}}""");
        service.Body.Text("spec", "clusterIP").ShouldStartWith("10.96.");
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p"));
        var endpoints = await ns.EventuallyAsync(ns.Core + "/endpoints/s", found => found.Items("subsets").Any(subset => subset.Items("addresses").Any()));
        endpoints.Items("subsets").Single().Items("addresses").Single().Text("targetRef", "name").ShouldBe("p");
        endpoints.Items("subsets").Single().Items("ports").Single().Number("port").ShouldBe(8080);
        await ns.SendAsync("DELETE", ns.Core + "/pods/p");
        await ns.EventuallyAsync(ns.Core + "/endpoints/s", found => !found.Items("subsets").Any(subset => subset.Items("addresses").Any()));
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Namespace_Deleted_EmptiesAndRefusesNewContent(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("held", metadata: "\"finalizers\":[\"example.com/hold\"]"));
        (await ns.SendAsync("DELETE", ns.Core)).Body.Text("status", "phase").ShouldBe("Terminating");
        var refused = await ns.SendAsync("POST", ns.Core + "/configmaps", Manifests.ConfigMap("late"));
        refused.Refusal.ShouldBe("403 Forbidden");
        refused.Message.ShouldContain("because it is being terminated");
        await ns.SendAsync("PATCH", ns.Core + "/configmaps/held", """{"metadata":{"finalizers":null}}""", Merge);
        await ns.EventuallyAsync(ns.Core, found => found is null);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Quota_Exceeded_Forbidden(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/resourcequotas", """{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"q"},"spec":{"hard":{"pods":"1"}}}""");
        await ns.EventuallyAsync(ns.Core + "/resourcequotas/q", found => found.Text("status", "hard", "pods") == "1");
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("one"));
        var second = await ns.SendAsync("POST", ns.Core + "/pods", Manifests.Pod("two"));
        second.Refusal.ShouldBe("403 Forbidden");
        second.Message.ShouldBe("pods \"two\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1");
    }
}
