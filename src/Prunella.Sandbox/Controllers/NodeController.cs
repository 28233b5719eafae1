using System.Text.Json.Nodes;
using Prunella.Sandbox.Faults;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Keeps node leases fresh, marks silent nodes unknown, taints them, and moves their pods once their toleration ends.</summary>
internal sealed class NodeController(SandboxOptions options, SandboxFaults faults, EventRecorder events) : Controller
{
    private const string Component = "node-controller";
    private const string LeaseNamespace = "kube-node-lease";
    private static readonly TimeSpan beat = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, DateTimeOffset> heard = new(StringComparer.Ordinal);

    public void Start() => Simulation.At(Now, Beat);

    // One timer for all nodes: fifty leases every ten seconds are nothing, a timer each would be fifty wake-ups.
    private void Beat()
    {
        foreach (var node in Store.List(ResourceCatalogue.Nodes)) Hear(node);
        events.Expire();
        Simulation.At(Now + beat, Beat);
    }

    private void Hear(StoredObject node)
    {
        if (faults.IsSilent(node.Name)) return;
        heard[node.Name] = Now;
        if (Store.Find(ResourceCatalogue.Leases, LeaseNamespace, node.Name) is { } lease)
            Registry.Change(lease, body => body.Ensure("spec")["renewTime"] = Now.MicroStamp());
        else if (Store.Find(ResourceCatalogue.Namespaces, "", LeaseNamespace) is not null)
        {
            Registry.Create(ResourceCatalogue.Leases, LeaseNamespace, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = node.Name },
                ["spec"] = new JsonObject { ["holderIdentity"] = node.Name, ["leaseDurationSeconds"] = 40L, ["renewTime"] = Now.MicroStamp() },
            });
        }
    }

    /// <summary>A node fell silent or spoke again.</summary>
    public void WakeAll()
    {
        foreach (var node in Store.List(ResourceCatalogue.Nodes)) Enqueue(ObjectKey.Of(node));
    }

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.Nodes && kind != ChangeKind.Deleted) Enqueue(ObjectKey.Of(item));
        else if (item.Type == ResourceCatalogue.Pods && kind == ChangeKind.Modified && item.Body.Text("spec", "nodeName") is { } node && faults.IsSilent(node)) Enqueue(new ObjectKey("", node));
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.Nodes, "", key.Name) is not { } node) return;
        heard.TryAdd(node.Name, Now);
        var ready = PodFactory.Condition(node.Body, "Ready").Text("status");
        if (!faults.IsSilent(node.Name))
        {
            Hear(node);
            if (ready != "True") Recover(node);
            return;
        }

        var due = heard[node.Name] + options.NodeMonitorGrace;
        if (Now < due)
        {
            EnqueueAt(due, key);
            return;
        }

        if (ready != "Unknown") Lose(node);
        Evict(node);
    }

    private void Lose(StoredObject node)
    {
        Registry.Change(node, body =>
        {
            foreach (var type in (ReadOnlySpan<string>)["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"])
                PodConditions.Set(body, type, "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", Now);
        }, "status");
        Registry.Change(Store.Find(node.Type, "", node.Name)!, body => body.Ensure("spec")["taints"] = Taints(body, lost: true));
        events.Tell(node, "NodeNotReady", $"Node {node.Name} status is now: NodeNotReady", Component);
        foreach (var pod in PodsOn(node))
        {
            Registry.Change(pod, body => PodConditions.Set(body, "Ready", false, null, null, Now), "status");
            events.Warn(pod, "NodeNotReady", "Node is not ready", Component);
        }
    }

    private JsonArray Taints(JsonObject node, bool lost)
    {
        var taints = new JsonArray([.. node.Items("spec", "taints").Where(taint => taint.Text("key") is not "node.kubernetes.io/unreachable").Select(taint => (JsonNode)taint.Copy())]);
        if (!lost) return taints;
        taints.Add(new JsonObject { ["key"] = "node.kubernetes.io/unreachable", ["effect"] = "NoSchedule", ["timeAdded"] = Now.Stamp() });
        taints.Add(new JsonObject { ["key"] = "node.kubernetes.io/unreachable", ["effect"] = "NoExecute", ["timeAdded"] = Now.Stamp() });
        return taints;
    }

    private void Recover(StoredObject node)
    {
        Registry.Change(node, body =>
        {
            PodConditions.Set(body, "Ready", true, "KubeletReady", "kubelet is posting ready status", Now);
            foreach (var (type, reason, message) in NodeSeed.Pressures) PodConditions.Set(body, type, false, reason, message, Now);
        }, "status");
        Registry.Change(Store.Find(node.Type, "", node.Name)!, body => body.Ensure("spec").Put("taints", Taints(body, lost: false) is { Count: > 0 } left ? left : null));
        events.Tell(node, "NodeReady", $"Node {node.Name} status is now: NodeReady", "kubelet", node.Name);
    }

    private List<StoredObject> PodsOn(StoredObject node) => [.. Store.List(ResourceCatalogue.Pods).Where(pod => pod.Body.Text("spec", "nodeName") == node.Name && !PodFactory.IsFinished(pod.Body))];

    private void Evict(StoredObject node)
    {
        node = Store.Find(node.Type, "", node.Name)!;
        var taint = node.Body.Items("spec", "taints").FirstOrDefault(each => each.Text("effect") == "NoExecute" && each.Text("key") == "node.kubernetes.io/unreachable");
        if (taint is null) return;
        var since = taint.Time("timeAdded") ?? Now;
        foreach (var pod in PodsOn(node))
        {
            if (pod.Body.Deleting()) continue;
            var tolerations = pod.Body.Items("spec", "tolerations").Where(each => SchedulerController.Tolerate(each, taint)).ToArray();
            if (tolerations.Any(each => each.Number("tolerationSeconds") is null)) continue;
            var due = since.AddSeconds(tolerations.Select(each => each.Number("tolerationSeconds") ?? 0).DefaultIfEmpty(0).Min());
            if (due > Now)
            {
                EnqueueAt(due, ObjectKey.Of(node));
                continue;
            }

            events.Tell(pod, "TaintManagerEviction", $"Marking for deletion Pod {pod.Namespace}/{pod.Name}", "taint-controller");
            Registry.Delete(pod.Type, pod.Namespace, pod.Name, DeleteOptions.Background);
        }
    }
}
