using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Faults;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox;

/// <summary>
/// A Kubernetes cluster inside this process: a real API on loopback, simulated controllers and kubelets behind it.
/// Members are safe to use from any thread.
/// </summary>
public sealed class SandboxCluster : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ClusterParts parts;
    private readonly CancellationTokenSource stopping;
    private readonly Task loop;
    private readonly TimeProvider time;

    private SandboxCluster(WebApplication application, ClusterParts parts, CancellationTokenSource stopping, Task loop, TimeProvider time, Uri address)
    {
        this.application = application;
        this.parts = parts;
        this.stopping = stopping;
        this.loop = loop;
        this.time = time;
        Address = address;
        KubeconfigYaml = Kubeconfig.For(address);
    }

    /// <summary>Where the API server listens, on loopback, over plain HTTP.</summary>
    public Uri Address { get; }

    /// <summary>A kubeconfig that leads to it.</summary>
    public string KubeconfigYaml { get; }

    /// <summary>The images the cluster can pull, and what their containers do.</summary>
    public BehaviourRegistry Behaviours => parts.Behaviours;
    public SandboxFaults Faults => parts.Faults;
    public SandboxGauges Gauges => parts.Gauges;

    internal ProcessAnswer? AskService(string ns, string service, string method, string path)
    {
        lock (Store.Gate) return parts.Ask(ResourceCatalogue.Services, ns, service, method, path);
    }

    internal ObjectStore Store => parts.Registry.Store;
    internal ObjectRegistry Registry => parts.Registry;

    /// <summary>Starts a cluster with its nodes, system namespaces and a default storage class; returns once the API answers.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="time">The cluster's clock; null for the system's. With a fake one nothing happens until it is advanced.</param>
    /// <param name="token">Gives up starting.</param>
    /// <exception cref="IOException">The port is taken, or the kubeconfig cannot be written.</exception>
    public static async Task<SandboxCluster> StartAsync(SandboxOptions? options = null, TimeProvider? time = null, CancellationToken token = default)
    {
        options ??= new SandboxOptions();
        time ??= TimeProvider.System;
        var stopping = new CancellationTokenSource();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null; // bounded while reading, so that the answer is a Status
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null; // watches are quiet for minutes
        });
        var application = builder.Build();
        var logger = NullLogger.Instance;
        var parts = ClusterParts.Build(options, time, logger, stopping.Token);
        application.Run(parts.Router.HandleAsync);
        await application.StartAsync(token);
        var bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        parts.Seed(options);
        var loop = Task.Run(parts.Simulation.RunAsync, CancellationToken.None);
        var cluster = new SandboxCluster(application, parts, stopping, loop, time, new Uri(bound));
        if (options.KubeconfigPath is { } path) await File.WriteAllTextAsync(path, cluster.KubeconfigYaml, token);
        return cluster;
    }

    /// <summary>Creates or updates the objects of a manifest of one or many YAML documents, in order.</summary>
    /// <exception cref="SandboxException">An object is of an unknown kind or is refused; the ones before it are applied.</exception>
    public Task ApplyAsync(string manifests, CancellationToken token = default)
    {
        token.ThrowIfCancellationRequested();
        ManifestApply.Apply(parts.Registry, manifests);
        return Task.CompletedTask;
    }

    /// <summary>Completes when nothing is left to do at the clock's present moment: every due event has had its effects.</summary>
    public Task SettleAsync(CancellationToken token = default) => parts.Simulation.SettleAsync(token);

    /// <summary>Waits until an object satisfies a condition; a missing object is passed as null.</summary>
    /// <param name="resource">Plural name, <c>deployments</c>.</param>
    /// <param name="ns">Empty for cluster-wide kinds.</param>
    /// <param name="name">Of the object.</param>
    /// <param name="until">Must not change what it is given.</param>
    /// <param name="timeout">On the cluster's clock.</param>
    /// <param name="token">Gives up.</param>
    /// <exception cref="TimeoutException">The condition did not hold in time.</exception>
    /// <exception cref="SandboxException">There is no such kind.</exception>
    public async Task WaitAsync(string resource, string ns, string name, Func<JsonObject?, bool> until, TimeSpan timeout, CancellationToken token = default)
    {
        var type = ResourceCatalogue.All.FirstOrDefault(each => each.Plural == resource || each.Qualified == resource) ?? throw new SandboxException($"no kind is called '{resource}'");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(token, stopping.Token);
        using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), ending, timeout, Timeout.InfiniteTimeSpan);
        Watcher? watcher;
        lock (Store.Gate) watcher = Store.Watch(type, ns, Store.Version, 65_536, out _);
        using (watcher)
        {
            try
            {
                while (!until(Store.Find(type, ns, name)?.Body))
                {
                    await watcher!.Changes.WaitToReadAsync(ending.Token);
                    while (watcher.Changes.TryRead(out _)) { }
                }
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"{resource} {ns}/{name} did not reach the wanted state within {timeout.TotalSeconds:0.#} s"));
            }
        }
    }

    /// <summary>Waits until every deployment and stateful set of a namespace is rolled out and available.</summary>
    /// <exception cref="TimeoutException">One is not in time.</exception>
    public async Task WaitReadyAsync(string ns, TimeSpan timeout, CancellationToken token = default)
    {
        foreach (var type in new[] { ResourceCatalogue.Deployments, ResourceCatalogue.StatefulSets })
        {
            foreach (var item in Store.List(type, ns)) await WaitAsync(type.Plural, ns, item.Name, IsRolledOut, timeout, token);
        }
    }

    private static bool IsRolledOut(JsonObject? body)
    {
        if (body is null) return true; // deleted in the meantime
        var wanted = body.Number("spec", "replicas") ?? 1;
        return (body.Number("status", "observedGeneration") ?? 0) >= (body.Number("metadata", "generation") ?? 0)
            && (body.Number("status", "readyReplicas") ?? 0) == wanted && (body.Number("status", "updatedReplicas") ?? 0) == wanted
            && (body.Number("status", "replicas") ?? 0) == wanted;
    }

    /// <summary>Makes the API server forget its history: watches and list continuations of older versions answer 410.</summary>
    public void CompactHistory() => Store.Compact();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await application.StopAsync(CancellationToken.None);
        await loop;
        await application.DisposeAsync();
        parts.Simulation.Dispose();
        stopping.Dispose();
    }
}
