using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Furnishes new namespaces and empties those being deleted.</summary>
internal sealed class NamespaceController : Controller
{
    private static readonly ResourceType[] inside = [.. ResourceCatalogue.All.Where(type => type.Namespaced)];

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.Namespaces) Enqueue(ObjectKey.Of(item));
        else if (kind == ChangeKind.Deleted && item.Type.Namespaced && Store.Find(ResourceCatalogue.Namespaces, "", item.Namespace) is { } ns && ns.Body.Deleting()) Enqueue(ObjectKey.Of(ns));
        else if (kind == ChangeKind.Deleted && item.Type == ResourceCatalogue.ServiceAccounts && item.Name == "default") Enqueue(new ObjectKey("", item.Namespace));
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.Namespaces, "", key.Name) is not { } ns) return;
        if (!ns.Body.Deleting())
        {
            Furnish(ns.Name);
            return;
        }

        var left = 0;
        foreach (var type in inside)
        {
            foreach (var item in Store.List(type, ns.Name))
            {
                left++;
                if (item.Body.Deleting()) continue;
                try
                {
                    if (Registry.Delete(type, ns.Name, item.Name, new DeleteOptions { Propagation = Propagation.Background }).Gone) left--;
                }
                catch (ApiStatusException e) when (e.Status.Code == 404)
                {
                    left--;
                }
            }
        }

        if (left > 0) return;
        Registry.Change(ns, body => body.Ensure("spec").Remove("finalizers"), "finalize");
    }

    private void Furnish(string ns)
    {
        if (Store.Find(ResourceCatalogue.ServiceAccounts, ns, "default") is null)
            Registry.Create(ResourceCatalogue.ServiceAccounts, ns, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default" } });
        if (Store.Find(ResourceCatalogue.ConfigMaps, ns, "kube-root-ca.crt") is null)
        {
            Registry.Create(ResourceCatalogue.ConfigMaps, ns, new JsonObject
                { ["metadata"] = new JsonObject { ["name"] = "kube-root-ca.crt" }, ["data"] = new JsonObject { ["ca.crt"] = "the sandbox serves plain HTTP on loopback and has no certificate authority\n" } });
        }
    }
}
