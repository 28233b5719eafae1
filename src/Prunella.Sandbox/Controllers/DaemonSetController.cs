using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Keeps one pod of a daemon set on every node that takes it.</summary>
internal sealed class DaemonSetController(EventRecorder events) : Controller
{
    private const string Component = "daemonset-controller";
    private const string HashLabel = "controller-revision-hash";

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.DaemonSets) Enqueue(ObjectKey.Of(item));
        else if (item.Type == ResourceCatalogue.Nodes)
        {
            if (before is not null && kind == ChangeKind.Modified && item.Body.At("spec").Same(before.Body.At("spec"))) return;
            foreach (var set in Store.List(ResourceCatalogue.DaemonSets)) Enqueue(ObjectKey.Of(set));
        }
        else if (item.Type == ResourceCatalogue.Pods && PodFactory.ControllerOf(Store, item) is { } owner && owner.Type == ResourceCatalogue.DaemonSets) Enqueue(ObjectKey.Of(owner));
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.DaemonSets, key.Namespace, key.Name) is not { } set) return;
        var hash = PodFactory.TemplateHash(set.Body.At("spec", "template"));
        var pods = Store.OwnedBy(set.Uid).Where(pod => pod.Type == ResourceCatalogue.Pods).ToList();
        var byNode = pods.GroupBy(NodeOf).ToDictionary(group => group.Key, group => group.ToList());
        var eligible = Store.List(ResourceCatalogue.Nodes).Where(node => Takes(set, node)).Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        if (!set.Body.Deleting())
        {
            foreach (var node in eligible.Order(StringComparer.Ordinal))
            {
                var here = byNode.GetValueOrDefault(node) ?? [];
                foreach (var finished in here.Where(pod => PodFactory.IsFinished(pod.Body) && !pod.Body.Deleting())) Registry.Delete(finished.Type, finished.Namespace, finished.Name, DeleteOptions.Background);
                if (here.Count == 0) Create(set, node, hash);
            }

            foreach (var pod in pods.Where(pod => !eligible.Contains(NodeOf(pod)) && !pod.Body.Deleting())) Registry.Delete(pod.Type, pod.Namespace, pod.Name, DeleteOptions.Background);
            Roll(set, pods, hash, eligible.Count);
        }

        Report(set, eligible, hash);
    }

    private static string NodeOf(StoredObject pod) =>
        pod.Body.Text("spec", "nodeName") ?? pod.Body.Items("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
            .SelectMany(term => term.Items("matchFields")).SelectMany(field => field.Texts("values")).FirstOrDefault() ?? "";

    private static bool Takes(StoredObject set, StoredObject node)
    {
        var spec = set.Body.Map("spec", "template", "spec")!;
        if (spec.TextMap("nodeSelector").Any(pair => node.Labels.GetValueOrDefault(pair.Key) != pair.Value)) return false;
        return node.Body.Items("spec", "taints").All(taint => taint.Text("effect") == "PreferNoSchedule" || taint.Text("key")!.StartsWith("node.kubernetes.io/", StringComparison.Ordinal) || SchedulerController.Tolerates(spec, taint));
    }

    private void Create(StoredObject set, string node, string hash)
    {
        var body = PodFactory.FromTemplate(set, set.Body.At("spec", "template"));
        body.Ensure("metadata")["generateName"] = set.Name + "-";
        body.Ensure("metadata").Ensure("labels")[HashLabel] = hash;
        var tolerations = body.Ensure("spec").EnsureList("tolerations");
        foreach (var (taint, effect) in (ReadOnlySpan<(string, string)>)[("not-ready", "NoExecute"), ("unreachable", "NoExecute"), ("disk-pressure", "NoSchedule"), ("memory-pressure", "NoSchedule"), ("unschedulable", "NoSchedule")])
            tolerations.Add(new JsonObject { ["key"] = "node.kubernetes.io/" + taint, ["operator"] = "Exists", ["effect"] = effect });
        body.Ensure("spec")["nodeName"] = node; // the scheduler would find the same node: the pod names it
        var pod = Registry.Create(ResourceCatalogue.Pods, set.Namespace, body);
        events.Tell(set, "SuccessfulCreate", $"Created pod: {pod.Name}", Component);
    }

    private void Roll(StoredObject set, List<StoredObject> pods, string hash, int wanted)
    {
        if (set.Body.Text("spec", "updateStrategy", "type") == "OnDelete") return;
        var most = Math.Max(1, PodFactory.Resolve(set.Body.At("spec", "updateStrategy", "rollingUpdate", "maxUnavailable"), wanted, roundUp: true));
        var unavailable = pods.Count(pod => !PodFactory.IsReady(pod.Body) || pod.Body.Deleting());
        foreach (var pod in pods.Where(pod => pod.Labels.GetValueOrDefault(HashLabel) != hash && !pod.Body.Deleting()))
        {
            var broken = !PodFactory.IsReady(pod.Body);
            if (!broken && unavailable >= most) continue;
            if (!broken) unavailable++;
            Registry.Delete(pod.Type, pod.Namespace, pod.Name, DeleteOptions.Background);
        }
    }

    private void Report(StoredObject set, HashSet<string> eligible, string hash)
    {
        var pods = Store.OwnedBy(set.Uid).Where(pod => pod.Type == ResourceCatalogue.Pods && !pod.Body.Deleting()).ToArray();
        var placed = pods.Where(pod => eligible.Contains(NodeOf(pod))).ToArray();
        long ready = placed.Count(pod => PodFactory.IsReady(pod.Body));
        long updated = placed.Count(pod => pod.Labels.GetValueOrDefault(HashLabel) == hash);
        Registry.Change(set, body =>
        {
            var status = body.Ensure("status");
            status["observedGeneration"] = body.Number("metadata", "generation") ?? 1;
            status["desiredNumberScheduled"] = (long)eligible.Count;
            status["currentNumberScheduled"] = (long)placed.Length;
            status["numberMisscheduled"] = (long)(pods.Length - placed.Length);
            status["numberReady"] = ready;
            status.Put("numberAvailable", ready > 0 ? ready : null);
            status.Put("numberUnavailable", eligible.Count - ready is > 0 and { } missing ? missing : null);
            status.Put("updatedNumberScheduled", updated > 0 ? updated : null);
        }, "status");
    }
}
