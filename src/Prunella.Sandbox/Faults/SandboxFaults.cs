using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Faults;

/// <summary>Breaks things in a sandbox cluster, and mends them. Safe to call from any thread; effects begin within a second of the cluster's clock.</summary>
public sealed class SandboxFaults
{
    private readonly ConcurrentDictionary<string, ActiveFault> active = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Namespace, string Name), DateTimeOffset> certificates = new();
    private readonly ConcurrentDictionary<string, bool> silentNodes = new(StringComparer.Ordinal);
    private readonly ObjectRegistry registry;
    private readonly BehaviourRegistry behaviours;
    private readonly Action wake;

    internal SandboxFaults(ObjectRegistry registry, BehaviourRegistry behaviours, Action wake)
    {
        this.registry = registry;
        this.behaviours = behaviours;
        this.wake = wake;
    }

    internal Func<string, string, string?, int, string, bool>? Kill { get; set; }

    /// <summary>Everything injected and not cleared, oldest first.</summary>
    public IReadOnlyList<ActiveFault> Active => [.. active.Values.OrderBy(fault => fault.Since).ThenBy(fault => fault.Name, StringComparer.Ordinal)];

    /// <summary>Injects an effect under a name of your choice; the same name replaces the earlier one.</summary>
    public ActiveFault Inject(string name, WorkloadName workload, FaultEffect effect)
    {
        var fault = new ActiveFault(name, workload, effect, registry.Now());
        active[name] = fault;
        wake();
        return fault;
    }

    /// <summary>Ends a fault as if it had never been; false when there is none of that name.</summary>
    public bool Clear(string name)
    {
        var cleared = active.TryRemove(name, out _);
        wake();
        return cleared;
    }

    /// <summary>Ends every fault, and lets every silent node speak again. Certificates keep their dates.</summary>
    public void ClearAll()
    {
        active.Clear();
        silentNodes.Clear();
        wake();
    }

    internal IReadOnlyList<ActiveFault> Of(WorkloadName workload)
    {
        if (active.IsEmpty) return [];
        return [.. active.Values.Where(fault => fault.Workload == workload)];
    }

    /// <summary>Makes a workload's memory grow until it is restarted or OOM-killed; grows again after each.</summary>
    public ActiveFault LeakMemory(WorkloadName workload, double bytesPerSecond) =>
        Inject($"memory-leak {workload}", workload, new FaultEffect { MemoryGrowthBytesPerSecond = bytesPerSecond });

    /// <summary>Makes a workload lose pooled connections; a restart or a rotated pool starts over.</summary>
    public ActiveFault LeakConnections(WorkloadName workload, double connectionsPerSecond) =>
        Inject($"connection-leak {workload}", workload, new FaultEffect { ConnectionLeakPerSecond = connectionsPerSecond });

    /// <summary>Makes a share of a workload's requests fail, optionally only those of an image.</summary>
    public ActiveFault FailRequests(WorkloadName workload, double errorRate, string? imageContains = null) =>
        Inject($"error-rate {workload}", workload, new FaultEffect { ErrorRate = errorRate, ImageContains = imageContains });

    /// <summary>Multiplies a workload's load.</summary>
    public ActiveFault RaiseLoad(WorkloadName workload, double factor) =>
        Inject($"load {workload}", workload, new FaultEffect { LoadFactor = factor });

    /// <summary>Makes a probe of a workload fail: <c>Liveness</c>, <c>Readiness</c> or <c>Startup</c>.</summary>
    public ActiveFault BreakProbe(WorkloadName workload, string probe) =>
        Inject($"probe {workload}", workload, new FaultEffect { BrokenProbe = probe });

    /// <summary>Makes a workload's containers crash, optionally only those of an image.</summary>
    public ActiveFault Crash(WorkloadName workload, int exitCode = 1, TimeSpan? after = null, string? log = null, string? imageContains = null) =>
        Inject($"crash {workload}", workload, new FaultEffect { CrashExitCode = exitCode, CrashAfter = after ?? TimeSpan.FromSeconds(1), CrashLog = log, ImageContains = imageContains });

    /// <summary>Writes to every claim a workload's pods mount.</summary>
    public ActiveFault FillDisk(WorkloadName workload, double bytesPerSecond) =>
        Inject($"disk {workload}", workload, new FaultEffect { DiskGrowthBytesPerSecond = bytesPerSecond });

    /// <summary>Makes containers of an image crash wherever they run, from their next start.</summary>
    public void MakeImageBad(string image, int exitCode = 1, string log = "level=fatal msg=\"panic: nil pointer dereference\"") =>
        behaviours.Add(image, new AppBehaviour { ExitsAfter = TimeSpan.FromSeconds(1), ExitCode = exitCode, ExitLog = log });

    /// <summary>Ends a running container as a signal would; false when there is none.</summary>
    /// <param name="ns">Namespace of the pod.</param>
    /// <param name="pod">Its name.</param>
    /// <param name="container">Null for the first one.</param>
    /// <param name="exitCode">Default 137.</param>
    /// <param name="reason">Termination reason: <c>Error</c>, <c>Completed</c> or <c>OOMKilled</c>.</param>
    public bool KillContainer(string ns, string pod, string? container = null, int exitCode = 137, string reason = "Error") =>
        Kill?.Invoke(ns, pod, container, exitCode, reason) ?? false;

    /// <summary>Silences a node's kubelet: the node becomes NotReady after the grace and its pods are moved after their toleration.</summary>
    public void SilenceNode(string node)
    {
        silentNodes[node] = true;
        wake();
    }

    /// <summary>Lets a silenced node speak again.</summary>
    public void RestoreNode(string node)
    {
        silentNodes.TryRemove(node, out _);
        wake();
    }

    /// <summary>Whether a node's kubelet is silenced.</summary>
    public bool IsSilent(string node) => silentNodes.ContainsKey(node);

    /// <summary>Sets when a certificate runs out; it shows in the gauges and, when there is one, in the secret's annotation.</summary>
    public void SetCertificateExpiry(string ns, string name, DateTimeOffset notAfter)
    {
        certificates[(ns, name)] = notAfter;
        if (registry.Store.Find(ResourceCatalogue.Secrets, ns, name) is { } secret)
            registry.Change(secret, body => body.Ensure("metadata").Ensure("annotations")["cert-manager.io/not-after"] = (JsonNode)notAfter.Stamp());
    }

    internal IEnumerable<CertificateGauges> Certificates() => certificates.Select(pair => new CertificateGauges(pair.Key.Namespace, pair.Key.Name, pair.Value));
}
