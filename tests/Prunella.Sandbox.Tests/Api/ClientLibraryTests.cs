using k8s;
using k8s.Models;

namespace Prunella.Sandbox.Tests.Api;

/// <summary>The official client library against the sandbox.</summary>
public sealed class ClientLibraryTests : IAsyncLifetime
{
    private SandboxCluster cluster = null!;
    private Kubernetes client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        cluster = await SandboxCluster.StartAsync(token: Token);
        using var kubeconfig = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(cluster.KubeconfigYaml));
        client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task TypedObjects_RoundTrip()
    {
        var made = await client.CoreV1.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "a" }, Data = new Dictionary<string, string> { ["k"] = "v" } }, "default", cancellationToken: Token);
        made.Metadata.Uid.ShouldNotBeNullOrEmpty();
        made.Data["k"] = "w";
        (await client.CoreV1.ReplaceNamespacedConfigMapAsync(made, "a", "default", cancellationToken: Token)).Data["k"].ShouldBe("w");
        var conflict = await Should.ThrowAsync<k8s.Autorest.HttpOperationException>(() => client.CoreV1.ReplaceNamespacedConfigMapAsync(made, "a", "default", cancellationToken: Token));
        conflict.Response.StatusCode.ShouldBe(System.Net.HttpStatusCode.Conflict);
        (await client.CoreV1.ListNodeAsync(cancellationToken: Token)).Items.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Watch_SeesPodsComeUp()
    {
        var created = await client.CoreV1.CreateNamespacedPodAsync(new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "p" },
            Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "nginx" }] },
        }, "default", cancellationToken: Token);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        var phases = new List<string>();
        await foreach (var (_, pod) in client.CoreV1.WatchListNamespacedPodAsync("default", resourceVersion: created.Metadata.ResourceVersion, cancellationToken: deadline.Token))
        {
            phases.Add(pod.Status.Phase);
            if (pod.Status.Phase == "Running") break;
        }

        phases[0].ShouldBe("Pending");
        phases[^1].ShouldBe("Running");
    }

    [Fact]
    public async Task EveryServedVersion_OfBudgetsAndAutoscalers_ShowsTheSameObject()
    {
        await client.AutoscalingV1.CreateNamespacedHorizontalPodAutoscalerAsync(new V1HorizontalPodAutoscaler
        {
            Metadata = new V1ObjectMeta { Name = "h" },
            Spec = new V1HorizontalPodAutoscalerSpec { MaxReplicas = 4, TargetCPUUtilizationPercentage = 70, ScaleTargetRef = new V1CrossVersionObjectReference { Kind = "Deployment", Name = "d", ApiVersion = "apps/v1" } },
        }, "default", cancellationToken: Token);
        var second = await client.AutoscalingV2.ReadNamespacedHorizontalPodAutoscalerAsync("h", "default", cancellationToken: Token);
        second.Spec.Metrics.Single().Resource.Target.AverageUtilization.ShouldBe(70);
        (await client.AutoscalingV1.ReadNamespacedHorizontalPodAutoscalerAsync("h", "default", cancellationToken: Token)).Spec.TargetCPUUtilizationPercentage.ShouldBe(70);
    }

    [Fact]
    public async Task Log_Followed_StreamsLinesAsTheyCome()
    {
        await client.CoreV1.CreateNamespacedPodAsync(new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "talker" },
            Spec = new V1PodSpec { RestartPolicy = "Never", Containers = [new V1Container { Name = "c", Image = "busybox", Command = ["sh", "-c", "echo one; sleep 1; echo two; exit 0"] }] },
        }, "default", cancellationToken: Token);
        await cluster.WaitAsync("pods", "default", "talker", pod => pod?["status"]?["phase"]?.GetValue<string>() == "Running", TimeSpan.FromSeconds(30), Token);
        using var stream = await client.CoreV1.ReadNamespacedPodLogAsync("talker", "default", follow: true, cancellationToken: Token);
        using var reader = new StreamReader(stream);
        (await reader.ReadToEndAsync(Token)).ShouldBe("one\ntwo\n");
    }

    [Fact]
    public async Task ServiceProxy_ReachesTheSimulatedApplication()
    {
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: app, labels: {app: app}}
            spec:
              containers: [{name: c, image: nginx}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: app}
            spec:
              selector: {app: app}
              ports: [{port: 80}]
            """, Token);
        await cluster.WaitAsync("endpoints", "default", "app", found => found?["subsets"]?[0]?["addresses"] is not null, TimeSpan.FromSeconds(30), Token);
        using var http = new HttpClient { BaseAddress = cluster.Address };
        using var missing = await http.GetAsync(new Uri("/api/v1/namespaces/default/services/app/proxy/nothing", UriKind.Relative), Token);
        missing.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        using var healthy = await http.GetAsync(new Uri("/api/v1/namespaces/default/services/app:80/proxy/livez", UriKind.Relative), Token);
        ((int)healthy.StatusCode).ShouldBeOneOf(200, 503);
    }
}
