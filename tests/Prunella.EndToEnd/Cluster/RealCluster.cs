using k8s;
using k8s.Autorest;
using k8s.Models;
using Prunella.EndToEnd.Processes;

namespace Prunella.EndToEnd.Cluster;

/// <summary>The real cluster as its administrator sees it, with a namespace of the test's own that ends with it.</summary>
internal sealed class RealCluster : IAsyncDisposable
{
    private readonly List<Func<Task>> cleanUps = [];
    private const string Kept = "/var/tmp/kube/admin.conf";

    private RealCluster(string kubeconfig, k8s.Kubernetes client, string @namespace) => (Kubeconfig, Client, Namespace) = (kubeconfig, client, @namespace);

    internal string Kubeconfig { get; }

    internal k8s.Kubernetes Client { get; }

    internal string Namespace { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens the cluster with a fresh namespace; skips the test when there is none.</summary>
    internal static async Task<RealCluster> OpenAsync()
    {
        if (Find() is not { } kubeconfig)
        {
            Assert.Skip("No Kubernetes: set PRUNELLA_TEST_KUBECONFIG, or start the one of ../shared/kube with `kube up`.");
            throw new InvalidOperationException();
        }

        var client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        var cluster = new RealCluster(kubeconfig, client, $"prunella-e2e-{Guid.NewGuid().ToString("N")[..8]}");
        try
        {
            await client.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = cluster.Namespace } }, cancellationToken: Cancellation);
        }
        catch (HttpRequestException failure)
        {
            client.Dispose();
            Assert.Skip($"The Kubernetes of {kubeconfig} is not running: {failure.Message}");
        }

        // Pods are refused until the controller has made the namespace's service account.
        await Patience.UntilAsync(async () => (await client.ListNamespacedServiceAccountAsync(cluster.Namespace, cancellationToken: Cancellation)).Items.Count > 0, "the default service account");
        return cluster;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("PRUNELLA_TEST_KUBECONFIG") is { Length: > 0 } named) return File.Exists(named) ? named : null;
        return Directory.Exists(Path.Combine(Repository.Root, "../shared/kube")) && File.Exists(Kept) ? Kept : null;
    }

    internal async Task<V1Deployment> DeploymentAsync(string name) => await Client.ReadNamespacedDeploymentAsync(name, Namespace, cancellationToken: Cancellation);

    /// <summary>The pods of an application that are not on their way out, oldest first.</summary>
    internal async Task<List<V1Pod>> PodsAsync(string app) =>
        [.. (await Client.ListNamespacedPodAsync(Namespace, labelSelector: $"app={app}", cancellationToken: Cancellation)).Items
            .Where(pod => pod.Metadata.DeletionTimestamp is null).OrderBy(pod => pod.Metadata.CreationTimestamp).ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal)];

    /// <summary>Waits until a deployment has rolled out and all its pods are ready.</summary>
    internal async Task UntilReadyAsync(string name)
    {
        V1Deployment? last = null;
        await Patience.UntilAsync(async () =>
        {
            last = await DeploymentAsync(name);
            var wanted = last.Spec.Replicas ?? 1;
            return last.Status is { } status && status.ObservedGeneration >= last.Metadata.Generation && status.UpdatedReplicas == wanted && status.ReadyReplicas == wanted && status.Replicas == wanted;
        }, $"deployment {name} to be ready", () => KubernetesYaml.Serialize(last?.Status));
    }

    /// <summary>
    /// Waits until the kubelet tells of a pod what just happened to it. It sends five events a second and drops what it cannot keep, so that after many pods it is
    /// minutes behind, and nobody can know why a container was ended.
    /// </summary>
    internal async Task UntilKubeletIsHeardAsync()
    {
        const int TriesMax = 20;
        for (var attempt = 0; attempt < TriesMax; attempt++)
        {
            var name = $"heard-{attempt}";
            var container = new V1Container { Name = "app", Image = "busybox", ImagePullPolicy = "IfNotPresent", Command = ["true"] };
            await Client.CreateNamespacedPodAsync(new V1Pod { Metadata = new V1ObjectMeta { Name = name }, Spec = new V1PodSpec { RestartPolicy = "Never", Containers = [container] } }, Namespace, cancellationToken: Cancellation);
            try
            {
                await Patience.UntilAsync(async () => (await Client.CoreV1.ListNamespacedEventAsync(Namespace, fieldSelector: $"involvedObject.name={name},reason=Started", cancellationToken: Cancellation)).Items.Count > 0, name, within: TimeSpan.FromSeconds(30));
                return;
            }
            catch (TimeoutException) when (attempt < TriesMax - 1)
            {
                // It may have been dropped: the next one is newer.
            }
            finally
            {
                await Client.DeleteNamespacedPodAsync(name, Namespace, gracePeriodSeconds: 0, cancellationToken: Cancellation);
            }
        }
    }

    /// <summary>What Prunella's own events say was done, oldest first.</summary>
    internal async Task<List<string>> ActionEventsAsync() =>
        [.. (await Client.CoreV1.ListNamespacedEventAsync(Namespace, cancellationToken: Cancellation)).Items
            .Where(happened => happened.Reason == "PrunellaAction").OrderBy(happened => happened.FirstTimestamp).Select(happened => happened.Message)];

    /// <summary>Removes, with the namespace, something that does not end with it. One object to a call.</summary>
    internal void AtEnd(Func<Task> cleanUp) => cleanUps.Add(cleanUp);

    /// <summary>A deployment of busybox, ready when asked.</summary>
    internal async Task DeployAsync(string name, int replicas, string script, string? memory = null, bool ready = true, int readyAfterSeconds = 0, string? cpu = null)
    {
        var container = new V1Container { Name = "app", Image = "busybox", ImagePullPolicy = "IfNotPresent", Command = ["sh", "-c", script] };
        var requests = new Dictionary<string, ResourceQuantity>();
        if (memory is not null) requests["memory"] = new("4Mi");
        if (cpu is not null) requests["cpu"] = new(cpu);
        container.Resources = new V1ResourceRequirements { Requests = requests };
        if (memory is not null) container.Resources.Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new(memory) };
        if (readyAfterSeconds > 0) container.ReadinessProbe = new V1Probe { Exec = new V1ExecAction { Command = ["true"] }, InitialDelaySeconds = readyAfterSeconds, PeriodSeconds = 1 };
        var labels = new Dictionary<string, string> { ["app"] = name };
        await Client.CreateNamespacedDeploymentAsync(new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new V1DeploymentSpec
            {
                Replicas = replicas, Selector = new V1LabelSelector { MatchLabels = labels },
                Template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = labels }, Spec = new V1PodSpec { TerminationGracePeriodSeconds = 1, Containers = [container] } },
            },
        }, Namespace, cancellationToken: Cancellation);
        if (ready) await UntilReadyAsync(name);
    }

    public async ValueTask DisposeAsync()
    {
        await TellPodsAsync();
        foreach (var cleanUp in cleanUps) await LeaveNothingAsync(cleanUp);
        await LeaveNothingAsync(() => Client.DeleteNamespaceAsync(Namespace, cancellationToken: CancellationToken.None));
        Client.Dispose();
    }

    // With what the server said, the first thing to read when a test fails: what the kubelet made of the pods.
    private async Task TellPodsAsync()
    {
        if (TestContext.Current.TestOutputHelper is not { } output) return;
        try
        {
            foreach (var pod in (await Client.ListNamespacedPodAsync(Namespace, cancellationToken: CancellationToken.None)).Items)
                foreach (var container in pod.Status?.ContainerStatuses ?? [])
                    output.WriteLine($"pod {pod.Metadata.Name} {pod.Status!.Phase}{(pod.Metadata.DeletionTimestamp is null ? "" : " deleted")} {container.Name}: {(container.Ready ? "ready" : "not ready")}, restarts {container.RestartCount}, {container.State?.Waiting?.Reason ?? container.State?.Terminated?.Reason ?? "running"}, before: {container.LastState?.Terminated?.Reason ?? "nothing"} {container.LastState?.Terminated?.ExitCode}");
        }
        catch (Exception failure) when (failure is HttpRequestException or HttpOperationException)
        {
            output.WriteLine($"the pods cannot be told: {failure.Message}");
        }
    }

    private static async Task LeaveNothingAsync(Func<Task> remove)
    {
        try
        {
            await remove();
        }
        catch (HttpOperationException gone) when (gone.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // The test did not come so far as to make it.
        }
    }
}
