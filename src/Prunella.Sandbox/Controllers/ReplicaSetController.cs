using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Selectors;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Keeps the number of a replica set's pods.</summary>
internal sealed class ReplicaSetController(EventRecorder events) : Controller
{
    private const string Component = "replicaset-controller";
    private const int BurstMax = 500; // upstream's own bound on pods made or deleted in one pass

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.ReplicaSets) Enqueue(ObjectKey.Of(item));
        else if (item.Type == ResourceCatalogue.Pods && PodFactory.ControllerOf(Store, item) is { } owner && owner.Type == ResourceCatalogue.ReplicaSets) Enqueue(ObjectKey.Of(owner));
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.ReplicaSets, key.Namespace, key.Name) is not { } set) return;
        var pods = Store.OwnedBy(set.Uid).Where(pod => pod.Type == ResourceCatalogue.Pods && PodFactory.IsControlledBy(pod.Body, set.Uid)).ToList();
        var active = pods.Where(pod => PodFactory.IsActive(pod.Body)).ToList();
        var wanted = (int)(set.Body.Number("spec", "replicas") ?? 1);
        string? failure = null;
        if (!set.Body.Deleting())
        {
            if (active.Count < wanted) Adopt(set, active);
            if (active.Count < wanted) failure = Create(set, Math.Min(BurstMax, wanted - active.Count));
            else if (active.Count > wanted) Delete(set, active, active.Count - wanted);
        }

        Report(set, failure);
    }

    // Pods that carry the labels and have no owner are taken in.
    private void Adopt(StoredObject set, List<StoredObject> active)
    {
        var selector = LabelSelector.From(set.Body.At("spec", "selector"));
        foreach (var pod in Store.List(ResourceCatalogue.Pods, set.Namespace))
        {
            if (!selector.Matches(pod.Labels) || !PodFactory.IsActive(pod.Body) || pod.Body.List("metadata", "ownerReferences") is { Count: > 0 }) continue;
            Registry.Change(pod, body => body.Ensure("metadata").EnsureList("ownerReferences").Add(PodFactory.OwnerReference(set)));
            active.Add(Store.Find(pod.Type, pod.Namespace, pod.Name)!);
        }
    }

    private string? Create(StoredObject set, int count)
    {
        for (var index = 0; index < count; index++)
        {
            var body = PodFactory.FromTemplate(set, set.Body.At("spec", "template"));
            body.Ensure("metadata")["generateName"] = set.Name + "-";
            try
            {
                var pod = Registry.Create(ResourceCatalogue.Pods, set.Namespace, body);
                events.Tell(set, "SuccessfulCreate", $"Created pod: {pod.Name}", Component);
            }
            catch (ApiStatusException e)
            {
                if (e.Status.Causes.Any(cause => cause.Reason == "NamespaceTerminating")) return null;
                events.Warn(set, "FailedCreate", "Error creating: " + e.Status.Message, Component);
                EnqueueAt(Now.AddSeconds(5), ObjectKey.Of(set)); // a quota may be raised
                return e.Status.Message;
            }
        }

        return null;
    }

    private void Delete(StoredObject set, List<StoredObject> active, int count)
    {
        foreach (var pod in PodFactory.MostDispensable(active).Take(Math.Min(BurstMax, count)))
        {
            Registry.Delete(pod.Type, pod.Namespace, pod.Name, DeleteOptions.Background with { Uid = pod.Uid });
            events.Tell(set, "SuccessfulDelete", $"Deleted pod: {pod.Name}", Component);
        }
    }

    private void Report(StoredObject set, string? failure)
    {
        var minReady = set.Body.Number("spec", "minReadySeconds") ?? 0;
        var labels = LabelSelector.From(new JsonObject { ["matchLabels"] = set.Body.At("spec", "template", "metadata", "labels").Copy() });
        int total = 0, labelled = 0, ready = 0, available = 0;
        foreach (var pod in Store.OwnedBy(set.Uid))
        {
            if (pod.Type != ResourceCatalogue.Pods || !PodFactory.IsActive(pod.Body)) continue;
            total++;
            if (labels.Matches(pod.Labels)) labelled++;
            if (PodFactory.IsReady(pod.Body)) ready++;
            if (PodFactory.IsAvailable(pod.Body, minReady, Now, out var later)) available++;
            else if (later is { } due) EnqueueAt(due, ObjectKey.Of(set));
        }

        Registry.Change(set, body =>
        {
            var status = body.Ensure("status");
            status["replicas"] = (long)total;
            status.Put("fullyLabeledReplicas", labelled > 0 ? labelled : null);
            status.Put("readyReplicas", ready > 0 ? ready : null);
            status.Put("availableReplicas", available > 0 ? available : null);
            status["observedGeneration"] = body.Number("metadata", "generation") ?? 1;
            if (failure is not null) PodConditions.Set(body, "ReplicaFailure", true, "FailedCreate", failure, Now);
            else if (total >= (set.Body.Number("spec", "replicas") ?? 1) && status.List("conditions") is not null) status.Remove("conditions");
        }, "status");
    }
}
