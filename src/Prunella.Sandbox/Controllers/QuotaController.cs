using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Reports what each quota's namespace uses.</summary>
internal sealed class QuotaController : Controller
{
    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.Quotas) Enqueue(ObjectKey.Of(item));
        else if (item.Type.Namespaced && item.Type != ResourceCatalogue.Events && Store.Count(ResourceCatalogue.Quotas) > 0
            && (kind != ChangeKind.Modified || (item.Type == ResourceCatalogue.Pods && PodFactory.IsFinished(item.Body))))
        {
            foreach (var quota in Store.List(ResourceCatalogue.Quotas, item.Namespace)) Enqueue(ObjectKey.Of(quota));
        }
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.Quotas, key.Namespace, key.Name) is not { } quota || quota.Body.Map("spec", "hard") is not { } hard) return;
        var used = QuotaUsage.Of(Store, key.Namespace, hard);
        Registry.Change(quota, body =>
        {
            var shown = new JsonObject();
            foreach (var (name, _) in hard) shown[name] = new Quantity(used.GetValueOrDefault(name), name.Contains("memory", StringComparison.Ordinal) || name.Contains("storage", StringComparison.Ordinal)).ToString();
            body["status"] = new JsonObject { ["hard"] = hard.Copy(), ["used"] = shown };
        }, "status");
    }
}
