using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Selectors;

namespace Prunella.Sandbox.Registry;

/// <summary>What the server refuses with 422: per type, on create and on update. Every fault is named, not only the first.</summary>
internal static class ObjectRules
{
    public static List<StatusCause> Check(ResourceType type, JsonObject body, JsonObject? current)
    {
        var causes = new List<StatusCause>();
        MetadataRules.Check(type, body, causes);
        var spec = body.Map("spec");
        if (type == ResourceCatalogue.Pods)
        {
            PodRules.Check(spec, "spec", causes);
            if (current is not null) PodRules.CheckUpdate(body, current, causes);
        }
        else if (type == ResourceCatalogue.Deployments) Deployment(spec, causes);
        else if (type == ResourceCatalogue.ReplicaSets) Workload(spec, causes, "Always");
        else if (type == ResourceCatalogue.StatefulSets) StatefulSet(spec, current.Map("spec"), causes);
        else if (type == ResourceCatalogue.DaemonSets) Workload(spec, causes, "Always");
        else if (type == ResourceCatalogue.Jobs) Job(spec, current.Map("spec"), causes);
        else if (type == ResourceCatalogue.Services) Service(spec, current.Map("spec"), causes);
        else if (type == ResourceCatalogue.ConfigMaps) Data(body, current, "binaryData", causes);
        else if (type == ResourceCatalogue.Secrets) Data(body, current, "data", causes);
        else if (type == ResourceCatalogue.Autoscalers) Autoscaler(spec, causes);
        else if (type == ResourceCatalogue.Budgets) Budget(spec, causes);
        else if (type == ResourceCatalogue.Claims) Claim(spec, current.Map("spec"), current, causes);
        else if (type == ResourceCatalogue.CronJobs && string.IsNullOrEmpty(spec.Text("schedule"))) causes.Add(StatusCause.Required("spec.schedule"));

        if (current is not null && type.Group == "apps" && type != ResourceCatalogue.ControllerRevisions && !spec.At("selector").Same(current.At("spec", "selector")) && type != ResourceCatalogue.StatefulSets)
            causes.Add(StatusCause.Invalid("spec.selector", GoSelector(spec.At("selector")), "field is immutable"));
        return causes;
    }

    private static void Workload(JsonObject? spec, List<StatusCause> causes, params ReadOnlySpan<string> restartPolicies)
    {
        if (spec.Number("replicas") is < 0 and { } replicas) causes.Add(MetadataRules.NotNegative("spec.replicas", replicas));
        if (spec.Number("minReadySeconds") is < 0 and { } ready) causes.Add(MetadataRules.NotNegative("spec.minReadySeconds", ready));
        if (spec.Number("revisionHistoryLimit") is < 0 and { } history) causes.Add(MetadataRules.NotNegative("spec.revisionHistoryLimit", history));
        var selector = spec.Map("selector");
        if (selector is null) causes.Add(StatusCause.Required("spec.selector"));
        else
        {
            CheckSelector(selector, "spec.selector", causes);
            if (selector.Count == 0) causes.Add(StatusCause.Invalid("spec.selector", "v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}", "empty selector is invalid for deployment"));
        }

        var labels = spec.Map("template", "metadata", "labels");
        if (selector is null || !LabelSelector.From(selector).Matches(spec.TextMap("template", "metadata", "labels")))
            causes.Add(StatusCause.Invalid("spec.template.metadata.labels", GoMap(labels), "`selector` does not match template `labels`"));
        MetadataRules.CheckLabels(labels, "spec.template.labels", causes);
        PodRules.Check(spec.At("template", "spec"), "spec.template.spec", causes, spec.Items("volumeClaimTemplates").Select(claim => claim.Name()));
        if (spec.Text("template", "spec", "restartPolicy") is { } restart && !restartPolicies.Contains(restart))
            causes.Add(StatusCause.Unsupported("spec.template.spec.restartPolicy", restart, restartPolicies.ToArray()));
    }

    private static void Deployment(JsonObject? spec, List<StatusCause> causes)
    {
        Workload(spec, causes, "Always");
        switch (spec.Text("strategy", "type"))
        {
            case "Recreate" when spec.At("strategy", "rollingUpdate") is not null:
                causes.Add(StatusCause.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"));
                break;
            case "RollingUpdate":
                var rolling = spec.Map("strategy", "rollingUpdate");
                if (IsZero(rolling?["maxSurge"]) && IsZero(rolling?["maxUnavailable"]))
                    causes.Add(StatusCause.Invalid("spec.strategy.rollingUpdate.maxUnavailable", "intstr.IntOrString{Type:0, IntVal:0, StrVal:\"\"}", "may not be 0 when `maxSurge` is 0"));
                break;
            case "Recreate": break;
            case var other:
                causes.Add(StatusCause.Unsupported("spec.strategy.type", other ?? "", "Recreate", "RollingUpdate"));
                break;
        }

        if (spec.Number("progressDeadlineSeconds") is { } deadline && deadline <= (spec.Number("minReadySeconds") ?? 0))
            causes.Add(StatusCause.Invalid("spec.progressDeadlineSeconds", $"{deadline}", "must be greater than minReadySeconds"));
    }

    private static bool IsZero(JsonNode? node) => node.Number() == 0 || node.Text() is "0" or "0%";

    private static void StatefulSet(JsonObject? spec, JsonObject? current, List<StatusCause> causes)
    {
        Workload(spec, causes, "Always");
        if (current is null || spec is null) return;
        var was = current.Copy();
        var wanted = spec.Copy();
        foreach (var key in (ReadOnlySpan<string>)["replicas", "template", "updateStrategy", "minReadySeconds", "persistentVolumeClaimRetentionPolicy", "revisionHistoryLimit", "ordinals"])
        {
            was.Remove(key);
            wanted.Remove(key);
        }

        if (!was.Same(wanted)) causes.Add(StatusCause.Forbidden("spec", "updates to statefulset spec for fields other than 'replicas', 'template', and 'updateStrategy' are forbidden"));
    }

    private static void Job(JsonObject? spec, JsonObject? current, List<StatusCause> causes)
    {
        foreach (var field in (ReadOnlySpan<string>)["parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"])
        {
            if (spec.Number(field) is < 0 and { } value) causes.Add(MetadataRules.NotNegative("spec." + field, value));
        }

        PodRules.Check(spec.At("template", "spec"), "spec.template.spec", causes);
        if (spec.Text("template", "spec", "restartPolicy") is { } restart and not ("OnFailure" or "Never"))
            causes.Add(StatusCause.Unsupported("spec.template.spec.restartPolicy", restart, "OnFailure", "Never"));
        if (current is null) return;
        foreach (var field in (ReadOnlySpan<string>)["completions", "selector", "template"])
        {
            if (!spec.At(field).Same(current.At(field))) causes.Add(StatusCause.Invalid("spec." + field, spec.At(field)?.ToJsonString() ?? "null", "field is immutable"));
        }
    }

    private static void Service(JsonObject? spec, JsonObject? current, List<StatusCause> causes)
    {
        var kind = spec.Text("type");
        if (kind is not ("ClusterIP" or "ExternalName" or "LoadBalancer" or "NodePort"))
            causes.Add(StatusCause.Unsupported("spec.type", kind ?? "", "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"));
        var ports = spec.Items("ports").ToArray();
        if (ports.Length == 0 && kind != "ExternalName" && spec.Text("clusterIP") != "None") causes.Add(StatusCause.Required("spec.ports"));
        if (kind == "ExternalName" && string.IsNullOrEmpty(spec.Text("externalName"))) causes.Add(StatusCause.Required("spec.externalName"));
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < ports.Length; index++)
        {
            var path = $"spec.ports[{index}]";
            var name = ports[index].Text("name") ?? "";
            if (name.Length == 0 && ports.Length > 1) causes.Add(StatusCause.Required(path + ".name"));
            else if (name.Length > 0 && !names.Add(name)) causes.Add(StatusCause.Duplicate(path + ".name", name));
            if (ports[index].Number("port") is not (>= 1 and <= 65535)) causes.Add(StatusCause.Invalid(path + ".port", $"{ports[index].Number("port") ?? 0}", "must be between 1 and 65535, inclusive"));
        }

        if (current?.Text("clusterIP") is { Length: > 0 } address && spec.Text("clusterIP") != address && kind != "ExternalName")
            causes.Add(StatusCause.InvalidText("spec.clusterIP", spec.Text("clusterIP") ?? "", "field is immutable"));
    }

    private static void Data(JsonObject body, JsonObject? current, string binary, List<StatusCause> causes)
    {
        foreach (var field in (ReadOnlySpan<string>)["data", binary])
        {
            foreach (var (key, _) in body.Map(field) ?? [])
            {
                if (NameRules.ConfigKeyError(key) is { } why) causes.Add(StatusCause.InvalidText($"{field}[{key}]", key, why));
            }
        }

        if (current?.Flag("immutable") != true) return;
        if (body.Flag("immutable") != true) causes.Add(StatusCause.Forbidden("immutable", "field is immutable when `immutable` is set"));
        if (!body.At("data").Same(current.At("data"))) causes.Add(StatusCause.Forbidden("data", "field is immutable when `immutable` is set"));
    }

    private static void Autoscaler(JsonObject? spec, List<StatusCause> causes)
    {
        if (spec.Number("minReplicas") is < 1 and { } min) causes.Add(StatusCause.Invalid("spec.minReplicas", $"{min}", "must be greater than or equal to 1"));
        if (spec.Number("maxReplicas") is not >= 1) causes.Add(StatusCause.Invalid("spec.maxReplicas", $"{spec.Number("maxReplicas") ?? 0}", "must be greater than 0"));
        else if (spec.Number("maxReplicas") < spec.Number("minReplicas")) causes.Add(StatusCause.Invalid("spec.maxReplicas", $"{spec.Number("maxReplicas")}", "must be greater than or equal to `minReplicas`"));
        foreach (var field in (ReadOnlySpan<string>)["kind", "name"])
        {
            if (string.IsNullOrEmpty(spec.Text("scaleTargetRef", field))) causes.Add(StatusCause.Required("spec.scaleTargetRef." + field));
        }
    }

    private static void Budget(JsonObject? spec, List<StatusCause> causes)
    {
        if (spec.At("minAvailable") is not null && spec.At("maxUnavailable") is not null)
            causes.Add(StatusCause.Invalid("spec", "policy.PodDisruptionBudgetSpec{}", "minAvailable and maxUnavailable cannot be both set"));
        foreach (var field in (ReadOnlySpan<string>)["minAvailable", "maxUnavailable"])
        {
            if (spec.Number(field) is < 0 and { } value) causes.Add(MetadataRules.NotNegative("spec." + field, value));
            if (spec.Text(field) is { } text && !(text.EndsWith('%') && uint.TryParse(text.AsSpan(0, text.Length - 1), out var percent) && percent <= 100))
                causes.Add(StatusCause.InvalidText("spec." + field, text, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"));
        }

        if (spec.Map("selector") is { } selector) CheckSelector(selector, "spec.selector", causes);
    }

    private static void Claim(JsonObject? spec, JsonObject? was, JsonObject? current, List<StatusCause> causes)
    {
        if (spec.List("accessModes") is not { Count: > 0 }) causes.Add(StatusCause.Required("spec.accessModes", "at least 1 access mode is required"));
        var size = spec.At("resources", "requests", "storage");
        if (size is null) causes.Add(StatusCause.Required("spec.resources[storage]"));
        if (was is null || size is null) return;
        if (Quantity.Of(size) < Quantity.Of(was.At("resources", "requests", "storage")))
            causes.Add(StatusCause.Forbidden("spec.resources.requests.storage", "field can not be less than previous value"));
        var before = was.Copy();
        var after = spec!.Copy();
        foreach (var each in (ReadOnlySpan<JsonObject>)[before, after])
        {
            each.Remove("resources");
            if (was.Text("volumeName") is null) each.Remove("volumeName");
        }

        if (!before.Same(after)) causes.Add(StatusCause.Forbidden("spec", "spec is immutable after creation except resources.requests for bound claims"));
        else if (!size.Same(was.At("resources", "requests", "storage")) && current.Text("status", "phase") != "Bound")
            causes.Add(StatusCause.Forbidden("spec", "spec is immutable after creation except resources.requests for bound claims"));
    }

    private static void CheckSelector(JsonObject selector, string path, List<StatusCause> causes)
    {
        MetadataRules.CheckLabels(selector.Map("matchLabels"), path + ".matchLabels", causes);
        var index = 0;
        foreach (var expression in selector.Items("matchExpressions"))
        {
            var at = $"{path}.matchExpressions[{index++}]";
            var values = expression.List("values")?.Count ?? 0;
            switch (expression.Text("operator"))
            {
                case "In" or "NotIn" when values == 0:
                    causes.Add(StatusCause.Required(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'"));
                    break;
                case "Exists" or "DoesNotExist" when values > 0:
                    causes.Add(StatusCause.Forbidden(at + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
                    break;
                case "In" or "NotIn" or "Exists" or "DoesNotExist": break;
                case var other:
                    causes.Add(StatusCause.InvalidText(at + ".operator", other ?? "", "not a valid selector operator"));
                    break;
            }
        }
    }

    private static string GoMap(JsonObject? map) =>
        map is null ? "map[string]string(nil)" : "map[string]string{" + string.Join(", ", map.Select(pair => $"\"{pair.Key}\":\"{pair.Value.Text()}\"")) + "}";

    private static string GoSelector(JsonNode? selector) =>
        $"v1.LabelSelector{{MatchLabels:{GoMap(selector.Map("matchLabels"))}, MatchExpressions:[]v1.LabelSelectorRequirement{(selector.List("matchExpressions") is null ? "(nil)" : "{…}")}}}";
}
