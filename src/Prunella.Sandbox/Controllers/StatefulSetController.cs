using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Keeps the numbered pods of a stateful set, one after the other, each with its own claims.</summary>
internal sealed class StatefulSetController(EventRecorder events) : Controller
{
    private const string Component = "statefulset-controller";
    private const string RevisionLabel = "controller-revision-hash";

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.StatefulSets) Enqueue(ObjectKey.Of(item));
        else if (item.Type == ResourceCatalogue.Pods && PodFactory.ControllerOf(Store, item) is { } owner && owner.Type == ResourceCatalogue.StatefulSets) Enqueue(ObjectKey.Of(owner));
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.StatefulSets, key.Namespace, key.Name) is not { } set || set.Body.Deleting()) return;
        var wanted = (int)(set.Body.Number("spec", "replicas") ?? 1);
        var hash = PodFactory.TemplateHash(set.Body.At("spec", "template"));
        var revision = $"{set.Name}-{hash}";
        EnsureRevision(set, revision);
        var pods = Store.OwnedBy(set.Uid).Where(pod => pod.Type == ResourceCatalogue.Pods).ToDictionary(pod => Ordinal(set, pod));
        if (Step(set, pods, wanted, revision)) pods = Store.OwnedBy(set.Uid).Where(pod => pod.Type == ResourceCatalogue.Pods).ToDictionary(pod => Ordinal(set, pod));
        Report(set, pods.Values, wanted, revision);
    }

    private static int Ordinal(StoredObject set, StoredObject pod) =>
        pod.Name.Length > set.Name.Length + 1 && int.TryParse(pod.Name.AsSpan(set.Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) ? ordinal : int.MaxValue;

    private bool Step(StoredObject set, Dictionary<int, StoredObject> pods, int wanted, string revision)
    {
        var parallel = set.Body.Text("spec", "podManagementPolicy") == "Parallel";
        var acted = false;
        for (var ordinal = 0; ordinal < wanted; ordinal++)
        {
            if (!pods.TryGetValue(ordinal, out var pod))
            {
                Create(set, ordinal, revision);
                if (!parallel) return true;
                acted = true;
            }
            else if (PodFactory.IsFinished(pod.Body) && !pod.Body.Deleting())
            {
                Registry.Delete(pod.Type, pod.Namespace, pod.Name, DeleteOptions.Background);
                return true;
            }
            else if (!parallel && (!PodFactory.IsReady(pod.Body) || pod.Body.Deleting())) return acted;
        }

        foreach (var (ordinal, pod) in pods.OrderByDescending(pair => pair.Key))
        {
            if (ordinal < wanted) break;
            if (!pod.Body.Deleting())
            {
                Registry.Delete(pod.Type, pod.Namespace, pod.Name, DeleteOptions.Background);
                events.Tell(set, "SuccessfulDelete", $"delete Pod {pod.Name} in StatefulSet {set.Name} successful", Component);
                acted = true;
            }

            if (!parallel) return acted;
        }

        return acted | Update(set, pods, wanted, revision);
    }

    // From the highest number down, one at a time, each ready again before the next.
    private bool Update(StoredObject set, Dictionary<int, StoredObject> pods, int wanted, string revision)
    {
        if (set.Body.Text("spec", "updateStrategy", "type") == "OnDelete") return false;
        var partition = (int)(set.Body.Number("spec", "updateStrategy", "rollingUpdate", "partition") ?? 0);
        for (var ordinal = wanted - 1; ordinal >= partition; ordinal--)
        {
            if (!pods.TryGetValue(ordinal, out var pod) || pod.Body.Deleting()) return false;
            if (pod.Labels.GetValueOrDefault(RevisionLabel) != revision)
            {
                Registry.Delete(pod.Type, pod.Namespace, pod.Name, DeleteOptions.Background);
                events.Tell(set, "SuccessfulDelete", $"delete Pod {pod.Name} in StatefulSet {set.Name} successful", Component);
                return true;
            }

            if (!PodFactory.IsReady(pod.Body)) return false;
        }

        return false;
    }

    private void EnsureRevision(StoredObject set, string name)
    {
        if (Store.Find(ResourceCatalogue.ControllerRevisions, set.Namespace, name) is not null) return;
        var existing = Store.OwnedBy(set.Uid).Where(item => item.Type == ResourceCatalogue.ControllerRevisions).Select(item => item.Body.Number("revision") ?? 0).DefaultIfEmpty(0).Max();
        Registry.Create(ResourceCatalogue.ControllerRevisions, set.Namespace, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = set.Body.At("spec", "template", "metadata", "labels").Copy(), ["ownerReferences"] = new JsonArray(PodFactory.OwnerReference(set)) },
            ["data"] = new JsonObject { ["spec"] = new JsonObject { ["template"] = WithDirective(set.Body.Map("spec", "template")!) } }, ["revision"] = existing + 1,
        });
    }

    private static JsonObject WithDirective(JsonObject template)
    {
        var copy = template.Copy();
        copy["$patch"] = "replace";
        return copy;
    }

    private void Create(StoredObject set, int ordinal, string revision)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{set.Name}-{ordinal}");
        var body = PodFactory.FromTemplate(set, set.Body.At("spec", "template"));
        var metadata = body.Ensure("metadata");
        metadata["name"] = name;
        metadata.Ensure("labels")["statefulset.kubernetes.io/pod-name"] = name;
        metadata.Ensure("labels")[RevisionLabel] = revision;
        var spec = body.Ensure("spec");
        spec["hostname"] = name;
        spec.Put("subdomain", set.Body.At("spec", "serviceName").Copy());
        foreach (var template in set.Body.Items("spec", "volumeClaimTemplates"))
        {
            var claim = $"{template.Name()}-{name}";
            if (Store.Find(ResourceCatalogue.Claims, set.Namespace, claim) is null) CreateClaim(set, template, claim);
            var volumes = spec.EnsureList("volumes");
            foreach (var shadowed in volumes.OfType<JsonObject>().Where(volume => volume.Text("name") == template.Name()).ToArray()) volumes.Remove(shadowed);
            volumes.Add(new JsonObject { ["name"] = template.Name(), ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim } });
        }

        try
        {
            Registry.Create(ResourceCatalogue.Pods, set.Namespace, body);
            events.Tell(set, "SuccessfulCreate", $"create Pod {name} in StatefulSet {set.Name} successful", Component);
        }
        catch (ApiStatusException e) when (e.Status.Code is 403 or 409 or 422)
        {
            events.Warn(set, "FailedCreate", $"create Pod {name} in StatefulSet {set.Name} failed error: {e.Status.Message}", Component);
            EnqueueAt(Now.AddSeconds(5), ObjectKey.Of(set));
        }
    }

    private void CreateClaim(StoredObject set, JsonObject template, string name)
    {
        var metadata = new JsonObject { ["name"] = name };
        metadata.Put("labels", set.Body.At("spec", "selector", "matchLabels").Copy());
        Registry.Create(ResourceCatalogue.Claims, set.Namespace, new JsonObject { ["metadata"] = metadata, ["spec"] = template.Map("spec")!.Copy() });
        events.Tell(set, "SuccessfulCreate", $"create Claim {name} Pod {name} in StatefulSet {set.Name} success", Component);
    }

    private void Report(StoredObject set, IEnumerable<StoredObject> pods, int wanted, string revision)
    {
        var live = pods.Where(pod => !PodFactory.IsFinished(pod.Body)).ToArray();
        long ready = live.Count(pod => PodFactory.IsReady(pod.Body));
        long updated = live.Count(pod => pod.Labels.GetValueOrDefault(RevisionLabel) == revision);
        Registry.Change(set, body =>
        {
            var status = body.Ensure("status");
            var done = updated == wanted && live.Length == wanted && ready == wanted;
            status["observedGeneration"] = body.Number("metadata", "generation") ?? 1;
            status["replicas"] = (long)live.Length;
            status.Put("readyReplicas", ready > 0 ? ready : null);
            status.Put("availableReplicas", ready > 0 ? ready : null);
            status.Put("updatedReplicas", updated > 0 ? updated : null);
            status.Put("currentReplicas", done ? updated : live.Length - updated is > 0 and { } old ? old : null);
            status["updateRevision"] = revision;
            if (done || status["currentRevision"] is null) status["currentRevision"] = revision;
        }, "status");
    }
}
