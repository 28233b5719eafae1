using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Tests.Parity;

/// <summary>Objects on the wire: what is stored, refused and answered.</summary>
public sealed class ObjectParityTests(ParityClusters clusters)
{
    private const string Merge = "application/merge-patch+json";
    private const string Strategic = "application/strategic-merge-patch+json";
    private const string JsonPatch = "application/json-patch+json";

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Create_ConfigMap_AnswersWithServerFields(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var created = await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        created.Body.Text("kind").ShouldBe("ConfigMap");
        created.Body.Text("metadata", "namespace").ShouldBe(ns.Name);
        created.Body.Text("metadata", "uid").ShouldNotBeNullOrEmpty();
        long.Parse(created.Body.Text("metadata", "resourceVersion")!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
        created.Body.Time("metadata", "creationTimestamp").ShouldNotBeNull();
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Create_Twice_AlreadyExists(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        var again = await ns.SendAsync("POST", ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        again.Refusal.ShouldBe("409 AlreadyExists");
        again.Message.ShouldBe("configmaps \"a\" already exists");
        again.Body.Text("details", "name").ShouldBe("a");
        again.Body.Text("details", "kind").ShouldBe("configmaps");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Get_Missing_NotFoundWithDetails(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var pod = await ns.SendAsync("GET", ns.Core + "/pods/nope");
        pod.Refusal.ShouldBe("404 NotFound");
        pod.Message.ShouldBe("pods \"nope\" not found");
        var deployment = await ns.SendAsync("GET", ns.Apps + "/deployments/nope");
        deployment.Message.ShouldBe("deployments.apps \"nope\" not found");
        deployment.Body.Text("details", "group").ShouldBe("apps");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Create_InMissingNamespace_NotFound(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var answer = await ns.SendAsync("POST", "/api/v1/namespaces/parity-none/configmaps", Manifests.ConfigMap("a"));
        answer.Refusal.ShouldBe("404 NotFound");
        answer.Message.ShouldBe("namespaces \"parity-none\" not found");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Create_BadName_InvalidNamingTheField(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var answer = await ns.SendAsync("POST", ns.Core + "/configmaps", Manifests.ConfigMap("Bad_Name"));
        answer.Refusal.ShouldBe("422 Invalid");
        answer.CauseFields.ShouldBe(["metadata.name"]);
        answer.Body.Items("details", "causes").First().Text("reason").ShouldBe("FieldValueInvalid");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Create_NoName_Invalid(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var answer = await ns.SendAsync("POST", ns.Core + "/configmaps", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{}}""");
        answer.Code.ShouldBe(422);
        answer.Message.ShouldContain("name or generateName is required");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Create_GenerateName_AppendsFiveCharacters(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var answer = await ns.CreateAsync(ns.Core + "/configmaps", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"x-"}}""");
        answer.Body.Text("metadata", "name")!.Length.ShouldBe(7);
        answer.Body.Text("metadata", "generateName").ShouldBe("x-");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Create_Malformed_BadRequest(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        (await ns.SendAsync("POST", ns.Core + "/configmaps", "{bad")).Refusal.ShouldBe("400 BadRequest");
        (await ns.SendAsync("POST", ns.Core + "/configmaps", "[1,2]")).Refusal.ShouldBe("400 BadRequest");
        (await ns.SendAsync("POST", ns.Core + "/configmaps", "{\"data\":{\"x\":5},\"metadata\":{\"name\":\"n\"}}")).Refusal.ShouldBe("400 BadRequest");
        (await ns.SendAsync("POST", ns.Core + "/configmaps", "x", "text/plain")).Refusal.ShouldBe("415 UnsupportedMediaType");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Create_UnknownField_IsDropped(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"nonsense":{"x":1}}""");
        (await ns.SendAsync("GET", ns.Core + "/configmaps/a")).Body.At("nonsense").ShouldBeNull();
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Create_BodyOverThreeMebibytes_TooLarge(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var answer = await ns.SendAsync("POST", ns.Core + "/configmaps", Manifests.ConfigMap("big", $"\"k\":\"{new string('x', 3 * 1024 * 1024)}\""));
        answer.Refusal.ShouldBe("413 RequestEntityTooLarge");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task DryRun_Create_PersistsNothing(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var dry = await ns.SendAsync("POST", ns.Core + "/configmaps?dryRun=All", Manifests.ConfigMap("a"));
        dry.Code.ShouldBe(201);
        dry.Body.Text("metadata", "uid").ShouldNotBeNullOrEmpty();
        (await ns.SendAsync("GET", ns.Core + "/configmaps/a")).Code.ShouldBe(404);
        (await ns.SendAsync("POST", ns.Core + "/configmaps?dryRun=maybe", Manifests.ConfigMap("a"))).Refusal.ShouldBe("422 Invalid");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task DryRun_PatchAndDelete_ChangeNothing(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        (await ns.SendAsync("PATCH", ns.Core + "/configmaps/a?dryRun=All", """{"data":{"k":"other"}}""", Merge)).Body.Text("data", "k").ShouldBe("other");
        (await ns.SendAsync("DELETE", ns.Core + "/configmaps/a?dryRun=All")).Code.ShouldBe(200);
        (await ns.SendAsync("GET", ns.Core + "/configmaps/a")).Body.Text("data", "k").ShouldBe("v");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Update_StaleVersion_Conflict(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var first = (await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"))).Body.Text("metadata", "resourceVersion");
        (await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", """{"data":{"k":"2"}}""", Merge)).Code.ShouldBe(200);
        var stale = await ns.SendAsync("PUT", ns.Core + "/configmaps/a", Manifests.ConfigMap("a", metadata: $"\"resourceVersion\":\"{first}\""));
        stale.Refusal.ShouldBe("409 Conflict");
        stale.Message.ShouldBe("Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Update_WrongUid_Conflict(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        (await ns.SendAsync("PUT", ns.Core + "/configmaps/a", Manifests.ConfigMap("a", metadata: "\"uid\":\"0000\""))).Refusal.ShouldBe("409 Conflict");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Update_WithoutChange_KeepsTheVersion(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var before = (await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"))).Body.Text("metadata", "resourceVersion");
        (await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", """{"data":{"k":"v"}}""", Merge)).Body.Text("metadata", "resourceVersion").ShouldBe(before);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Delete_Preconditions_Conflict(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        (await ns.SendAsync("DELETE", ns.Core + "/configmaps/a", """{"preconditions":{"uid":"other"}}""")).Refusal.ShouldBe("409 Conflict");
        (await ns.SendAsync("DELETE", ns.Core + "/configmaps/a", """{"preconditions":{"resourceVersion":"1"}}""")).Refusal.ShouldBe("409 Conflict");
        var gone = await ns.SendAsync("DELETE", ns.Core + "/configmaps/a");
        gone.Body.Text("status").ShouldBe("Success");
        gone.Body.Text("details", "name").ShouldBe("a");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Patch_Merge_NullRemoves(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a", "\"k\":\"v\",\"l\":\"w\""));
        var patched = await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", """{"data":{"k":null,"m":"x"}}""", Merge);
        patched.Body.TextMap("data").ShouldBe(new Dictionary<string, string> { ["l"] = "w", ["m"] = "x" }, ignoreOrder: true);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Patch_Json_FailedTestIsInvalid(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        (await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", """[{"op":"test","path":"/data/k","value":"no"},{"op":"remove","path":"/data/k"}]""", JsonPatch)).Code.ShouldBe(422);
        var patched = await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", """[{"op":"test","path":"/data/k","value":"v"},{"op":"add","path":"/data/n","value":"1"}]""", JsonPatch);
        patched.Body.Text("data", "n").ShouldBe("1");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Patch_StrategicMerge_MergesContainersByName(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/deployments", Manifests.Deployment("d", 0, extra: """ "env":[{"name":"A","value":"1"},{"name":"B","value":"2"}]"""));
        var patched = await ns.SendAsync("PATCH", ns.Apps + "/deployments/d",
            """{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"B","$patch":"delete"},{"name":"C","value":"3"}]},{"name":"side","image":"busybox"}]}}}}""", Strategic);
        patched.Code.ShouldBe(200, patched.Text);
        var containers = patched.Body.Items("spec", "template", "spec", "containers").ToArray();
        containers.Select(each => each.Text("name")).ShouldBe(["c", "side"], ignoreOrder: true);
        containers.Single(each => each.Text("name") == "c").Items("env").Select(each => each.Text("name")).ShouldBe(["A", "C"], ignoreOrder: true);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Patch_MergePatch_ReplacesLists(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/deployments", Manifests.Deployment("d", 0));
        var patched = await ns.SendAsync("PATCH", ns.Apps + "/deployments/d", """{"spec":{"template":{"spec":{"containers":[{"name":"other","image":"busybox"}]}}}}""", Merge);
        patched.Body.Items("spec", "template", "spec", "containers").Select(each => each.Text("name")).ShouldBe(["other"]);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Patch_UnknownMediaType_Unsupported(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        (await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", "{}", "application/foo")).Refusal.ShouldBe("415 UnsupportedMediaType");
        (await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", "{bad", Merge)).Code.ShouldBe(500);
        (await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", "[]", Merge)).Code.ShouldBe(422);
        (await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", "{bad", Strategic)).Code.ShouldBe(400);
        (await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", "{bad", JsonPatch)).Code.ShouldBe(400);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Delete_WithFinalizer_WaitsForItsRemoval(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a", metadata: "\"finalizers\":[\"example.com/hold\"]"));
        (await ns.SendAsync("DELETE", ns.Core + "/configmaps/a")).Code.ShouldBe(200);
        (await ns.SendAsync("GET", ns.Core + "/configmaps/a")).Body.At("metadata", "deletionTimestamp").ShouldNotBeNull();
        await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", """{"metadata":{"finalizers":null}}""", Merge);
        (await ns.SendAsync("GET", ns.Core + "/configmaps/a")).Code.ShouldBe(404);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Owner_Deleted_DependentsAreCollected(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var uid = (await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("owner"))).Body.Text("metadata", "uid");
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("kept"));
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("owned", metadata: $$""" "ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"owner","uid":"{{uid}}"}]"""));
        await ns.SendAsync("DELETE", ns.Core + "/configmaps/owner");
        await ns.EventuallyAsync(ns.Core + "/configmaps/owned", found => found is null);
        (await ns.SendAsync("GET", ns.Core + "/configmaps/kept")).Code.ShouldBe(200);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Delete_Orphan_LeavesDependentsWithoutOwner(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/deployments", Manifests.Deployment("d", 0));
        await ns.EventuallyAsync(ns.Apps + "/replicasets", sets => sets.Items("items").Count() == 1);
        await ns.SendAsync("DELETE", ns.Apps + "/deployments/d", """{"propagationPolicy":"Orphan"}""");
        await ns.EventuallyAsync(ns.Apps + "/deployments/d", found => found is null);
        var set = (await ns.SendAsync("GET", ns.Apps + "/replicasets")).Body.Items("items").Single();
        set.At("metadata", "ownerReferences").ShouldBeNull();
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Deployment_CommonMistakes_AreInvalidWithTheirFields(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        async Task<ParityAnswer> Refused(string spec) => await ns.SendAsync("POST", ns.Apps + "/deployments", $$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{{spec}} }""");
        var template = """{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"busybox"}]}}""";
        (await Refused($$"""{"replicas":-1,"selector":{"matchLabels":{"a":"b"} },"template":{{template}} }""")).CauseFields.ShouldBe(["spec.replicas"]);
        (await Refused($$"""{"selector":{"matchLabels":{"a":"other"} },"template":{{template}} }""")).CauseFields.ShouldBe(["spec.template.metadata.labels"]);
        (await Refused($$"""{"template":{{template}} }""")).CauseFields.ShouldContain("spec.selector");
        (await Refused("""{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[]}}}""")).CauseFields.ShouldBe(["spec.template.spec.containers"]);
        var resources = await Refused("""{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"busybox","resources":{"limits":{"cpu":"1"},"requests":{"cpu":"2"}}}]}}}""");
        resources.Refusal.ShouldBe("422 Invalid");
        resources.CauseFields.ShouldBe(["spec.template.spec.containers[0].resources.requests"]);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Deployment_SelectorChanged_Invalid(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/deployments", Manifests.Deployment("d", 0));
        var answer = await ns.SendAsync("PATCH", ns.Apps + "/deployments/d", """{"spec":{"selector":{"matchLabels":{"x":"y"}},"template":{"metadata":{"labels":{"x":"y"}}}}}""", Merge);
        answer.Refusal.ShouldBe("422 Invalid");
        answer.CauseFields.ShouldBe(["spec.selector"]);
        answer.Message.ShouldEndWith("field is immutable");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Deployment_Defaults_AreWrittenOut(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var body = """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"busybox","resources":{"limits":{"cpu":"1000m","memory":"1024Mi"}},"livenessProbe":{"exec":{"command":["true"]}},"ports":[{"containerPort":80}]}]}}}}""";
        var created = (await ns.CreateAsync(ns.Apps + "/deployments", body)).Body;
        created.Number("metadata", "generation").ShouldBe(1);
        created.Text("spec", "strategy", "type").ShouldBe("RollingUpdate");
        created.Text("spec", "strategy", "rollingUpdate", "maxSurge").ShouldBe("25%");
        created.Number("spec", "revisionHistoryLimit").ShouldBe(10);
        created.Number("spec", "progressDeadlineSeconds").ShouldBe(600);
        var pod = created.Map("spec", "template", "spec");
        pod.Text("restartPolicy").ShouldBe("Always");
        pod.Text("dnsPolicy").ShouldBe("ClusterFirst");
        pod.Number("terminationGracePeriodSeconds").ShouldBe(30);
        var container = pod.Items("containers").Single();
        container.Text("imagePullPolicy").ShouldBe("Always");
        container.Text("resources", "limits", "cpu").ShouldBe("1");
        container.Text("resources", "limits", "memory").ShouldBe("1Gi");
        container.Number("livenessProbe", "periodSeconds").ShouldBe(10);
        container.Number("livenessProbe", "failureThreshold").ShouldBe(3);
        container.Items("ports").Single().Text("protocol").ShouldBe("TCP");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Generation_CountsSpecChangesOnly(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Apps + "/deployments", Manifests.Deployment("d", 0));
        (await ns.SendAsync("PATCH", ns.Apps + "/deployments/d", """{"metadata":{"labels":{"x":"y"}}}""", Merge)).Body.Number("metadata", "generation").ShouldBe(1 + (await GenerationOfAnnotation(ns)));
        var before = (await ns.SendAsync("GET", ns.Apps + "/deployments/d")).Body.Number("metadata", "generation");
        (await ns.SendAsync("PATCH", ns.Apps + "/deployments/d", """{"spec":{"paused":true}}""", Merge)).Body.Number("metadata", "generation").ShouldNotBe(before);
        await ns.EventuallyAsync(ns.Apps + "/deployments/d", found => found.Number("status", "observedGeneration") == found.Number("metadata", "generation"));
    }

    // The deployment controller's own revision annotation is a change of annotations, which counts.
    private static async Task<long> GenerationOfAnnotation(ParityNamespace ns) =>
        (await ns.SendAsync("GET", ns.Apps + "/deployments/d")).Body.Number("metadata", "generation")!.Value - 1;

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Secret_StringData_IsEncoded(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var created = await ns.CreateAsync(ns.Core + "/secrets", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"k":"v"}}""");
        created.Body.Text("data", "k").ShouldBe("dg==");
        created.Body.At("stringData").ShouldBeNull();
        created.Body.Text("type").ShouldBe("Opaque");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Pod_ForbiddenUpdate_Invalid(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p"));
        var answer = await ns.SendAsync("PATCH", ns.Core + "/pods/p", """{"spec":{"nodeSelector":{"x":"y"}}}""", Merge);
        answer.Refusal.ShouldBe("422 Invalid");
        answer.Message.ShouldContain("pod updates may not change fields other than");
    }
}
