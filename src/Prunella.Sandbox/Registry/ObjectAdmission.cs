using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Registry;

/// <summary>What admission plugins and create strategies add or refuse: namespace life cycle, limit ranges, quotas, addresses, protection.</summary>
internal sealed class ObjectAdmission(ObjectStore store)
{
    private int lastAddress = 10;

    public void CheckNamespace(ResourceType type, string ns, string name)
    {
        if (!type.Namespaced) return;
        var found = store.Find(ResourceCatalogue.Namespaces, "", ns) ?? throw new ApiStatusException(ApiStatus.NotFound(ResourceCatalogue.Namespaces, ns));
        if (found.Body.Deleting())
            throw new ApiStatusException(ApiStatus.Forbidden(type, name, $"unable to create new content in namespace {ns} because it is being terminated",
                new StatusCause("NamespaceTerminating", $"namespace {ns} is being terminated", "metadata.namespace")));
    }

    public void BeforeCreate(ResourceType type, JsonObject body, DateTimeOffset now)
    {
        if (type == ResourceCatalogue.Pods) Pod(body);
        else if (type == ResourceCatalogue.Services) Service(body);
        else if (type == ResourceCatalogue.Namespaces)
        {
            body.Ensure("spec")["finalizers"] = new JsonArray("kubernetes");
            body["status"] = new JsonObject { ["phase"] = "Active" };
        }
        else if (type == ResourceCatalogue.Claims)
        {
            AddFinalizer(body, "kubernetes.io/pvc-protection");
            DefaultClass(body.Ensure("spec"));
            body["status"] = new JsonObject { ["phase"] = "Pending" };
        }
        else if (type == ResourceCatalogue.Volumes)
        {
            AddFinalizer(body, "kubernetes.io/pv-protection");
            body["status"] = new JsonObject { ["phase"] = "Pending" };
        }
        else if (type == ResourceCatalogue.Jobs) Job(body);
        else if (type == ResourceCatalogue.Nodes) body.SetDefault("status", new JsonObject());
        else if (type == ResourceCatalogue.Events) body.Ensure("metadata").SetDefault("creationTimestamp", now.Stamp());
    }

    public static void BeforeUpdate(ResourceType type, JsonObject body, JsonObject current)
    {
        if (type == ResourceCatalogue.Services)
        {
            foreach (var key in (ReadOnlySpan<string>)["clusterIP", "clusterIPs"])
            {
                if (body.Map("spec") is { } spec && spec.Text("type") != "ExternalName" && spec[key] is null) spec.Put(key, current.At("spec", key).Copy());
            }
        }

        if (type == ResourceCatalogue.Claims && body.Map("spec") is { } claim && claim["volumeName"] is null) claim.Put("volumeName", current.At("spec", "volumeName").Copy());
    }

    private static void AddFinalizer(JsonObject body, string finalizer)
    {
        var finalizers = body.Ensure("metadata").EnsureList("finalizers");
        if (!finalizers.Any(each => each.Text() == finalizer)) finalizers.Add((JsonNode)finalizer);
    }

    private void Pod(JsonObject body)
    {
        var spec = body.Ensure("spec");
        ApplyLimitRanges(body, spec);
        spec.SetDefault("serviceAccountName", "default");
        spec.SetDefault("serviceAccount", spec.Text("serviceAccountName")!);
        spec.SetDefault("enableServiceLinks", true);
        spec.SetDefault("preemptionPolicy", "PreemptLowerPriority");
        if (spec["priority"] is null)
        {
            var priority = spec.Text("priorityClassName") is { } name ? store.Find(ResourceCatalogue.PriorityClasses, "", name)?.Body.Number("value") : null;
            spec["priority"] = priority ?? 0L;
        }

        foreach (var key in (ReadOnlySpan<string>)["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"])
        {
            if (spec.Items("tolerations").Any(toleration => (toleration.Text("key") == key || toleration.Text("key") is null) && toleration.Text("effect") is "NoExecute" or null)) continue;
            spec.EnsureList("tolerations").Add(new JsonObject { ["key"] = key, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = 300L });
        }

        body["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QualityOfService(spec) };
    }

    private static string QualityOfService(JsonObject spec)
    {
        var any = false;
        var guaranteed = true;
        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            var limits = container.Map("resources", "limits");
            var requests = container.Map("resources", "requests");
            foreach (var name in (ReadOnlySpan<string>)["cpu", "memory"])
            {
                var limit = Quantity.Of(limits?[name]);
                var request = Quantity.Of(requests?[name]);
                if (limit > 0 || request > 0) any = true;
                if (limit == 0 || limit != request) guaranteed = false;
            }
        }

        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    private void ApplyLimitRanges(JsonObject body, JsonObject spec)
    {
        foreach (var range in store.List(ResourceCatalogue.LimitRanges, body.Namespace()))
        {
            foreach (var rule in range.Body.Items("spec", "limits").Where(rule => rule.Text("type") == "Container"))
            {
                foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers"))) ApplyLimitRange(body, container, rule);
            }
        }
    }

    private static void ApplyLimitRange(JsonObject body, JsonObject container, JsonObject rule)
    {
        var resources = container.Ensure("resources");
        foreach (var (name, value) in rule.Map("default") ?? []) resources.Ensure("limits").SetDefault(name, value.Copy()!);
        foreach (var (name, value) in rule.Map("defaultRequest") ?? rule.Map("default") ?? []) resources.Ensure("requests").SetDefault(name, value.Copy()!);
        foreach (var (name, max) in rule.Map("max") ?? [])
        {
            if (resources.At("limits", name) is { } limit && Quantity.Of(limit) > Quantity.Of(max))
                throw new ApiStatusException(ApiStatus.Forbidden(ResourceCatalogue.Pods, body.Name(), $"maximum {name} usage per Container is {max.Text()}, but limit is {limit.Text()}"));
        }

        foreach (var (name, min) in rule.Map("min") ?? [])
        {
            if (resources.At("requests", name) is { } request && Quantity.Of(request) < Quantity.Of(min))
                throw new ApiStatusException(ApiStatus.Forbidden(ResourceCatalogue.Pods, body.Name(), $"minimum {name} usage per Container is {min.Text()}, but request is {request.Text()}"));
        }
    }

    /// <summary>Refuses a pod, or a counted object, that would take its namespace over a quota.</summary>
    public void CheckQuota(ResourceType type, JsonObject body)
    {
        if (!type.Namespaced || store.Count(ResourceCatalogue.Quotas) == 0) return;
        foreach (var quota in store.List(ResourceCatalogue.Quotas, body.Namespace()))
        {
            var used = quota.Body.Map("spec", "hard") is { } hard ? QuotaUsage.Of(store, body.Namespace(), hard) : [];
            var over = new List<(string Name, decimal Asked, decimal Used, decimal Hard)>();
            foreach (var (name, limit) in quota.Body.Map("spec", "hard") ?? [])
            {
                var asked = QuotaUsage.Ask(type, body, name);
                if (asked > 0 && used.GetValueOrDefault(name) + asked > Quantity.Of(limit)) over.Add((name, asked, used.GetValueOrDefault(name), Quantity.Of(limit)));
            }

            if (over.Count == 0) continue;
            string Join(Func<(string Name, decimal Asked, decimal Used, decimal Hard), decimal> pick) =>
                string.Join(",", over.Select(each => each.Name + "=" + new Quantity(pick(each), each.Name.Contains("memory", StringComparison.Ordinal))));
            throw new ApiStatusException(ApiStatus.Forbidden(type, body.Name(),
                $"exceeded quota: {quota.Name}, requested: {Join(each => each.Asked)}, used: {Join(each => each.Used)}, limited: {Join(each => each.Hard)}"));
        }
    }

    private void Service(JsonObject body)
    {
        var spec = body.Ensure("spec");
        if (spec.Text("type") == "ExternalName") return;
        if (string.IsNullOrEmpty(spec.Text("clusterIP")))
        {
            lastAddress++;
            spec["clusterIP"] = $"10.96.{lastAddress / 250 % 250}.{(lastAddress % 250) + 1}";
        }

        spec["clusterIPs"] = new JsonArray((JsonNode)spec.Text("clusterIP")!);
        if (spec.Text("type") is not ("NodePort" or "LoadBalancer")) return;
        foreach (var port in spec.Items("ports")) port.SetDefault("nodePort", 30000L + (++lastAddress % 2768));
    }

    private void DefaultClass(JsonObject spec)
    {
        if (spec["storageClassName"] is not null) return;
        var fallback = store.List(ResourceCatalogue.StorageClasses)
            .FirstOrDefault(each => each.Body.Text("metadata", "annotations", "storageclass.kubernetes.io/is-default-class") == "true");
        if (fallback is not null) spec["storageClassName"] = fallback.Name;
    }

    private static void Job(JsonObject body)
    {
        var spec = body.Ensure("spec");
        if (spec.Flag("manualSelector") == true) return;
        var labels = spec.Ensure("template").Ensure("metadata").Ensure("labels");
        labels["controller-uid"] = body.Uid();
        labels["job-name"] = body.Name();
        spec["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["controller-uid"] = body.Uid() } };
        if (body.At("metadata", "labels") is null) body.Ensure("metadata")["labels"] = labels.Copy();
    }
}
