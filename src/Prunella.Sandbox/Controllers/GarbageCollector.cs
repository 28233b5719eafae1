using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Deletes what its owners left behind, holds foreground deletions until their dependents are gone, and cuts orphans loose.</summary>
internal sealed class GarbageCollector : Controller
{

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (kind == ChangeKind.Deleted)
        {
            // Keyed by uid: dependents may live under any name, and the owner can no longer be looked up.
            Enqueue(new ObjectKey("", item.Uid));
            foreach (var owner in item.Body.Items("metadata", "ownerReferences"))
            {
                if (owner.Text("uid") is { } uid) Enqueue(new ObjectKey("", uid));
            }
        }
        else if (item.Body.Deleting()) Enqueue(new ObjectKey("", item.Uid));
        else if (kind == ChangeKind.Added && item.Body.List("metadata", "ownerReferences") is { Count: > 0 }) Enqueue(new ObjectKey(item.Type.Plural, item.Uid));
    }

    public override void Reconcile(ObjectKey key)
    {
        var uid = key.Name;
        var owner = Store.FindUid(uid);
        if (key.Namespace.Length > 0)
        {
            if (owner is not null) DeleteIfAbandoned(owner);
            return;
        }

        var dependents = Store.OwnedBy(uid);
        if (owner is null)
        {
            foreach (var each in dependents) DeleteIfAbandoned(each);
            return;
        }

        if (!owner.Body.Deleting()) return;
        var finalizers = owner.Body.Texts("metadata", "finalizers").ToArray();
        if (finalizers.Contains("orphan"))
        {
            foreach (var each in dependents) DropReference(each, uid);
            DropFinalizer(owner, "orphan");
        }
        else if (finalizers.Contains("foregroundDeletion"))
        {
            var blocking = dependents.Where(each => each.Body.Items("metadata", "ownerReferences").Any(reference => reference.Text("uid") == uid && reference.Flag("blockOwnerDeletion") == true)).ToArray();
            foreach (var each in dependents)
            {
                if (!each.Body.Deleting()) Delete(each, Propagation.Foreground);
            }

            if (blocking.Length == 0 || Store.OwnedBy(uid).All(each => !blocking.Any(one => one.Uid == each.Uid))) DropFinalizer(owner, "foregroundDeletion");
        }
    }

    private void DeleteIfAbandoned(StoredObject item)
    {
        var references = item.Body.Items("metadata", "ownerReferences").ToArray();
        if (references.Length == 0 || item.Body.Deleting()) return;
        if (references.Any(reference => reference.Text("uid") is { } uid && Store.FindUid(uid) is not null)) return;
        Delete(item, Propagation.Background);
    }

    private void Delete(StoredObject item, Propagation propagation)
    {
        try
        {
            Registry.Delete(item.Type, item.Namespace, item.Name, new DeleteOptions { Uid = item.Uid, Propagation = propagation });
        }
        catch (ApiStatusException e) when (e.Status.Code is 404 or 409)
        {
            // gone, or another object of that name by now
        }
    }

    private void DropReference(StoredObject item, string uid) => Registry.Change(item, body =>
    {
        var left = body.Items("metadata", "ownerReferences").Where(reference => reference.Text("uid") != uid).Select(reference => (JsonNode)reference.Copy()).ToArray();
        body.Ensure("metadata").Put("ownerReferences", left.Length == 0 ? null : new JsonArray(left));
    });

    private void DropFinalizer(StoredObject item, string finalizer) => Finalizers.Drop(Registry, item, finalizer);
}

/// <summary>Takes a finalizer off an object, which may be the end of it.</summary>
internal static class Finalizers
{
    public static void Drop(ObjectRegistry registry, StoredObject item, string finalizer) => registry.Change(item, body =>
    {
        var left = body.Texts("metadata", "finalizers").Where(each => each != finalizer).Select(each => (JsonNode)each).ToArray();
        body.Ensure("metadata").Put("finalizers", left.Length == 0 ? null : new JsonArray(left));
    });
}
