using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prunella.EndToEnd.Processes;

namespace Prunella.EndToEnd.Cluster;

/// <summary>
/// Stands in for the metrics server, which this cluster lacks: tells the cluster's own autoscaler that the pods of one application
/// share a load evenly. Registered with the API server as <c>metrics.k8s.io</c>, for the whole cluster.
/// </summary>
internal sealed class SharedLoad : IAsyncDisposable
{
    private const string Version = "v1beta1.metrics.k8s.io";
    private readonly RealCluster cluster;
    private readonly WebApplication application;
    private readonly string app;
    private readonly int millicores;

    private SharedLoad(RealCluster cluster, WebApplication application, string app, int millicores)
    {
        (this.cluster, this.application, this.app, this.millicores) = (cluster, application, app, millicores);
        application.MapGet("/apis/metrics.k8s.io/v1beta1", () => Results.Text("""{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"metrics.k8s.io/v1beta1","resources":[{"name":"pods","singularName":"","namespaced":true,"kind":"PodMetrics","verbs":["get","list"]}]}""", "application/json"));
        application.MapGet("/apis/metrics.k8s.io/v1beta1/namespaces/{space}/pods", async (string space) => Results.Text(space == cluster.Namespace ? await TellAsync() : Told([]), "application/json"));
    }

    /// <summary>Serves and registers it, and waits until the API server has found it.</summary>
    internal static async Task<SharedLoad> StartAsync(RealCluster cluster, string app, int millicores)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=metrics", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var port = LoopbackPort.Free();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port, listen => listen.UseHttps(certificate)));
        var load = new SharedLoad(cluster, builder.Build(), app, millicores);
        await load.application.StartAsync(TestContext.Current.CancellationToken);
        try
        {
            await load.RegisterAsync(port);
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    // The API server goes to the name of an external service itself: everything stays on loopback.
    private async Task RegisterAsync(int port)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await cluster.Client.CreateNamespacedServiceAsync(new V1Service { Metadata = new V1ObjectMeta { Name = "metrics" }, Spec = new V1ServiceSpec { Type = "ExternalName", ExternalName = "localhost" } }, cluster.Namespace, cancellationToken: cancellation);
        // Were it left behind, no namespace could end any more.
        cluster.AtEnd(() => cluster.Client.DeleteAPIServiceAsync(Version, cancellationToken: CancellationToken.None));
        await cluster.Client.CreateAPIServiceAsync(new V1APIService
        {
            Metadata = new V1ObjectMeta { Name = Version },
            Spec = new V1APIServiceSpec
            {
                Group = "metrics.k8s.io", Version = "v1beta1", GroupPriorityMinimum = 100, VersionPriority = 100, InsecureSkipTLSVerify = true,
                Service = new Apiregistrationv1ServiceReference { NamespaceProperty = cluster.Namespace, Name = "metrics", Port = port },
            },
        }, cancellationToken: cancellation);
        V1APIService? last = null;
        await Patience.UntilAsync(async () => (last = await cluster.Client.ReadAPIServiceAsync(Version, cancellationToken: cancellation)).Status?.Conditions?.Any(condition => condition is { Type: "Available", Status: "True" }) == true, "the API server to find the metrics", () => KubernetesYaml.Serialize(last?.Status));
    }

    private async Task<string> TellAsync() => Told([.. (await cluster.PodsAsync(app)).Where(pod => pod.Status?.Phase == "Running").Select(pod => pod.Metadata.Name)]);

    private string Told(List<string> pods)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var share = new ResourceQuantity(string.Create(CultureInfo.InvariantCulture, $"{millicores / Math.Max(1, pods.Count)}m"));
        var items = pods.Select(pod => new PodMetrics
        {
            Metadata = new V1ObjectMeta { Name = pod, NamespaceProperty = cluster.Namespace }, Timestamp = TimeProvider.System.GetUtcNow().UtcDateTime, Window = "1s",
            Containers = [new ContainerMetrics { Name = "app", Usage = new Dictionary<string, ResourceQuantity> { ["cpu"] = share, ["memory"] = new("8Mi") } }],
        });
        return KubernetesJson.Serialize(new PodMetricsList { Kind = "PodMetricsList", ApiVersion = "metrics.k8s.io/v1beta1", Items = items.ToList() });
    }
}
