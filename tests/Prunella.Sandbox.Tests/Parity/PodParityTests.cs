using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Tests.Parity;

/// <summary>What becomes of pods.</summary>
public sealed class PodParityTests(ParityClusters clusters)
{
    private static JsonObject? Status(JsonNode? pod) => pod.Items("status", "containerStatuses").FirstOrDefault();

    private static async Task EventuallyEvent(ParityNamespace ns, string reason, string messageContains, string? about = null) =>
        await ns.EventuallyAsync(ns.Core + "/events", events => events.Items("items").Any(each => each.Text("reason") == reason
            && each.Text("message")?.Contains(messageContains, StringComparison.Ordinal) == true && (about is null || each.Text("involvedObject", "name") == about)));

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_Started_RunsReadyWithConditionsAndEvents(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p"));
        var pod = await ns.EventuallyAsync(ns.Core + "/pods/p", found => found.Items("status", "conditions").Any(each => each.Text("type") == "Ready" && each.Text("status") == "True"));
        pod.Text("status", "phase").ShouldBe("Running");
        pod.Text("status", "qosClass").ShouldBe("BestEffort");
        pod.Text("status", "podIP").ShouldNotBeNullOrEmpty();
        pod.Items("status", "conditions").Select(each => each.Text("type")).ShouldBe(["Initialized", "Ready", "ContainersReady", "PodScheduled"], ignoreOrder: true);
        Status(pod).Flag("ready").ShouldBe(true);
        await EventuallyEvent(ns, "Scheduled", $"Successfully assigned {ns.Name}/p to ");
        await EventuallyEvent(ns, "Created", "Created container c");
        await EventuallyEvent(ns, "Started", "Started container c");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_ExitsZeroWithoutRestart_Succeeds(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p", "echo hello; exit 0", podExtra: "\"restartPolicy\":\"Never\""));
        var pod = await ns.EventuallyAsync(ns.Core + "/pods/p", found => found.Text("status", "phase") == "Succeeded");
        Status(pod).Text("state", "terminated", "reason").ShouldBe("Completed");
        (await ns.SendAsync("GET", ns.Core + "/pods/p/log")).Text.ShouldBe("hello\n");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_ExitsNonZeroWithoutRestart_Fails(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p", "exit 3", podExtra: "\"restartPolicy\":\"Never\""));
        var pod = await ns.EventuallyAsync(ns.Core + "/pods/p", found => found.Text("status", "phase") == "Failed");
        Status(pod).Number("state", "terminated", "exitCode").ShouldBe(3);
        Status(pod).Text("state", "terminated", "reason").ShouldBe("Error");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_Crashes_BacksOffAndKeepsPreviousLog(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p", "echo boom; sleep 1; exit 7"));
        var pod = await ns.EventuallyAsync(ns.Core + "/pods/p", found => Status(found).Text("state", "waiting", "reason") == "CrashLoopBackOff");
        pod.Text("status", "phase").ShouldBe("Running");
        Status(pod).Number("lastState", "terminated", "exitCode").ShouldBe(7);
        Status(pod).Number("restartCount").GetValueOrDefault().ShouldBeGreaterThanOrEqualTo(1);
        Status(pod).Text("state", "waiting", "message").ShouldStartWith("back-off ");
        (await ns.SendAsync("GET", ns.Core + "/pods/p/log?previous=true")).Text.ShouldBe("boom\n");
        await EventuallyEvent(ns, "BackOff", "Back-off restarting failed container");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_UnknownImage_EndsInImagePullBackOff(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p").Replace("\"image\":\"busybox\"", "\"image\":\"no-such-image:1\"", StringComparison.Ordinal));
        var pod = await ns.EventuallyAsync(ns.Core + "/pods/p", found => Status(found).Text("state", "waiting", "reason") == "ImagePullBackOff", 90);
        pod.Text("status", "phase").ShouldBe("Pending");
        Status(pod).Text("state", "waiting", "message").ShouldBe("Back-off pulling image \"no-such-image:1\"");
        await EventuallyEvent(ns, "Failed", "Error: ErrImagePull");
        (await ns.SendAsync("GET", ns.Core + "/pods/p/log")).Refusal.ShouldBe("400 BadRequest");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_PassesMemoryLimit_IsOomKilled(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p", "tail /dev/zero", """ "resources":{"limits":{"memory":"32Mi"}}""", "\"restartPolicy\":\"Never\""));
        var pod = await ns.EventuallyAsync(ns.Core + "/pods/p", found => Status(found).Text("state", "terminated", "reason") is not null);
        Status(pod).Text("state", "terminated", "reason").ShouldBe("OOMKilled");
        Status(pod).Number("state", "terminated", "exitCode").ShouldBe(137);
        pod.Text("status", "qosClass").ShouldBe("Burstable");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_MissingConfigKey_WaitsAndRecoversOnceItIsThere(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("settings"));
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p", "sleep 3600", """ "env":[{"name":"X","valueFrom":{"configMapKeyRef":{"name":"settings","key":"absent"}}}]"""));
        var pod = await ns.EventuallyAsync(ns.Core + "/pods/p", found => Status(found).Text("state", "waiting", "reason") == "CreateContainerConfigError");
        Status(pod).Text("state", "waiting", "message").ShouldBe($"couldn't find key absent in ConfigMap {ns.Name}/settings");
        await ns.SendAsync("PATCH", ns.Core + "/configmaps/settings", """{"data":{"absent":"here"}}""", "application/merge-patch+json");
        await ns.EventuallyAsync(ns.Core + "/pods/p", found => found.Text("status", "phase") == "Running");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_MissingSecret_WaitsWithItsName(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p", "sleep 3600", """ "envFrom":[{"secretRef":{"name":"absent"}}]"""));
        var pod = await ns.EventuallyAsync(ns.Core + "/pods/p", found => Status(found).Text("state", "waiting", "reason") == "CreateContainerConfigError");
        Status(pod).Text("state", "waiting", "message").ShouldBe("secret \"absent\" not found");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_MissingCommand_CannotStart(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p").Replace("[\"sh\",\"-c\",\"sleep 3600\"]", "[\"no-such-command\"]", StringComparison.Ordinal));
        var pod = await ns.EventuallyAsync(ns.Core + "/pods/p", found => Status(found).Number("lastState", "terminated", "exitCode") == 128);
        Status(pod).Text("lastState", "terminated", "reason").ShouldBe("StartError");
        Status(pod).Text("lastState", "terminated", "message")!.ShouldContain("executable file not found");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_TooBig_StaysPendingUnschedulable(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p", extra: """ "resources":{"requests":{"cpu":"1000"}}"""));
        var pod = await ns.EventuallyAsync(ns.Core + "/pods/p", found => found.Items("status", "conditions").Any(each => each.Text("reason") == "Unschedulable"));
        pod.Text("status", "phase").ShouldBe("Pending");
        pod.Items("status", "conditions").Single().Text("message").ShouldNotBeNull().ShouldMatch(@"^0/\d+ nodes are available: \d+ Insufficient cpu\.$");
        await EventuallyEvent(ns, "FailedScheduling", "Insufficient cpu");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_NodeSelectorWithoutMatch_StaysPending(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p", podExtra: """ "nodeSelector":{"no-such":"label"}"""));
        await EventuallyEvent(ns, "FailedScheduling", "nodes are available");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_LivenessFails_IsRestarted(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p", "sleep 3600", """ "livenessProbe":{"exec":{"command":["cat","/tmp/alive"]},"periodSeconds":1,"failureThreshold":2}"""));
        await ns.EventuallyAsync(ns.Core + "/pods/p", found => Status(found).Number("restartCount") > 0);
        await EventuallyEvent(ns, "Unhealthy", "Liveness probe failed: ");
        await EventuallyEvent(ns, "Killing", "Container c failed liveness probe, will be restarted");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_ReadinessFollowsItsProbe(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p", "sleep 2; touch /tmp/ok; sleep 3600", """ "readinessProbe":{"exec":{"command":["cat","/tmp/ok"]},"periodSeconds":1}"""));
        await ns.EventuallyAsync(ns.Core + "/pods/p", found => found.Text("status", "phase") == "Running" && Status(found).Flag("ready") == false);
        await ns.EventuallyAsync(ns.Core + "/pods/p", found => Status(found).Flag("ready") == true);
        await EventuallyEvent(ns, "Unhealthy", "Readiness probe failed: ");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_InitContainerFails_ShowsInItsStatus(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p", podExtra: """ "restartPolicy":"Never","initContainers":[{"name":"i","image":"busybox","imagePullPolicy":"IfNotPresent","command":["sh","-c","exit 5"]}]"""));
        var pod = await ns.EventuallyAsync(ns.Core + "/pods/p", found => found.Text("status", "phase") == "Failed");
        pod.Items("status", "initContainerStatuses").Single().Number("state", "terminated", "exitCode").ShouldBe(5);
        Status(pod).Text("state", "waiting", "reason").ShouldBe("PodInitializing");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_Deleted_IsMarkedThenGone(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p"));
        await ns.EventuallyAsync(ns.Core + "/pods/p", found => found.Text("status", "phase") == "Running");
        var answer = await ns.SendAsync("DELETE", ns.Core + "/pods/p");
        answer.Body.Text("kind").ShouldBe("Pod");
        answer.Body.Number("metadata", "deletionGracePeriodSeconds").ShouldBe(1);
        await ns.EventuallyAsync(ns.Core + "/pods/p", found => found is null);
        await EventuallyEvent(ns, "Killing", "Stopping container c");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Log_BadRequests_AreRefused(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p", "echo one; echo two; echo three; sleep 3600"));
        await ns.EventuallyAsync(ns.Core + "/pods/p", found => found.Text("status", "phase") == "Running");
        (await ns.SendAsync("GET", ns.Core + "/pods/p/log?container=zz")).Refusal.ShouldBe("400 BadRequest");
        (await ns.SendAsync("GET", ns.Core + "/pods/p/log?previous=true")).Refusal.ShouldBe("400 BadRequest");
        (await ns.SendAsync("GET", ns.Core + "/pods/p/log?tailLines=-1")).Refusal.ShouldBe("422 Invalid");
        (await ns.SendAsync("GET", ns.Core + "/pods/nope/log")).Refusal.ShouldBe("404 NotFound");
        (await ns.SendAsync("GET", ns.Core + "/pods/p/log?tailLines=2")).Text.ShouldBe("two\nthree\n");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Eviction_AgainstBudget_TooManyRequests(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        const string Eviction = """{"apiVersion":"policy/v1beta1","kind":"Eviction","metadata":{"name":"p"}}""";
        await ns.CreateAsync(ns.Policy + "/poddisruptionbudgets", """{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget","metadata":{"name":"b"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"x"}}}}""");
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p"));
        await ns.EventuallyAsync(ns.Core + "/pods/p", found => Status(found).Flag("ready") == true);
        await ns.EventuallyAsync(ns.Policy + "/poddisruptionbudgets/b", found => found.Number("status", "currentHealthy") == 1);
        var refused = await ns.SendAsync("POST", ns.Core + "/pods/p/eviction", Eviction);
        refused.Refusal.ShouldBe("429 TooManyRequests");
        refused.Message.ShouldBe("Cannot evict pod as it would violate the pod's disruption budget.");
        refused.Body.Items("details", "causes").Single().Text("message").ShouldBe("The disruption budget b needs 1 healthy pods and has 1 currently");
        await ns.SendAsync("DELETE", ns.Policy + "/poddisruptionbudgets/b");
        (await ns.SendAsync("POST", ns.Core + "/pods/p/eviction", Eviction)).Code.ShouldBe(201);
        await ns.EventuallyAsync(ns.Core + "/pods/p", found => found is null);
    }
}
