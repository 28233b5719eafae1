using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Rolls deployments from one replica set to the next, within their surge and unavailability, and reports how it goes.</summary>
internal sealed class DeploymentController(EventRecorder events) : Controller
{
    private const string Component = "deployment-controller";
    private const string RevisionKey = "deployment.kubernetes.io/revision";
    private const string HashLabel = "pod-template-hash";
    private readonly Dictionary<string, (string Progress, DateTimeOffset At)> progress = new(StringComparer.Ordinal);

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.Deployments)
        {
            if (kind == ChangeKind.Deleted) progress.Remove(item.Uid);
            Enqueue(ObjectKey.Of(item));
        }
        else if (item.Type == ResourceCatalogue.ReplicaSets && PodFactory.ControllerOf(Store, item) is { } owner) Enqueue(ObjectKey.Of(owner));
        else if (item.Type == ResourceCatalogue.Pods && kind == ChangeKind.Deleted && PodFactory.ControllerOf(Store, item) is { } set && PodFactory.ControllerOf(Store, set) is { } deployment)
        {
            Enqueue(ObjectKey.Of(deployment)); // Recreate waits for the last pod to be gone
        }
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.Deployments, key.Namespace, key.Name) is not { } deployment || deployment.Body.Deleting()) return;
        var sets = Store.OwnedBy(deployment.Uid).Where(set => set.Type == ResourceCatalogue.ReplicaSets).ToList();
        var hash = PodFactory.TemplateHash(deployment.Body.At("spec", "template"));
        var current = sets.FirstOrDefault(set => IsOf(set, deployment, hash));
        var paused = deployment.Body.Flag("spec", "paused") == true;
        if (!paused || current is not null)
        {
            var recreate = deployment.Body.Text("spec", "strategy", "type") == "Recreate";
            if (recreate && !paused && current is null && OldPodsLeft(sets, null))
            {
                ScaleOldDown(deployment, sets);
                Report(deployment, null, sets);
                return;
            }

            current = paused ? current : EnsureRevision(deployment, current, sets, hash);
            if (paused) ScaleProportionally(deployment, current, sets);
            else if (recreate) Recreate(deployment, current!, sets);
            else Roll(deployment, current!, sets);
            if (!paused) CleanUp(deployment, current!);
        }

        Report(deployment, current, Store.OwnedBy(deployment.Uid).Where(set => set.Type == ResourceCatalogue.ReplicaSets).ToList());
    }

    private static bool IsOf(StoredObject set, StoredObject deployment, string hash)
    {
        if (set.Labels.GetValueOrDefault(HashLabel) == hash && set.Name == $"{deployment.Name}-{hash}") return true;
        var template = set.Body.Map("spec", "template")?.Copy();
        template?.Map("metadata", "labels")?.Remove(HashLabel);
        return template.Same(deployment.Body.At("spec", "template"));
    }

    private static int Wanted(StoredObject item) => (int)(item.Body.Number("spec", "replicas") ?? 1);

    private static long Revision(StoredObject item) =>
        long.TryParse(item.Body.Text("metadata", "annotations", RevisionKey), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : 0;

    private StoredObject EnsureRevision(StoredObject deployment, StoredObject? current, List<StoredObject> sets, string hash)
    {
        var highest = sets.Where(set => set != current).Select(Revision).DefaultIfEmpty(0).Max();
        if (current is null)
        {
            current = CreateSet(deployment, hash, highest + 1);
            sets.Add(current);
        }
        else if (Revision(current) < highest + 1 && highest >= Revision(current))
        {
            // Going back to an old template makes it the newest revision, as kubectl rollout undo expects.
            var next = (highest + 1).ToString(CultureInfo.InvariantCulture);
            Registry.Change(current, body =>
            {
                var annotations = body.Ensure("metadata").Ensure("annotations");
                if (annotations.Text(RevisionKey) is { } old)
                    annotations["deployment.kubernetes.io/revision-history"] = annotations.Text("deployment.kubernetes.io/revision-history") is { } history ? history + "," + old : old;
                annotations[RevisionKey] = next;
            });
            current = Store.Find(current.Type, current.Namespace, current.Name)!;
        }

        var revision = Revision(current).ToString(CultureInfo.InvariantCulture);
        CopyAnnotations(deployment, current);
        if (deployment.Body.Text("metadata", "annotations", RevisionKey) != revision)
            Registry.Change(Store.Find(deployment.Type, deployment.Namespace, deployment.Name)!, body => body.Ensure("metadata").Ensure("annotations")[RevisionKey] = revision);
        return Store.Find(current.Type, current.Namespace, current.Name)!;
    }

    private static readonly HashSet<string> notCopied = ["kubectl.kubernetes.io/last-applied-configuration", RevisionKey, "deployment.kubernetes.io/revision-history", "deployment.kubernetes.io/desired-replicas", "deployment.kubernetes.io/max-replicas", "deprecated.deployment.rollback.to"];

    private void CopyAnnotations(StoredObject deployment, StoredObject set)
    {
        var wanted = deployment.Body.TextMap("metadata", "annotations").Where(pair => !notCopied.Contains(pair.Key)).ToArray();
        if (wanted.All(pair => set.Body.Text("metadata", "annotations", pair.Key) == pair.Value)) return;
        Registry.Change(set, body =>
        {
            foreach (var (name, value) in wanted) body.Ensure("metadata").Ensure("annotations")[name] = value;
        });
    }

    private StoredObject CreateSet(StoredObject deployment, string hash, long revision)
    {
        var template = deployment.Body.Map("spec", "template")!.Copy();
        template.Ensure("metadata").Ensure("labels")[HashLabel] = hash;
        var selector = deployment.Body.Map("spec", "selector")!.Copy();
        selector.Ensure("matchLabels")[HashLabel] = hash;
        var annotations = new JsonObject();
        foreach (var (name, value) in deployment.Body.TextMap("metadata", "annotations"))
        {
            if (!notCopied.Contains(name)) annotations[name] = value;
        }

        annotations[RevisionKey] = revision.ToString(CultureInfo.InvariantCulture);
        annotations["deployment.kubernetes.io/desired-replicas"] = Wanted(deployment).ToString(CultureInfo.InvariantCulture);
        annotations["deployment.kubernetes.io/max-replicas"] = (Wanted(deployment) + Surge(deployment)).ToString(CultureInfo.InvariantCulture);
        var spec = new JsonObject { ["replicas"] = 0L, ["selector"] = selector, ["template"] = template };
        spec.Put("minReadySeconds", deployment.Body.At("spec", "minReadySeconds").Copy());
        return Registry.Create(ResourceCatalogue.ReplicaSets, deployment.Namespace, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Name}-{hash}", ["labels"] = template.At("metadata", "labels").Copy(), ["annotations"] = annotations,
                ["ownerReferences"] = new JsonArray(PodFactory.OwnerReference(deployment)),
            },
            ["spec"] = spec,
        });
    }

    private static int Surge(StoredObject deployment)
    {
        var rolling = deployment.Body.Map("spec", "strategy", "rollingUpdate");
        return PodFactory.Resolve(rolling?["maxSurge"], Wanted(deployment), roundUp: true);
    }

    private static int Unavailable(StoredObject deployment)
    {
        var rolling = deployment.Body.Map("spec", "strategy", "rollingUpdate");
        var unavailable = PodFactory.Resolve(rolling?["maxUnavailable"], Wanted(deployment), roundUp: false);
        return unavailable == 0 && Surge(deployment) == 0 ? 1 : Math.Min(unavailable, Wanted(deployment));
    }

    private void Scale(StoredObject deployment, StoredObject set, int replicas)
    {
        if (Wanted(set) == replicas) return;
        events.Tell(deployment, "ScalingReplicaSet", $"Scaled {(replicas > Wanted(set) ? "up" : "down")} replica set {set.Name} to {replicas}", Component);
        Registry.Change(set, body => body.Ensure("spec")["replicas"] = (long)replicas);
    }

    private static int Available(StoredObject set) => (int)(set.Body.Number("status", "availableReplicas") ?? 0);

    private void Roll(StoredObject deployment, StoredObject current, List<StoredObject> sets)
    {
        var wanted = Wanted(deployment);
        var old = sets.Where(set => set.Uid != current.Uid && Wanted(set) > 0).OrderBy(Revision).ToList();
        var total = Wanted(current) + old.Sum(Wanted);
        var most = wanted + Surge(deployment);
        if (Wanted(current) > wanted)
        {
            Scale(deployment, current, wanted);
            return;
        }

        if (Wanted(current) < wanted && total < most)
        {
            Scale(deployment, current, Math.Min(wanted, Wanted(current) + most - total));
            return;
        }

        if (old.Count == 0) return;
        // Old pods that do not work go first: they serve nobody.
        var least = wanted - Unavailable(deployment);
        var newUnavailable = Wanted(current) - Available(current);
        var surplus = total - least - newUnavailable;
        foreach (var set in old)
        {
            if (surplus <= 0) break;
            var broken = Math.Min(surplus, Wanted(set) - Math.Min(Wanted(set), Available(set)));
            if (broken <= 0) continue;
            Scale(deployment, set, Wanted(set) - broken);
            surplus -= broken;
        }

        old = [.. old.Select(set => Store.Find(set.Type, set.Namespace, set.Name)!).Where(set => Wanted(set) > 0)];
        var spare = Available(current) + old.Sum(set => Math.Min(Wanted(set), Available(set))) - least;
        foreach (var set in old)
        {
            if (spare <= 0) break;
            var fewer = Math.Min(spare, Wanted(set));
            Scale(deployment, set, Wanted(set) - fewer);
            spare -= fewer;
        }
    }

    private void Recreate(StoredObject deployment, StoredObject current, List<StoredObject> sets)
    {
        ScaleOldDown(deployment, [.. sets.Where(set => set.Uid != current.Uid)]);
        if (!OldPodsLeft(sets, current)) Scale(deployment, current, Wanted(deployment));
    }

    private void ScaleOldDown(StoredObject deployment, List<StoredObject> sets)
    {
        foreach (var set in sets) Scale(deployment, set, 0);
    }

    private bool OldPodsLeft(List<StoredObject> sets, StoredObject? current) =>
        sets.Where(set => set.Uid != current?.Uid).Any(set => Store.OwnedBy(set.Uid).Any(pod => pod.Type == ResourceCatalogue.Pods && !PodFactory.IsFinished(pod.Body)));

    // While paused nothing rolls, but the size still follows: the newest set takes the difference.
    private void ScaleProportionally(StoredObject deployment, StoredObject? current, List<StoredObject> sets)
    {
        var target = current ?? sets.OrderByDescending(Revision).FirstOrDefault();
        if (target is null) return;
        var others = sets.Where(set => set.Uid != target.Uid).Sum(Wanted);
        if (others == 0) Scale(deployment, target, Wanted(deployment));
    }

    private void CleanUp(StoredObject deployment, StoredObject current)
    {
        var keep = (int)(deployment.Body.Number("spec", "revisionHistoryLimit") ?? 10);
        var old = Store.OwnedBy(deployment.Uid).Where(set => set.Type == ResourceCatalogue.ReplicaSets && set.Uid != current.Uid && Wanted(set) == 0 && (set.Body.Number("status", "replicas") ?? 0) == 0 && !set.Body.Deleting());
        foreach (var set in old.OrderByDescending(Revision).Skip(keep)) Registry.Delete(set.Type, set.Namespace, set.Name, DeleteOptions.Background);
    }

    private void Report(StoredObject deployment, StoredObject? current, List<StoredObject> sets)
    {
        if (Store.Find(deployment.Type, deployment.Namespace, deployment.Name) is not { } latest) return;
        current = current is null ? null : Store.Find(current.Type, current.Namespace, current.Name);
        long Sum(Func<StoredObject, long> of) => sets.Sum(of);
        long Of(StoredObject set, string field) => set.Body.Number("status", field) ?? 0;
        var wanted = Wanted(latest);
        var total = Sum(set => Of(set, "replicas"));
        var updated = current is null ? 0 : Of(current, "replicas");
        var ready = Sum(set => Of(set, "readyReplicas"));
        var available = Sum(set => Of(set, "availableReplicas"));
        var unavailable = Math.Max(0, Sum(set => Wanted(set)) - available);
        var minimum = wanted - Unavailable(latest);
        var failure = current is null ? null : PodFactory.Condition(current.Body, "ReplicaFailure").Text("message");
        var complete = updated == wanted && total == wanted && available == wanted;
        var (reason, holds, message) = Progress(latest, current, complete, $"{current?.Uid}/{updated}/{total - updated}/{ready}/{available}");
        Registry.Change(latest, body =>
        {
            var status = body.Ensure("status");
            status["observedGeneration"] = body.Number("metadata", "generation") ?? 1;
            status.Put("replicas", total > 0 ? total : null);
            status.Put("updatedReplicas", updated > 0 ? updated : null);
            status.Put("readyReplicas", ready > 0 ? ready : null);
            status.Put("availableReplicas", available > 0 ? available : null);
            status.Put("unavailableReplicas", unavailable > 0 ? unavailable : null);
            if (available >= minimum) PodConditions.Set(body, "Available", true, "MinimumReplicasAvailable", "Deployment has minimum availability.", Now);
            else PodConditions.Set(body, "Available", false, "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", Now);
            if (failure is not null) PodConditions.Set(body, "ReplicaFailure", true, "FailedCreate", failure, Now);
            else if (status.List("conditions") is { } conditions && conditions.OfType<JsonObject>().FirstOrDefault(each => each.Text("type") == "ReplicaFailure") is { } gone) conditions.Remove(gone);
            var before = PodFactory.Condition(body, "Progressing");
            if (before.Text("reason") != reason || before.Text("message") != message) Stamp(body, holds, reason, message);
        }, "status");
    }

    private void Stamp(JsonObject body, string holds, string reason, string message)
    {
        PodConditions.Set(body, "Progressing", holds, reason, message, Now);
        PodFactory.Condition(body, "Progressing")!["lastUpdateTime"] = Now.Stamp();
    }

    private (string Reason, string Holds, string Message) Progress(StoredObject deployment, StoredObject? current, bool complete, string mark)
    {
        var name = current?.Name ?? deployment.Name;
        var before = PodFactory.Condition(deployment.Body, "Progressing");
        if (deployment.Body.Flag("spec", "paused") == true) return ("DeploymentPaused", "Unknown", "Deployment is paused");
        if (complete && current is not null)
        {
            progress[deployment.Uid] = (mark, Now);
            return ("NewReplicaSetAvailable", "True", $"ReplicaSet \"{name}\" has successfully progressed.");
        }

        // A finished rollout that loses a pod is no new rollout.
        if (before.Text("reason") == "NewReplicaSetAvailable" && before.Text("message")?.Contains('"' + name + '"', StringComparison.Ordinal) == true)
            return ("NewReplicaSetAvailable", "True", before.Text("message")!);
        if (!progress.TryGetValue(deployment.Uid, out var last) || last.Progress != mark) progress[deployment.Uid] = last = (mark, Now);
        var deadline = last.At.AddSeconds(deployment.Body.Number("spec", "progressDeadlineSeconds") ?? 600);
        if (Now >= deadline) return ("ProgressDeadlineExceeded", "False", $"ReplicaSet \"{name}\" has timed out progressing.");
        EnqueueAt(deadline, ObjectKey.Of(deployment));
        return ("ReplicaSetUpdated", "True", $"ReplicaSet \"{name}\" is progressing.");
    }
}
