using System.Globalization;
using System.Text;
using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents;
using Prunella.Incidents.Workloads;
using Prunella.Logs;
using Prunella.Logs.Archive;
using Prunella.Logs.Pipeline;
using Prunella.Sandbox;
using Prunella.Sandbox.Behaviours;

namespace Prunella.Tests.Logs;

public sealed class PodLogSourceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-").FullName;
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task ContainersLogs_AreFollowedAndArchived_AndAreEvidenceOfTheirWorkload_AlsoAfterARestart()
    {
        await using var cluster = await SandboxCluster.StartAsync(token: Cancellation);
        cluster.Behaviours.Add("test/app:1", new AppBehaviour { LogEvery = TimeSpan.FromMilliseconds(200), LogLines = ["level=error msg=\"mail to jane.doe@example.org failed\""] });
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: api, namespace: shop}
            spec:
              replicas: 1
              selector: {matchLabels: {app: api}}
              template:
                metadata: {labels: {app: api}}
                spec: {containers: [{name: web, image: "test/app:1"}]}
            """, Cancellation);
        await cluster.WaitReadyAsync("shop", TimeSpan.FromSeconds(60), Cancellation);
        var kubeconfig = Path.Combine(folder, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, cluster.KubeconfigYaml, Cancellation);
        for (var round = 0; round < 2; round++)
        {
            await using var server = await RunningServer.StartAsync(
            [
                new("kubernetes:kubeconfig", kubeconfig), new("logs:ingest:folder", Path.Combine(folder, "logs")), new("logs:ingest:podLogs", "true"), new("logs:pipeline:archiveAfterSeconds", "1"),
            ]);
            var pipeline = server.Services.GetRequiredService<LogPipeline>();
            var evidence = server.Services.GetServices<IEvidenceSource>().OfType<LogEvidence>().Single();
            await Eventually(() => pipeline.Archived >= 20 && Facts(evidence, "api").Count(IsFailure) == 1);
            var fact = Facts(evidence, "api").First(IsFailure);
            fact.Source.ShouldBe("log-pattern");
            fact.Object.ShouldMatch("^shop/api-[0-9a-z]+-[0-9a-z]{5}/web$");
            fact.Text.ShouldContain("<email:");
            fact.Text.ShouldNotContain("jane");
            Facts(evidence, "ap").ShouldBeEmpty();
            Facts(evidence, "api-other").ShouldBeEmpty();
        }

        // No line twice. Two pods of the sandbox may say the same at the same instant, so there is one.
        var lines = Archived();
        lines.Count.ShouldBeGreaterThan(40);
        lines.Distinct().Count().ShouldBe(lines.Count);
    }

    /// <summary>The same with a real kubelet: streams that a runtime writes, with its own times and two outputs.</summary>
    [Fact]
    public async Task ContainersOfARealCluster_AreFollowedAndArchived()
    {
        var kubeconfig = Environment.GetEnvironmentVariable("PRUNELLA_TEST_KUBECONFIG");
        Assert.SkipWhen(string.IsNullOrEmpty(kubeconfig), "No Kubernetes: PRUNELLA_TEST_KUBECONFIG is not set.");
        using var client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        var name = $"prunella-logs-{Guid.NewGuid().ToString("N")[..8]}";
        await client.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } }, cancellationToken: Cancellation);
        try
        {
            await client.CreateNamespacedDeploymentAsync(KubernetesYaml.Deserialize<V1Deployment>("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: api}
                spec:
                  selector: {matchLabels: {app: api}}
                  template:
                    metadata: {labels: {app: api}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      containers:
                      - name: web
                        image: busybox
                        imagePullPolicy: IfNotPresent
                        command: [sh, -c, 'n=0; while true; do n=$((n+1)); echo "level=info msg=\"order $n accepted\""; echo "level=error msg=\"mail $n to jane.doe@example.org failed\"" >&2; sleep 0.2; done']
                """), name, cancellationToken: Cancellation);
            await using var server = await RunningServer.StartAsync(
            [
                new("kubernetes:kubeconfig", kubeconfig), new("kubernetes:namespaces:0", name), new("logs:ingest:folder", Path.Combine(folder, "logs")), new("logs:ingest:podLogs", "true"),
                new("logs:ingest:podNamespaces:0", name), new("logs:pipeline:archiveAfterSeconds", "1"),
            ]);
            var pipeline = server.Services.GetRequiredService<LogPipeline>();
            var evidence = server.Services.GetServices<IEvidenceSource>().OfType<LogEvidence>().Single();
            await Eventually(() => pipeline.Archived >= 20 && evidence.Gather(new Target(Target.DefaultCluster, name, "Deployment", "api")).Any(IsFailure));
        }
        finally
        {
            await client.DeleteNamespaceAsync(name, cancellationToken: CancellationToken.None);
        }

        var lines = Archived();
        lines.ShouldContain(static line => line.Contains(" F level=info msg=\"order ", StringComparison.Ordinal));
        lines.ShouldContain(static line => line.Contains("level=error msg=\"mail ", StringComparison.Ordinal));
        lines.Distinct().Count().ShouldBe(lines.Count);
    }

    [Fact]
    public async Task Reader_GivesLinesWithTheirTimes_AndPassesOverThoseTakenBefore()
    {
        var log = "2026-03-17T08:00:00.1Z one\n2026-03-17T08:00:00.2Z two\n2026-03-17T08:00:00.2Z three\nunable to retrieve\n2026-03-17T08:00:00.3Z \n2026-03-17T08:00:00.4Z torn";
        var whole = new PodLogReader(new MemoryStream(Encoding.UTF8.GetBytes(log)), new PodLogPlace(default, 0));
        (await AllAsync(whole)).ShouldBe(["2026-03-17T08:00:00.1Z stdout F one", "2026-03-17T08:00:00.2Z stdout F two", "2026-03-17T08:00:00.2Z stdout F three", "unable to retrieve", "2026-03-17T08:00:00.3Z stdout F ", "2026-03-17T08:00:00.4Z stdout F torn"]);
        var first = new PodLogReader(new MemoryStream(Encoding.UTF8.GetBytes(log[..log.IndexOf("2026-03-17T08:00:00.2Z three", StringComparison.Ordinal)])), new PodLogPlace(default, 0));
        await AllAsync(first);
        first.Last.ShouldBe(new PodLogPlace(DateTimeOffset.Parse("2026-03-17T08:00:00.2Z", CultureInfo.InvariantCulture), 1));
        var again = new PodLogReader(new MemoryStream(Encoding.UTF8.GetBytes(log)), first.Last);
        (await AllAsync(again))[0].ShouldBe("2026-03-17T08:00:00.2Z stdout F three");
    }

    private static async Task<List<string>> AllAsync(PodLogReader reader)
    {
        var all = new StringBuilder();
        while (await reader.ReadAsync(Cancellation) is { Length: > 0 } lines) all.Append(Encoding.UTF8.GetString(lines.Span));
        return [.. all.ToString().Split('\n')[..^1]];
    }

    private static IReadOnlyList<Evidence> Facts(LogEvidence evidence, string deployment) => evidence.Gather(new Target(Target.DefaultCluster, "shop", "Deployment", deployment));

    private static bool IsFailure(Evidence fact) => fact.Text.Contains("failed", StringComparison.Ordinal);

    private static async Task Eventually(Func<bool> holds)
    {
        var deadline = TimeProvider.System.GetUtcNow().AddMinutes(5);
        while (!holds())
        {
            TimeProvider.System.GetUtcNow().ShouldBeLessThan(deadline);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }

    private List<string> Archived()
    {
        var key = Convert.FromHexString(File.ReadAllText(Path.Combine(folder, "logs", "archive.key")).Trim());
        return [.. Directory.GetFiles(Path.Combine(folder, "logs", "archive"), "*.parc").SelectMany(path =>
        {
            using var reader = ArchiveReader.Open(path, key);
            using var text = new MemoryStream();
            reader.CopyTo(text);
            return Encoding.UTF8.GetString(text.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        })];
    }
}
