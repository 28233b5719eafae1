using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Tests.Cluster;

/// <summary>The cluster that the tests run against, as its administrator; every test has a namespace of its own.</summary>
internal sealed class RealCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly ServiceProvider services;
    private ServiceProvider? restricted;
    private readonly List<Func<Task>> cleanUps = [];

    private RealCluster(string kubeconfig, string @namespace, Action<KubernetesOptions>? configure)
    {
        Kubeconfig = kubeconfig;
        Namespace = @namespace;
        services = Services(kubeconfig, configure);
    }

    internal string Kubeconfig { get; }

    internal string Namespace { get; }

    internal ClusterApi Api => services.GetRequiredService<ClusterApi>();

    internal IWorkloadSource Workloads => Provider.GetRequiredService<IWorkloadSource>();

    internal IActionDriver Driver => Provider.GetRequiredService<IActionDriver>();

    /// <summary>What is tested; as the account of deploy/ once <see cref="RestrictAsync"/> was called.</summary>
    internal IServiceProvider Provider => restricted ?? services;

    internal static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens the cluster with a fresh namespace; skips the test when there is none.</summary>
    internal static async Task<RealCluster> OpenAsync(Action<KubernetesOptions>? configure = null)
    {
        var kubeconfig = Find();
        if (kubeconfig is null) Assert.Skip("No Kubernetes: set PRUNELLA_TEST_KUBECONFIG, or start the one of ../shared/kube with `kube up`.");
        var cluster = new RealCluster(kubeconfig, $"prunella-kt-{Guid.NewGuid().ToString("N")[..10]}", configure);
        try
        {
            await cluster.Api.CreateAsync(new ApiKind("Namespace", "v1", "namespaces", Namespaced: false), "", new JsonObject { ["metadata"] = new JsonObject { ["name"] = cluster.Namespace } }, dryRun: false, Cancellation);
        }
        catch (ClusterApiException exception) when (exception.Failure is ClusterFailure.Unreachable)
        {
            Assert.Skip($"The Kubernetes of {kubeconfig} is not running: {exception.Message}");
        }
        // Pods are refused until the controller has made the namespace's service account.
        await cluster.UntilAsync(async () => await cluster.FindAsync(new ApiKind("ServiceAccount", "v1", "serviceaccounts"), "default") is { } account && account["secrets"] is not null, "a default service account");
        return cluster;
    }

    /// <summary>The cluster for tests of actions: everything tested runs as a service account with the shipped roles and no more.</summary>
    internal static async Task<RealCluster> OpenRestrictedAsync()
    {
        var cluster = await OpenAsync();
        await cluster.RestrictAsync("prunella-read", "prunella-act", "prunella-act-on-nodes");
        return cluster;
    }

    internal async Task RestrictAsync(params string[] roles) => restricted = Services(await LeastPrivilege.GrantAsync(this, roles), options => options.RetriesMax = 6);

    /// <summary>The kubeconfig named by the environment, else the one that ../shared/kube keeps.</summary>
    internal static string? Find()
    {
        if (Environment.GetEnvironmentVariable("PRUNELLA_TEST_KUBECONFIG") is { Length: > 0 } named) return File.Exists(named) ? named : null;
        const string Kept = "/var/tmp/kube/admin.conf";
        return Directory.Exists(Path.Combine(Checkout.Root, "../shared/kube")) && File.Exists(Kept) ? Kept : null;
    }

    internal static ServiceProvider Services(string kubeconfig, Action<KubernetesOptions>? configure = null)
    {
        var options = new KubernetesOptions { Kubeconfig = kubeconfig };
        configure?.Invoke(options);
        return new ServiceCollection().AddKubernetes(options).BuildServiceProvider();
    }

    internal Target Target(string kind, string name) => new(Incidents.Target.DefaultCluster, Namespace, kind, name);

    internal static Proposal Propose(string action, Target target, params (string Name, string Value)[] parameters) => new()
    {
        Incident = new IncidentId(Guid.NewGuid()),
        Action = action,
        Target = target,
        Parameters = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value),
        Cause = "test",
        Confidence = 1,
        ProposedBy = "person:test",
    };

    internal static ExecutionId NewExecution() => new(Guid.NewGuid());

    internal async Task<JsonObject> CreateAsync(ApiKind kind, JsonObject body)
    {
        body["apiVersion"] ??= kind.GroupVersion;
        body["kind"] ??= kind.Name;
        return await Api.CreateAsync(kind, kind.Namespaced ? Namespace : "", body, dryRun: false, Cancellation);
    }

    internal async Task PatchAsync(ApiKind kind, string name, string json) => await Api.PatchAsync(kind, kind.Namespaced ? Namespace : "", name, JsonNode.Parse(json)!, dryRun: false, Cancellation);

    internal async Task<JsonObject?> FindAsync(ApiKind kind, string name) => await Api.FindAsync(kind, kind.Namespaced ? Namespace : "", name, Cancellation);

    internal async Task<WorkloadState> StateAsync(Target target) => (await Workloads.ReadAsync(target, Cancellation)).ShouldNotBeNull();

    /// <summary>Waits until the workload is as the condition says; fails with what it was last.</summary>
    internal async Task<WorkloadState> UntilAsync(Target target, Func<WorkloadState, bool> condition, string what)
    {
        WorkloadState? last = null;
        await UntilAsync(async () => (last = await Workloads.ReadAsync(target, Cancellation)) is not null && condition(last), what, () => last is null ? "it does not exist" : Describe(last));
        return last!;
    }

    internal async Task UntilAsync(Func<Task<bool>> condition, string what, Func<string>? last = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience) throw new TimeoutException($"Waited {Patience.TotalSeconds} s in {Namespace} for {what}; last: {last?.Invoke()}");
            await Task.Delay(TimeSpan.FromMilliseconds(150), TimeProvider.System, Cancellation);
        }
    }

    internal void AtEnd(Func<Task> cleanUp) => cleanUps.Add(cleanUp);

    private static string Describe(WorkloadState state) =>
        $"{state.Ready}/{state.Desired} ready, {state.Updated} updated, rolling out {state.RollingOut}; " +
        string.Join("; ", state.Pods.Select(pod => $"{pod.Name} {pod.Phase} ready={pod.Ready} {string.Join(",", pod.Containers.Select(container => container.WaitingReason ?? container.LastTerminationReason))}"));

    public async ValueTask DisposeAsync()
    {
        if (restricted is not null) await restricted.DisposeAsync();
        foreach (var cleanUp in Enumerable.Reverse(cleanUps)) await cleanUp();
        var kind = new ApiKind("Namespace", "v1", "namespaces", Namespaced: false);
        if (await Api.FindAsync(kind, "", Namespace, CancellationToken.None) is { } found) await Api.DeleteAsync(kind, "", Namespace, found["metadata"]!["uid"]!.GetValue<string>(), CancellationToken.None);
        await services.DisposeAsync();
    }
}
