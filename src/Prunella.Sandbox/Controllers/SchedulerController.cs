using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Selectors;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Gives each pod the least loaded node that takes it, or says in the scheduler's words why none does.</summary>
internal sealed class SchedulerController(EventRecorder events) : Controller
{
    private const string Component = "default-scheduler";
    private readonly HashSet<ObjectKey> unschedulable = [];
    private Dictionary<string, NodeLoad>? loads;

    private sealed class NodeLoad
    {
        public decimal Cpu;
        public decimal Memory;
        public int Pods;
    }

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.Pods)
        {
            var bound = item.Body.Text("spec", "nodeName") is { Length: > 0 };
            if (!bound && kind != ChangeKind.Deleted) Enqueue(ObjectKey.Of(item));
            var freed = kind == ChangeKind.Deleted || PodFactory.IsFinished(item.Body) != (before is not null && PodFactory.IsFinished(before.Body));
            if (kind == ChangeKind.Deleted) unschedulable.Remove(ObjectKey.Of(item));
            if (!freed || !bound) return;
            loads = null;
            RetryAll();
        }
        else if (item.Type == ResourceCatalogue.Nodes)
        {
            if (before is null || kind == ChangeKind.Deleted || !item.Body.At("spec").Same(before.Body.At("spec")) || !item.Body.At("status", "allocatable").Same(before.Body.At("status", "allocatable"))
                || !item.Body.At("metadata", "labels").Same(before.Body.At("metadata", "labels"))) RetryAll();
        }
        else if (item.Type == ResourceCatalogue.Claims) RetryAll();
    }

    private void RetryAll()
    {
        foreach (var key in unschedulable) Enqueue(key);
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.Pods, key.Namespace, key.Name) is not { } pod || pod.Body.Text("spec", "nodeName") is { Length: > 0 } || pod.Body.Deleting()
            || pod.Body.Text("spec", "schedulerName") is { } scheduler and not Component)
        {
            unschedulable.Remove(key);
            return;
        }

        if (ClaimProblem(pod) is { } problem)
        {
            Fail(pod, problem);
            return;
        }

        loads ??= Measure();
        var nodes = Store.List(ResourceCatalogue.Nodes);
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        StoredObject? best = null;
        var bestScore = double.MaxValue;
        foreach (var node in nodes)
        {
            var why = Reasons(pod, node);
            foreach (var reason in why) reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            if (why.Count > 0) continue;
            var load = loads.GetValueOrDefault(node.Name) ?? new NodeLoad();
            var score = (double)(load.Cpu / Math.Max(0.001m, Allocatable(node, "cpu"))) + (double)(load.Memory / Math.Max(1, Allocatable(node, "memory"))) + (load.Pods / 100.0);
            if (score >= bestScore) continue;
            best = node;
            bestScore = score;
        }

        if (best is null)
        {
            Fail(pod, nodes.Count == 0 ? "no nodes available to schedule pods" : $"0/{nodes.Count} nodes are available: {string.Join(", ", reasons.Select(pair => $"{pair.Value} {pair.Key}"))}.");
            return;
        }

        unschedulable.Remove(key);
        PodBinding.Bind(Registry, pod, best.Name);
        Add(loads, best.Name, pod.Body);
        events.Tell(pod, "Scheduled", $"Successfully assigned {pod.Namespace}/{pod.Name} to {best.Name}", Component);
    }

    private void Fail(StoredObject pod, string message)
    {
        unschedulable.Add(ObjectKey.Of(pod));
        var before = PodFactory.Condition(pod.Body, "PodScheduled");
        if (before.Text("message") == message) return;
        events.Warn(pod, "FailedScheduling", message, Component);
        Registry.Change(pod, body => PodConditions.Set(body, "PodScheduled", false, "Unschedulable", message, Now), "status");
    }

    private string? ClaimProblem(StoredObject pod)
    {
        foreach (var volume in pod.Body.Items("spec", "volumes"))
        {
            if (volume.Text("persistentVolumeClaim", "claimName") is not { } name) continue;
            if (Store.Find(ResourceCatalogue.Claims, pod.Namespace, name) is not { } claim) return $"persistentvolumeclaim \"{name}\" not found";
            if (claim.Body.Deleting()) return $"persistentvolumeclaim \"{name}\" is being deleted";
            var lazy = claim.Body.Text("spec", "storageClassName") is { } storageClass
                && Store.Find(ResourceCatalogue.StorageClasses, "", storageClass)?.Body.Text("volumeBindingMode") == "WaitForFirstConsumer";
            if (claim.Body.Text("status", "phase") != "Bound" && !lazy)
            {
                var count = Store.List(ResourceCatalogue.Nodes).Count;
                return $"0/{count} nodes are available: {count} pod has unbound immediate PersistentVolumeClaims.";
            }
        }

        return null;
    }

    private List<string> Reasons(StoredObject pod, StoredObject node)
    {
        var spec = pod.Body.Map("spec")!;
        var reasons = new List<string>();
        if (node.Body.Flag("spec", "unschedulable") == true && !Tolerates(spec, new JsonObject { ["key"] = "node.kubernetes.io/unschedulable", ["effect"] = "NoSchedule" }))
            return ["node(s) were unschedulable"];
        foreach (var taint in node.Body.Items("spec", "taints"))
        {
            if (taint.Text("effect") is not ("NoSchedule" or "NoExecute") || Tolerates(spec, taint)) continue;
            if (taint.Text("key") == "node.kubernetes.io/unschedulable") continue;
            return [$"node(s) had taint {{{taint.Text("key")}: {taint.Text("value")}}}, that the pod didn't tolerate"];
        }

        var labels = node.Labels;
        if (spec.TextMap("nodeSelector").Any(pair => labels.GetValueOrDefault(pair.Key) != pair.Value) || !MatchesAffinity(spec, labels)) return ["node(s) didn't match Pod's node affinity"];
        var load = loads!.GetValueOrDefault(node.Name) ?? new NodeLoad();
        if (load.Pods + 1 > Allocatable(node, "pods")) reasons.Add("Too many pods");
        var (cpu, memory) = Requests(pod.Body);
        if (cpu > 0 && load.Cpu + cpu > Allocatable(node, "cpu")) reasons.Add("Insufficient cpu");
        if (memory > 0 && load.Memory + memory > Allocatable(node, "memory")) reasons.Add("Insufficient memory");
        return reasons;
    }

    private static bool MatchesAffinity(JsonObject spec, Dictionary<string, string> labels)
    {
        if (spec.List("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms") is not { } terms) return true;
        return terms.Any(term => LabelSelector.From(term as JsonObject).Matches(labels));
    }

    public static bool Tolerates(JsonObject spec, JsonObject taint) => spec.Items("tolerations").Any(toleration => Tolerate(toleration, taint));

    public static bool Tolerate(JsonObject toleration, JsonObject taint)
    {
        if (toleration.Text("effect") is { Length: > 0 } effect && effect != taint.Text("effect")) return false;
        if (toleration.Text("key") is { Length: > 0 } key && key != taint.Text("key")) return false;
        return toleration.Text("operator") == "Exists" || (toleration.Text("value") ?? "") == (taint.Text("value") ?? "");
    }

    private static decimal Allocatable(StoredObject node, string resource) => Quantity.Of(node.Body.At("status", "allocatable", resource));

    public static (decimal Cpu, decimal Memory) Requests(JsonObject pod)
    {
        decimal cpu = 0, memory = 0;
        foreach (var container in pod.Items("spec", "containers"))
        {
            cpu += Quantity.Of(container.At("resources", "requests", "cpu"));
            memory += Quantity.Of(container.At("resources", "requests", "memory"));
        }

        foreach (var container in pod.Items("spec", "initContainers"))
        {
            cpu = Math.Max(cpu, Quantity.Of(container.At("resources", "requests", "cpu")));
            memory = Math.Max(memory, Quantity.Of(container.At("resources", "requests", "memory")));
        }

        return (cpu, memory);
    }

    private Dictionary<string, NodeLoad> Measure()
    {
        var measured = new Dictionary<string, NodeLoad>(StringComparer.Ordinal);
        foreach (var pod in Store.List(ResourceCatalogue.Pods))
        {
            if (pod.Body.Text("spec", "nodeName") is { Length: > 0 } node && !PodFactory.IsFinished(pod.Body)) Add(measured, node, pod.Body);
        }

        return measured;
    }

    private static void Add(Dictionary<string, NodeLoad> loads, string node, JsonObject pod)
    {
        if (!loads.TryGetValue(node, out var load)) loads[node] = load = new NodeLoad();
        var (cpu, memory) = Requests(pod);
        load.Cpu += cpu;
        load.Memory += memory;
        load.Pods++;
    }
}
