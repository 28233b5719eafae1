using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Selectors;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Lists the ready pods behind each service with a selector, as Endpoints and as an EndpointSlice.</summary>
internal sealed class EndpointsController : Controller
{
    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.Services) Enqueue(ObjectKey.Of(item));
        else if (item.Type == ResourceCatalogue.Pods)
        {
            if (before is not null && kind == ChangeKind.Modified && PodFactory.IsReady(item.Body) == PodFactory.IsReady(before.Body) && item.Body.Deleting() == before.Body.Deleting()
                && item.Body.Text("status", "podIP") == before.Body.Text("status", "podIP") && item.Body.At("metadata", "labels").Same(before.Body.At("metadata", "labels"))) return;
            foreach (var service in Store.List(ResourceCatalogue.Services, item.Namespace))
            {
                if (Selector(service).Matches(item.Labels) || (before is not null && Selector(service).Matches(before.Labels))) Enqueue(ObjectKey.Of(service));
            }
        }
    }

    private static LabelSelector Selector(StoredObject service) =>
        service.Body.TextMap("spec", "selector") is { Count: > 0 } labels ? LabelSelector.FromMap(labels) : LabelSelector.Nothing;

    public override void Reconcile(ObjectKey key)
    {
        var service = Store.Find(ResourceCatalogue.Services, key.Namespace, key.Name);
        if (service is null)
        {
            if (Store.Find(ResourceCatalogue.Endpoints, key.Namespace, key.Name) is { } stale) Registry.Delete(stale.Type, stale.Namespace, stale.Name, Prunella.Sandbox.Registry.DeleteOptions.Now);
            return;
        }

        if (service.Body.TextMap("spec", "selector").Count == 0) return;
        var selector = Selector(service);
        var ready = new JsonArray();
        var unready = new JsonArray();
        var slice = new JsonArray();
        StoredObject? sample = null;
        foreach (var pod in Store.List(ResourceCatalogue.Pods, key.Namespace).Where(pod => selector.Matches(pod.Labels)))
        {
            if (pod.Body.Text("status", "podIP") is not { } address || !PodFactory.IsActive(pod.Body)) continue;
            sample = pod;
            var reference = new JsonObject { ["kind"] = "Pod", ["namespace"] = pod.Namespace, ["name"] = pod.Name, ["uid"] = pod.Uid };
            var isReady = PodFactory.IsReady(pod.Body) || service.Body.Flag("spec", "publishNotReadyAddresses") == true;
            (isReady ? ready : unready).Add(new JsonObject { ["ip"] = address, ["nodeName"] = pod.Body.Text("spec", "nodeName"), ["targetRef"] = reference });
            slice.Add(new JsonObject
            {
                ["addresses"] = new JsonArray((JsonNode)address), ["conditions"] = new JsonObject { ["ready"] = isReady, ["serving"] = isReady, ["terminating"] = false },
                ["nodeName"] = pod.Body.Text("spec", "nodeName"), ["targetRef"] = reference.Copy(),
            });
        }

        var ports = Ports(service, sample);
        var subsets = new JsonArray();
        if (ready.Count + unready.Count > 0)
        {
            var subset = new JsonObject();
            if (ready.Count > 0) subset["addresses"] = ready;
            if (unready.Count > 0) subset["notReadyAddresses"] = unready;
            if (ports.Count > 0) subset["ports"] = ports;
            subsets.Add(subset);
        }

        var labels = service.Body.Map("metadata", "labels")?.Copy();
        Write(ResourceCatalogue.Endpoints, key, key.Name, service, labels, body => body.Put("subsets", subsets.Count == 0 ? null : subsets.Copy()));
        var sliceLabels = labels?.Copy() ?? [];
        sliceLabels["kubernetes.io/service-name"] = key.Name;
        sliceLabels["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io";
        Write(ResourceCatalogue.EndpointSlices, key, key.Name + "-slice", service, sliceLabels, body =>
        {
            body["addressType"] = "IPv4";
            body.Put("endpoints", slice.Count == 0 ? null : slice.Copy());
            body.Put("ports", ports.Count == 0 ? null : ports.Copy());
        });
    }

    private void Write(ResourceType type, ObjectKey key, string name, StoredObject service, JsonObject? labels, Action<JsonObject> fill)
    {
        if (Store.Find(type, key.Namespace, name) is { } existing)
        {
            Registry.Change(existing, fill);
            return;
        }

        var metadata = new JsonObject { ["name"] = name };
        metadata.Put("labels", labels?.Copy());
        if (type == ResourceCatalogue.EndpointSlices) metadata["ownerReferences"] = new JsonArray(PodFactory.OwnerReference(service));
        var body = new JsonObject { ["metadata"] = metadata };
        fill(body);
        Registry.Create(type, key.Namespace, body);
    }

    private static JsonArray Ports(StoredObject service, StoredObject? pod)
    {
        var ports = new JsonArray();
        foreach (var port in service.Body.Items("spec", "ports"))
        {
            var number = port.Number("targetPort") ?? pod?.Body.Items("spec", "containers").SelectMany(container => container.Items("ports"))
                .FirstOrDefault(each => each.Text("name") == port.Text("targetPort")).Number("containerPort");
            if (number is null) continue;
            var entry = new JsonObject();
            entry.Put("name", port.Text("name") is { } name ? JsonValue.Create(name) : null);
            entry["port"] = number;
            entry["protocol"] = port.Text("protocol") ?? "TCP";
            ports.Add(entry);
        }

        return ports;
    }
}
