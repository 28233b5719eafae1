using Microsoft.Extensions.Logging;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Controllers;
using Prunella.Sandbox.Faults;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Kubelet;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox;

/// <summary>The objects a cluster is made of, put together in one place.</summary>
internal sealed class ClusterParts : IGaugeSource
{
    private readonly KubeletController kubelet;
    private readonly NodeController nodes;

    private ClusterParts(SandboxOptions options, TimeProvider time, ILogger logger, CancellationToken stopping)
    {
        var store = new ObjectStore(options.HistoryEventsMax);
        Registry = new ObjectRegistry(store, time, options.Seed);
        Simulation = new Simulation(Registry, time, logger, stopping);
        Registry.Now = () => Simulation.Now;
        store.Noted = Simulation.Note;
        Faults = new SandboxFaults(Registry, Behaviours, WakeFaults);
        Gauges = new SandboxGauges(this);
        var events = new EventRecorder(Registry);
        var logs = new ContainerLogs(options.LogLinesMax);
        kubelet = new KubeletController(options, Behaviours, Faults, logs, events);
        nodes = new NodeController(options, Faults, events);
        Faults.Kill = kubelet.Kill;
        foreach (var controller in (Controller[])
        [
            new NamespaceController(), new DeploymentController(events), new ReplicaSetController(events), new StatefulSetController(events), new DaemonSetController(events),
            new JobController(events, options), new ClaimController(events), new SchedulerController(events), kubelet, nodes, new EndpointsController(), new BudgetController(),
            new AutoscalerController(options, Pods, events), new QuotaController(), new GarbageCollector(),
        ]) Simulation.Add(controller);

        Router = new ApiRouter(
            new ObjectEndpoints(Registry, time), new WatchEndpoint(store, time, options, stopping), new ScaleEndpoint(Registry), new PodEndpoints(Registry, logs, stopping),
            new ProxyEndpoint(store, Ask), new MetricsEndpoint(Gauges, time), logger);
    }

    public BehaviourRegistry Behaviours { get; } = new();
    public ObjectRegistry Registry { get; }
    public Simulation Simulation { get; }
    public SandboxFaults Faults { get; }
    public SandboxGauges Gauges { get; }
    public ApiRouter Router { get; }

    public static ClusterParts Build(SandboxOptions options, TimeProvider time, ILogger logger, CancellationToken stopping) => new(options, time, logger, stopping);

    public void Seed(SandboxOptions options)
    {
        NodeSeed.Plant(Registry, options);
        nodes.Start();
    }

    private void WakeFaults()
    {
        lock (Registry.Store.Gate)
        {
            kubelet.WakeAll();
            nodes.WakeAll();
        }

        Simulation.Wake();
    }

    public ProcessAnswer? Ask(ResourceType type, string ns, string name, string method, string path)
    {
        if (type == ResourceCatalogue.Pods) return kubelet.FindRun(ns, name)?.Main.FirstOrDefault(run => run.Process is not null)?.Process?.Handle(method, path, Simulation.Now);
        ProcessAnswer? answer = null;
        var addresses = Registry.Store.Find(ResourceCatalogue.Endpoints, ns, name)?.Body.Items("subsets").SelectMany(subset => subset.Items("addresses")).ToArray() ?? [];
        if (addresses.Length == 0) return new ProcessAnswer(0, "");
        // An administrative request concerns every replica; for a reading one, any will do.
        foreach (var address in addresses)
        {
            answer = Ask(ResourceCatalogue.Pods, ns, address.Text("targetRef", "name") ?? "", method, path) ?? answer;
            if (method == "GET") break;
        }

        return answer;
    }

    public IReadOnlyList<PodGauges> Pods()
    {
        lock (Registry.Store.Gate)
        {
            var now = Simulation.Now;
            var gauges = new List<PodGauges>();
            foreach (var run in kubelet.Runs)
            {
                foreach (var container in run.Main)
                {
                    if (container.Process is { } process) gauges.Add(Measure(run, container, process.Usage(now), now));
                }
            }

            gauges.Sort((one, other) => string.CompareOrdinal($"{one.Namespace}/{one.Pod}/{one.Container}", $"{other.Namespace}/{other.Pod}/{other.Container}"));
            return gauges;
        }
    }

    private static PodGauges Measure(PodRun run, ContainerRun container, ContainerUsage usage, DateTimeOffset now) => new()
    {
        Namespace = run.Pod.Namespace, Pod = run.Pod.Name, Container = container.Name, Workload = run.Workload, Node = run.Node, Image = container.Image, At = now,
        StartedAt = container.StartedAt, Ready = container.Ready, RestartCount = container.RestartCount, MemoryBytes = usage.MemoryBytes, MemoryLimitBytes = container.MemoryLimitBytes,
        CpuCores = container.CpuLimitCores is { } limit ? Math.Min(limit, usage.CpuDemandCores) : usage.CpuDemandCores, CpuLimitCores = container.CpuLimitCores,
        ConnectionsUsed = usage.ConnectionsUsed, ConnectionsMax = usage.ConnectionsMax, RequestsPerSecond = usage.RequestsPerSecond, ErrorRate = usage.ErrorRate,
        LatencySeconds = usage.LatencySeconds, CacheFill = usage.CacheFill, CacheStale = usage.CacheStale,
    };

    public IReadOnlyList<VolumeGauges> Volumes()
    {
        lock (Registry.Store.Gate)
        {
            kubelet.Volumes.Advance(Simulation.Now, Registry.Store, kubelet.Runs, Faults);
            return [.. Registry.Store.List(ResourceCatalogue.Claims).Where(claim => VolumeUsage.Capacity(claim) > 0)
                .Select(claim => new VolumeGauges(claim.Namespace, claim.Name, (long)kubelet.Volumes.Used(ObjectKey.Of(claim), claim), VolumeUsage.Capacity(claim)))];
        }
    }

    public IReadOnlyList<NodeGauges> Nodes()
    {
        var pods = Pods().ToLookup(pod => pod.Node);
        return [.. Registry.Store.List(ResourceCatalogue.Nodes).Select(node => new NodeGauges(node.Name, PodFactory.Condition(node.Body, "Ready").Text("status") == "True",
            pods[node.Name].Sum(pod => pod.CpuCores), pods[node.Name].Sum(pod => pod.MemoryBytes)))];
    }

    public IReadOnlyList<CertificateGauges> Certificates() => [.. Faults.Certificates()];
}
