using System.Diagnostics;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Tests.Api;

/// <summary>Two thousand pods.</summary>
public sealed class ScaleTests
{
    [Fact]
    public async Task List_TwoThousandPods_IsQuick()
    {
        await using var fake = await FakeClockCluster.StartAsync(new SandboxOptions { Nodes = [.. Enumerable.Range(1, 20).Select(index => new SandboxNode($"node-{index}", "64", "256Gi", 200))] });
        await fake.Cluster.ApplyAsync("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: big}
            spec:
              replicas: 2000
              selector: {matchLabels: {app: big}}
              template:
                metadata: {labels: {app: big}}
                spec:
                  containers: [{name: c, image: nginx, resources: {requests: {cpu: 10m, memory: 16Mi}}}]
            """, TestContext.Current.CancellationToken);
        (await fake.PassUntilAsync(() => fake.Cluster.Store.List(ResourceCatalogue.Pods).Count(pod => pod.Body.Text("status", "phase") == "Running") == 2000, 60)).ShouldBeTrue();
        using var http = new HttpClient { BaseAddress = fake.Cluster.Address };
        var best = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var start = Stopwatch.GetTimestamp();
            var bytes = await http.GetByteArrayAsync(new Uri("/api/v1/pods", UriKind.Relative), TestContext.Current.CancellationToken);
            var took = Stopwatch.GetElapsedTime(start);
            if (took < best) best = took;
            if (attempt == 0) ((JsonObject)JsonBody.Parse(bytes)!).Items("items").Count().ShouldBe(2000);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"listing 2 000 pods: {best.TotalMilliseconds:0} ms");
        best.ShouldBeLessThan(TimeSpan.FromMilliseconds(300));
    }
}
