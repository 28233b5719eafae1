using k8s;
using k8s.Models;

namespace Prunella.EndToEnd.Cluster;

/// <summary>What an application of the tests does.</summary>
/// <param name="Name">Its deployment.</param>
internal sealed record ShopOptions(string Name)
{
    public int Replicas { get; init; } = 3;

    /// <summary>Memory that each process takes at its start and keeps; MiB.</summary>
    public int HoldMegabytes { get; init; }

    /// <summary>The memory limit; null for none.</summary>
    public string? MemoryLimit { get; init; }
}

/// <summary>
/// A small web application on the cluster, busybox only: serves its metrics, and leaks connections of its (fake) pool once it
/// is told to, until its pod is replaced.
/// </summary>
internal sealed class Shop(RealCluster cluster, ShopOptions options)
{
    // The memory is the first process's own: of one that forks, the kernel may end the child, and the application lives on with less.
    private const string Script =
        """
        mkdir -p /www/cgi-bin
        printf '#!/bin/sh\ntouch /tmp/leaks\nprintf "Content-Type: text/plain\\r\\n\\r\\nleaks\\n"\n' > /www/cgi-bin/leak
        chmod +x /www/cgi-bin/*
        httpd -p 8080 -h /www
        trap 'exit 0' TERM
        held=0
        chunk=x
        while [ "$HOLD_MEGABYTES" -gt 0 ] && [ ${#chunk} -lt 1048576 ]; do chunk=$chunk$chunk; done
        while [ "$held" -lt "$HOLD_MEGABYTES" ]; do
          eval "held_$held=\$chunk"
          held=$((held + 1))
        done
        active=4
        requests=0
        while true; do
          if [ -e /tmp/leaks ]; then active=$((active + 8)); fi
          if [ "$active" -gt 20 ]; then active=20; fi
          requests=$((requests + 10))
          {
            echo "hikaricp_connections_active $active"
            echo "hikaricp_connections_max 20"
            echo "http_requests_total{status=\"200\"} $requests"
            echo "http_requests_total{status=\"500\"} 0"
          } > /www/metrics.new
          mv /www/metrics.new /www/metrics
          sleep 1 & wait $!
        done
        """;

    internal string Name => options.Name;

    /// <summary>Creates the deployment; it may not become ready, when that is the point.</summary>
    internal async Task DeployAsync(bool ready = true)
    {
        await cluster.Client.CreateNamespacedDeploymentAsync(Manifest(), cluster.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        if (ready) await cluster.UntilReadyAsync(Name);
    }

    /// <summary>Makes present pods leak, the oldest first; new pods do not.</summary>
    /// <returns>The names of those that leak.</returns>
    internal async Task<IReadOnlyList<string>> LeakAsync(int pods = int.MaxValue)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        var leaking = (await cluster.PodsAsync(Name)).Take(pods).ToList();
        foreach (var pod in leaking)
            (await client.GetStringAsync(new Uri($"http://{pod.Status.PodIP}:8080/cgi-bin/leak"), TestContext.Current.CancellationToken)).ShouldContain("leaks");
        return [.. leaking.Select(pod => pod.Metadata.Name)];
    }

    private V1Deployment Manifest()
    {
        var labels = new Dictionary<string, string> { ["app"] = Name };
        var container = new V1Container
        {
            Name = "app",
            Image = "busybox",
            ImagePullPolicy = "IfNotPresent",
            Command = ["sh", "-c", Script],
            Env = [new V1EnvVar { Name = "HOLD_MEGABYTES", Value = $"{options.HoldMegabytes}" }],
            ReadinessProbe = new V1Probe { HttpGet = new V1HTTPGetAction { Path = "/metrics", Port = 8080 }, PeriodSeconds = 1, TimeoutSeconds = 5, FailureThreshold = 5 },
        };
        if (options.MemoryLimit is { } limit)
        {
            container.Resources = new V1ResourceRequirements
            {
                Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new(limit) },
                Requests = new Dictionary<string, ResourceQuantity> { ["memory"] = new("4Mi") },
            };
        }

        return new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = Name },
            Spec = new V1DeploymentSpec
            {
                Replicas = options.Replicas,
                Selector = new V1LabelSelector { MatchLabels = labels },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = labels, Annotations = new Dictionary<string, string> { ["prometheus.io/scrape"] = "true", ["prometheus.io/port"] = "8080" } },
                    Spec = new V1PodSpec { Containers = [container], TerminationGracePeriodSeconds = 1 },
                },
            },
        };
    }
}
