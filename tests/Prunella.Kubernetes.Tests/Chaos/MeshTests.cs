using Prunella.Kubernetes.Chaos;
using Prunella.Kubernetes.Chaos.Reading;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Connection;

namespace Prunella.Kubernetes.Tests.Chaos;

/// <summary>Where Chaos Mesh is installed, it does the work; the server here answers as its API does.</summary>
public class MeshTests
{
    private const string Delay = "{apiVersion: chaos-mesh.org/v1alpha1, kind: NetworkChaos, metadata: {name: slow, namespace: s}, spec: {action: delay, mode: all, selector: {}, delay: {latency: 10ms}}}";
    private static readonly string Item = """{"apiVersion":"chaos-mesh.org/v1alpha1","kind":"NetworkChaos","metadata":{"name":"slow","uid":"u1"},"status":{"conditions":[STATUS]}}""";

    private static Reply Answer(string conditions) => new(200, Item.Replace("STATUS", conditions, StringComparison.Ordinal));

    private static (ChaosInjector, ChaosRestorer) Over(ClusterApi api)
    {
        var exec = new ContainerExec(api, new KubernetesOptions(), TimeProvider.System);
        return (new ChaosInjector(api, exec, TimeProvider.System), new ChaosRestorer(api, exec, TimeProvider.System));
    }

    [Fact]
    public async Task KindIsServed_ObjectIsCreatedAwaitedAndDeleted()
    {
        await using var server = new ScriptedApi(
            new Reply(200, """{"items":[]}"""), new Reply(201, Item.Replace("STATUS", "", StringComparison.Ordinal)),
            Answer("""{"type":"Selected","status":"True"},{"type":"AllInjected","status":"False"}"""), Answer("""{"type":"AllInjected","status":"True"}"""),
            Answer(""), new Reply(200));
        using var api = server.Connect();
        var (injector, restorer) = Over(api);

        var injection = await injector.InjectAsync(ChaosFile.Parse("f", Delay)[0], "0000abcd", 1, TestContext.Current.CancellationToken);
        var restored = await restorer.RestoreAsync(injection, TestContext.Current.CancellationToken);

        injection.ByMesh.ShouldBeTrue();
        restored.ShouldHaveSingleItem().Outcome.ShouldBe(RestoreOutcome.PutBack);
        server.Requests.Select(request => request.Split('?')[0]).ShouldBe(
        [
            "GET /apis/chaos-mesh.org/v1alpha1/namespaces/s/networkchaos", "POST /apis/chaos-mesh.org/v1alpha1/namespaces/s/networkchaos",
            "GET /apis/chaos-mesh.org/v1alpha1/namespaces/s/networkchaos/slow", "GET /apis/chaos-mesh.org/v1alpha1/namespaces/s/networkchaos/slow",
            "GET /apis/chaos-mesh.org/v1alpha1/namespaces/s/networkchaos/slow", "DELETE /apis/chaos-mesh.org/v1alpha1/namespaces/s/networkchaos/slow",
        ]);
    }

    [Fact]
    public async Task MeshSelectsNothing_ObjectIsDeletedAgain_StatusIsTold()
    {
        await using var server = new ScriptedApi(
            new Reply(200, """{"items":[]}"""), new Reply(201, Item.Replace("STATUS", "", StringComparison.Ordinal)), Answer("""{"type":"Selected","status":"False","reason":"no pod is selected"}"""), Answer(""), new Reply(200));
        using var api = server.Connect();

        var refused = await Should.ThrowAsync<ChaosRefusedException>(() => Over(api).Item1.InjectAsync(ChaosFile.Parse("f", Delay)[0], "0000abcd", 1, TestContext.Current.CancellationToken));

        refused.Message.ShouldContain("no pod is selected");
        server.Requests.Last().ShouldStartWith("DELETE");
    }

    [Fact]
    public async Task KindIsNotServed_NetworkIsRefused()
    {
        await using var server = new ScriptedApi(new Reply(404, ScriptedApi.Status("NotFound", "the server could not find the requested resource")));
        using var api = server.Connect();

        var refused = await Should.ThrowAsync<ChaosRefusedException>(() => Over(api).Item1.InjectAsync(ChaosFile.Parse("f", Delay)[0], "0000abcd", 1, TestContext.Current.CancellationToken));

        refused.Message.ShouldContain("needs Chaos Mesh");
        server.Requests.Count.ShouldBe(1, "nothing was tried");
    }
}
