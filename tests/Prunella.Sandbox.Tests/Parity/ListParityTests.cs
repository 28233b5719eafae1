using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Tests.Parity;

/// <summary>Lists, selectors, paging and watches.</summary>
public sealed class ListParityTests(ParityClusters clusters)
{
    private const string Merge = "application/merge-patch+json";

    private static async Task<string[]> Names(ParityNamespace ns, string query)
    {
        var answer = await ns.SendAsync("GET", ns.Core + "/configmaps?" + query);
        answer.Code.ShouldBe(200, answer.Text);
        return [.. answer.Body.Items("items").Select(item => item.Name()).Where(name => name != "kube-root-ca.crt")];
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task LabelSelectors_EqualityAndSets_Select(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a", metadata: "\"labels\":{\"tier\":\"web\",\"env\":\"prod\"}"));
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("b", metadata: "\"labels\":{\"tier\":\"db\"}"));
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("c"));
        (await Names(ns, "labelSelector=tier%3Dweb")).ShouldBe(["a"]);
        (await Names(ns, "labelSelector=tier%21%3Dweb")).ShouldBe(["b", "c"]);
        (await Names(ns, "labelSelector=tier%20in%20(web,db)")).ShouldBe(["a", "b"]);
        (await Names(ns, "labelSelector=tier%20notin%20(web)")).ShouldBe(["b", "c"]);
        (await Names(ns, "labelSelector=env")).ShouldBe(["a"]);
        (await Names(ns, "labelSelector=%21tier")).ShouldBe(["c"]);
        (await ns.SendAsync("GET", ns.Core + "/configmaps?labelSelector=a%3Db%3Dc,,")).Refusal.ShouldBe("400 BadRequest");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task FieldSelectors_NameAndUnknown_SelectOrRefuse(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("b"));
        (await Names(ns, "fieldSelector=metadata.name%3Da")).ShouldBe(["a"]);
        (await Names(ns, "fieldSelector=metadata.name%21%3Da")).ShouldBe(["b"]);
        (await ns.SendAsync("GET", ns.Core + "/configmaps?fieldSelector=foo%3Dbar")).Refusal.ShouldBe("400 BadRequest");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task FieldSelectors_PodPhaseAndNode_Select(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p"));
        var pod = await ns.EventuallyAsync(ns.Core + "/pods/p", found => found.Text("status", "phase") == "Running");
        async Task<int> Count(string selector) => (await ns.SendAsync("GET", ns.Core + "/pods?fieldSelector=" + Uri.EscapeDataString(selector))).Body.Items("items").Count();
        (await Count("status.phase=Running,spec.nodeName=" + pod.Text("spec", "nodeName"))).ShouldBe(1);
        (await Count("status.phase=Failed")).ShouldBe(0);
        (await Count("spec.nodeName!=" + pod.Text("spec", "nodeName"))).ShouldBe(0);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Paging_LimitAndContinue_ReachEverythingOnce(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        for (var index = 0; index < 5; index++) await ns.CreateAsync(ns.Core + "/secrets", $$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s{{index}}","labels":{"mine":"yes"} } }""");
        var seen = new List<string>();
        var next = "";
        do
        {
            var page = await ns.SendAsync("GET", ns.Core + $"/secrets?limit=2&labelSelector=mine&continue={Uri.EscapeDataString(next)}");
            page.Body.Items("items").Count().ShouldBeLessThanOrEqualTo(2);
            seen.AddRange(page.Body.Items("items").Select(item => item.Name()));
            next = page.Body.Text("metadata", "continue") ?? "";
        }
        while (next.Length > 0 && seen.Count < 20);
        seen.ShouldBe(["s0", "s1", "s2", "s3", "s4"]);
        (await ns.SendAsync("GET", ns.Core + "/secrets?continue=rubbish")).Refusal.ShouldBe("400 BadRequest");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Watch_FromListVersion_SeesEachChangeInOrder(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        var version = (await ns.SendAsync("GET", ns.Core + "/configmaps")).Body.Text("metadata", "resourceVersion");
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", """{"data":{"k":"2"}}""", Merge);
        await ns.SendAsync("DELETE", ns.Core + "/configmaps/a");
        var events = await ns.Client.WatchAsync(ns.Core + $"/configmaps?watch=1&fieldSelector=metadata.name%3Da&resourceVersion={version}&timeoutSeconds=30", 3);
        events.Select(each => each.Text("type")).ShouldBe(["ADDED", "MODIFIED", "DELETED"]);
        events[1].Text("object", "data", "k").ShouldBe("2");
        events.Select(each => long.Parse(each.Text("object", "metadata", "resourceVersion")!, System.Globalization.CultureInfo.InvariantCulture)).ShouldBeInOrder();
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Watch_LabelEntersAndLeaves_IsAddedAndDeleted(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        var version = (await ns.SendAsync("GET", ns.Core + "/configmaps")).Body.Text("metadata", "resourceVersion");
        await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", """{"metadata":{"labels":{"in":"yes"}}}""", Merge);
        await ns.SendAsync("PATCH", ns.Core + "/configmaps/a", """{"metadata":{"labels":{"in":null}}}""", Merge);
        var events = await ns.Client.WatchAsync(ns.Core + $"/configmaps?watch=1&labelSelector=in%3Dyes&resourceVersion={version}&timeoutSeconds=30", 2);
        events.Select(each => each.Text("type")).ShouldBe(["ADDED", "DELETED"]);
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Watch_WithoutVersion_StartsWithWhatIsThere(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        var events = await ns.Client.WatchAsync(ns.Core + "/configmaps?watch=1&fieldSelector=metadata.name%3Da&timeoutSeconds=30", 1);
        events.Single().Text("type").ShouldBe("ADDED");
    }

    /// <summary>On the sandbox only: a real cluster forgets its history after five minutes and not on request.</summary>
    [Fact]
    public async Task Watch_ForgottenVersion_GivesGone()
    {
        await using var ns = await clusters.OpenAsync(Lane.Sandbox);
        ns.Client.Compact.ShouldNotBeNull();
        await ns.CreateAsync(ns.Core + "/configmaps", Manifests.ConfigMap("a"));
        ns.Client.Compact();
        var events = await ns.Client.WatchAsync(ns.Core + "/configmaps?watch=1&resourceVersion=1&timeoutSeconds=5", 1);
        events.Single().Text("type").ShouldBe("ERROR");
        events.Single().Number("object", "code").ShouldBe(410);
        events.Single().Text("object", "reason").ShouldBe("Expired");
    }

    [Theory, InlineData(Lane.Sandbox), InlineData(Lane.Real)]
    public async Task Table_Pods_HasTheUsualColumns(Lane lane)
    {
        await using var ns = await clusters.OpenAsync(lane);
        await ns.CreateAsync(ns.Core + "/pods", Manifests.Pod("p"));
        var table = await ns.Client.SendAsync("GET", ns.Core + "/pods", accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        table.Body.Text("kind").ShouldBe("Table");
        table.Body.Items("columnDefinitions").Take(5).Select(column => column.Text("name")).ShouldBe(["Name", "Ready", "Status", "Restarts", "Age"]);
        table.Body.Items("rows").Single().List("cells")![0].Text().ShouldBe("p");
    }
}
