using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Binds claims to volumes made for them, grows them when asked, and protects those in use.</summary>
internal sealed class ClaimController(EventRecorder events) : Controller
{
    private const string Protection = "kubernetes.io/pvc-protection";
    private const string Component = "persistentvolume-controller";

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.Claims)
        {
            Enqueue(ObjectKey.Of(item));
            if (kind == ChangeKind.Deleted && item.Body.Text("spec", "volumeName") is { } volume) Release(volume);
        }
        else if (item.Type == ResourceCatalogue.Volumes && item.Body.Deleting()) Finalizers.Drop(Registry, item, "kubernetes.io/pv-protection");
        else if (item.Type == ResourceCatalogue.StorageClasses)
        {
            foreach (var claim in Store.List(ResourceCatalogue.Claims)) Enqueue(ObjectKey.Of(claim));
        }
        else if (item.Type == ResourceCatalogue.Pods)
        {
            foreach (var volume in item.Body.Items("spec", "volumes"))
            {
                if (volume.Text("persistentVolumeClaim", "claimName") is { } name) Enqueue(new ObjectKey(item.Namespace, name));
            }
        }
    }

    private void Release(string name)
    {
        if (Store.Find(ResourceCatalogue.Volumes, "", name) is not { } volume) return;
        if (volume.Body.Text("spec", "persistentVolumeReclaimPolicy") == "Delete") Registry.Delete(volume.Type, "", name, DeleteOptions.Now);
        else Registry.Change(volume, body => body.Ensure("status")["phase"] = "Released", "status");
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.Claims, key.Namespace, key.Name) is not { } claim) return;
        if (claim.Body.Deleting())
        {
            var used = Store.List(ResourceCatalogue.Pods, key.Namespace).Any(pod => !PodFactory.IsFinished(pod.Body)
                && pod.Body.Items("spec", "volumes").Any(volume => volume.Text("persistentVolumeClaim", "claimName") == key.Name));
            if (!used) Finalizers.Drop(Registry, claim, Protection);
            return;
        }

        if (claim.Body.Text("status", "phase") == "Bound") Grow(claim);
        else Bind(claim);
    }

    private void Bind(StoredObject claim)
    {
        var name = claim.Body.Text("spec", "storageClassName");
        if (string.IsNullOrEmpty(name) || Store.Find(ResourceCatalogue.StorageClasses, "", name) is not { } storage)
        {
            if (string.IsNullOrEmpty(name)) events.Tell(claim, "FailedBinding", "no persistent volumes available for this claim and no storage class is set", Component);
            else events.Warn(claim, "ProvisioningFailed", $"storageclass.storage.k8s.io \"{name}\" not found", Component);
            return;
        }

        if (storage.Body.Text("volumeBindingMode") == "WaitForFirstConsumer" && !Store.List(ResourceCatalogue.Pods, claim.Namespace).Any(pod => pod.Body.Text("spec", "nodeName") is { Length: > 0 }
            && pod.Body.Items("spec", "volumes").Any(volume => volume.Text("persistentVolumeClaim", "claimName") == claim.Name)))
        {
            events.Tell(claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding", Component);
            return;
        }

        var volumeName = "pvc-" + claim.Uid;
        var size = claim.Body.Text("spec", "resources", "requests", "storage")!;
        if (Store.Find(ResourceCatalogue.Volumes, "", volumeName) is null)
        {
            Registry.Create(ResourceCatalogue.Volumes, "", new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = volumeName, ["annotations"] = new JsonObject { ["pv.kubernetes.io/provisioned-by"] = storage.Body.Text("provisioner") } },
                ["spec"] = new JsonObject
                {
                    ["capacity"] = new JsonObject { ["storage"] = size }, ["accessModes"] = claim.Body.At("spec", "accessModes").Copy(), ["storageClassName"] = name,
                    ["persistentVolumeReclaimPolicy"] = storage.Body.Text("reclaimPolicy") ?? "Delete", ["hostPath"] = new JsonObject { ["path"] = "/var/sandbox/" + volumeName },
                    ["claimRef"] = new JsonObject { ["kind"] = "PersistentVolumeClaim", ["apiVersion"] = "v1", ["namespace"] = claim.Namespace, ["name"] = claim.Name, ["uid"] = claim.Uid },
                },
            });
            Registry.Change(Store.Find(ResourceCatalogue.Volumes, "", volumeName)!, body => body.Ensure("status")["phase"] = "Bound", "status");
        }

        Registry.Change(claim, body => body.Ensure("spec")["volumeName"] = volumeName);
        Registry.Change(Store.Find(claim.Type, claim.Namespace, claim.Name)!, body =>
        {
            var status = body.Ensure("status");
            status["phase"] = "Bound";
            status["accessModes"] = body.At("spec", "accessModes").Copy();
            status["capacity"] = new JsonObject { ["storage"] = size };
        }, "status");
        events.Tell(claim, "ProvisioningSucceeded", $"Successfully provisioned volume {volumeName}", storage.Body.Text("provisioner") ?? Component);
    }

    private void Grow(StoredObject claim)
    {
        var wanted = Quantity.Of(claim.Body.At("spec", "resources", "requests", "storage"));
        if (wanted <= Quantity.Of(claim.Body.At("status", "capacity", "storage"))) return;
        var size = claim.Body.Text("spec", "resources", "requests", "storage")!;
        if (Store.Find(ResourceCatalogue.StorageClasses, "", claim.Body.Text("spec", "storageClassName") ?? "")?.Body.Flag("allowVolumeExpansion") != true) return;
        if (Store.Find(ResourceCatalogue.Volumes, "", claim.Body.Text("spec", "volumeName") ?? "") is { } volume)
            Registry.Change(volume, body => body.Ensure("spec").Ensure("capacity")["storage"] = size);
        Registry.Change(claim, body => body.Ensure("status")["capacity"] = new JsonObject { ["storage"] = size }, "status");
        events.Tell(claim, "FileSystemResizeSuccessful", "MountVolume.NodeExpandVolume succeeded for volume \"" + claim.Body.Text("spec", "volumeName") + "\"", "kubelet");
    }
}
