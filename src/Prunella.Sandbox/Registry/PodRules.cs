using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Registry;

/// <summary>What a pod spec must keep, in a pod or in a template.</summary>
internal static class PodRules
{
    public static void Check(JsonNode? spec, string path, List<StatusCause> causes, IEnumerable<string>? claimedVolumes = null)
    {
        var volumes = CheckVolumes(spec, path + ".volumes", causes);
        if (claimedVolumes is not null) volumes.UnionWith(claimedVolumes);
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (spec.List("containers") is not { Count: > 0 }) causes.Add(StatusCause.Required(path + ".containers"));
        CheckContainers(spec, "containers", path, volumes, names, causes);
        CheckContainers(spec, "initContainers", path, volumes, names, causes);
        if (spec.Text("restartPolicy") is { } restart and not ("Always" or "OnFailure" or "Never"))
            causes.Add(StatusCause.Unsupported(path + ".restartPolicy", restart, "Always", "OnFailure", "Never"));
        if (spec.Text("dnsPolicy") is { } dns and not ("ClusterFirstWithHostNet" or "ClusterFirst" or "Default" or "None"))
            causes.Add(StatusCause.Unsupported(path + ".dnsPolicy", dns, "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"));
        if (spec.Number("terminationGracePeriodSeconds") is < 0 and { } grace) causes.Add(MetadataRules.NotNegative(path + ".terminationGracePeriodSeconds", grace));
        if (spec.Number("activeDeadlineSeconds") is < 1 and { } deadline)
            causes.Add(StatusCause.Invalid(path + ".activeDeadlineSeconds", $"{deadline}", "must be between 1 and 2147483647, inclusive"));
        foreach (var (key, value) in spec.TextMap("nodeSelector"))
        {
            if (NameRules.LabelKeyError(key) is { } why) causes.Add(StatusCause.InvalidText(path + ".nodeSelector", key, why));
            if (NameRules.LabelValueError(value) is { } wrong) causes.Add(StatusCause.InvalidText(path + ".nodeSelector", value, wrong));
        }
    }

    private static HashSet<string> CheckVolumes(JsonNode? spec, string path, List<StatusCause> causes)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var volume in spec.Items("volumes"))
        {
            var at = $"{path}[{index++}]";
            var name = volume.Name("name");
            if (name.Length == 0) causes.Add(StatusCause.Required(at + ".name"));
            else if (NameRules.LabelNameError(name) is { } why) causes.Add(StatusCause.InvalidText(at + ".name", name, why));
            else if (!names.Add(name)) causes.Add(StatusCause.Duplicate(at + ".name", name));
            if (volume.Count > 2) causes.Add(StatusCause.Forbidden(at + "." + volume.Last().Key, "may not specify more than 1 volume type"));
            if (volume.Map("persistentVolumeClaim") is { } claim && claim.Name("claimName").Length == 0)
                causes.Add(StatusCause.Required(at + ".persistentVolumeClaim.claimName"));
            if (volume.Map("configMap") is { } map && map.Name("name").Length == 0) causes.Add(StatusCause.Required(at + ".configMap.name"));
            if (volume.Map("secret") is { } secret && secret.Name("secretName").Length == 0) causes.Add(StatusCause.Required(at + ".secret.secretName"));
        }

        return names;
    }

    private static string Name(this JsonNode? node, string key) => node.Text(key) ?? "";

    private static void CheckContainers(JsonNode? spec, string list, string specPath, HashSet<string> volumes, HashSet<string> names, List<StatusCause> causes)
    {
        var index = 0;
        foreach (var container in spec.Items(list))
        {
            var path = $"{specPath}.{list}[{index++}]";
            var name = container.Name("name");
            if (name.Length == 0) causes.Add(StatusCause.Required(path + ".name"));
            else if (NameRules.LabelNameError(name) is { } why) causes.Add(StatusCause.InvalidText(path + ".name", name, why));
            else if (!names.Add(name)) causes.Add(StatusCause.Duplicate(path + ".name", name));
            if (string.IsNullOrEmpty(container.Text("image"))) causes.Add(StatusCause.Required(path + ".image"));
            else if (container.Name("image") != container.Name("image").Trim())
                causes.Add(StatusCause.InvalidText(path + ".image", container.Name("image"), "must not have leading or trailing whitespace"));
            if (container.Text("imagePullPolicy") is { } pull and not ("Always" or "IfNotPresent" or "Never"))
                causes.Add(StatusCause.Unsupported(path + ".imagePullPolicy", pull, "Always", "IfNotPresent", "Never"));
            CheckPorts(container, path + ".ports", causes);
            CheckEnvironment(container, path + ".env", causes);
            CheckMounts(container, path + ".volumeMounts", volumes, causes);
            foreach (var probe in (ReadOnlySpan<string>)["livenessProbe", "readinessProbe", "startupProbe"]) CheckProbe(container.Map(probe), $"{path}.{probe}", probe, causes);
            CheckResources(container.Map("resources"), path + ".resources", causes);
        }
    }

    private static void CheckPorts(JsonObject container, string path, List<StatusCause> causes)
    {
        var index = 0;
        foreach (var port in container.Items("ports"))
        {
            var at = $"{path}[{index++}]";
            var number = port.Number("containerPort");
            if (number is null or 0) causes.Add(StatusCause.Required(at + ".containerPort"));
            else if (number is < 1 or > 65535) causes.Add(StatusCause.Invalid(at + ".containerPort", $"{number}", "must be between 1 and 65535, inclusive"));
            if (port.Text("protocol") is { } protocol and not ("SCTP" or "TCP" or "UDP"))
                causes.Add(StatusCause.Unsupported(at + ".protocol", protocol, "SCTP", "TCP", "UDP"));
        }
    }

    private static void CheckEnvironment(JsonObject container, string path, List<StatusCause> causes)
    {
        var index = 0;
        foreach (var variable in container.Items("env"))
        {
            var at = $"{path}[{index++}]";
            var name = variable.Name("name");
            if (name.Length == 0) causes.Add(StatusCause.Required(at + ".name"));
            else if (NameRules.EnvironmentNameError(name) is { } why) causes.Add(StatusCause.InvalidText(at + ".name", name, why));
            if (variable.Map("valueFrom") is not { } from) continue;
            if (!string.IsNullOrEmpty(variable.Text("value"))) causes.Add(StatusCause.InvalidText(at + ".valueFrom", "", "may not be specified when `value` is not empty"));
            if (from.Count == 0) causes.Add(StatusCause.InvalidText(at + ".valueFrom", "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"));
            foreach (var source in (ReadOnlySpan<string>)["configMapKeyRef", "secretKeyRef"])
            {
                if (from.Map(source) is { } reference && reference.Name("key").Length == 0) causes.Add(StatusCause.Required($"{at}.valueFrom.{source}.key"));
            }
        }
    }

    private static void CheckMounts(JsonObject container, string path, HashSet<string> volumes, List<StatusCause> causes)
    {
        var index = 0;
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var mount in container.Items("volumeMounts"))
        {
            var at = $"{path}[{index++}]";
            var name = mount.Name("name");
            if (name.Length == 0) causes.Add(StatusCause.Required(at + ".name"));
            else if (!volumes.Contains(name)) causes.Add(StatusCause.NotFound(at + ".name", name));
            var mountPath = mount.Name("mountPath");
            if (mountPath.Length == 0) causes.Add(StatusCause.Required(at + ".mountPath"));
            else if (!paths.Add(mountPath)) causes.Add(StatusCause.InvalidText(at + ".mountPath", mountPath, "must be unique"));
        }
    }

    private static void CheckProbe(JsonObject? probe, string path, string kind, List<StatusCause> causes)
    {
        if (probe is null) return;
        var handlers = (ReadOnlySpan<string>)["exec", "httpGet", "tcpSocket", "grpc"];
        var count = 0;
        foreach (var handler in handlers)
        {
            if (probe[handler] is not null) count++;
        }

        if (count == 0) causes.Add(StatusCause.Required(path, "must specify a handler type"));
        if (count > 1) causes.Add(StatusCause.Forbidden(path, "may not specify more than 1 handler type"));
        if (probe.Map("exec") is { } exec && exec.List("command") is not { Count: > 0 }) causes.Add(StatusCause.Required(path + ".exec.command"));
        if (probe.Map("httpGet") is { } http && http["port"] is null) causes.Add(StatusCause.Invalid(path + ".httpGet.port", "0", "must be between 1 and 65535, inclusive"));
        foreach (var field in (ReadOnlySpan<string>)["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"])
        {
            if (probe.Number(field) is < 0 and { } value) causes.Add(MetadataRules.NotNegative($"{path}.{field}", value));
        }

        if (kind != "readinessProbe" && probe.Number("successThreshold") is { } successes and not 1 and not 0)
            causes.Add(StatusCause.Invalid(path + ".successThreshold", $"{successes}", "must be 1"));
    }

    private static void CheckResources(JsonObject? resources, string path, List<StatusCause> causes)
    {
        foreach (var list in (ReadOnlySpan<string>)["limits", "requests"])
        {
            foreach (var (name, value) in resources.Map(list) ?? [])
            {
                if (Quantity.Of(value) < 0) causes.Add(StatusCause.InvalidText($"{path}.{list}.{name}", value.Text() ?? "", "must be greater than or equal to 0"));
            }
        }

        if (resources.Map("limits") is not { } limits) return;
        foreach (var (name, value) in resources.Map("requests") ?? [])
        {
            if (limits[name] is { } limit && Quantity.Of(value) > Quantity.Of(limit))
                causes.Add(StatusCause.InvalidText(path + ".requests", value.Text() ?? "", $"must be less than or equal to {name} limit"));
        }
    }

    /// <summary>A running pod's spec may change only in its images, its deadline and added tolerations.</summary>
    public static void CheckUpdate(JsonObject next, JsonObject current, List<StatusCause> causes)
    {
        var was = current.Map("spec")!.Copy();
        var wanted = next.Map("spec")!.Copy();
        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            if (was.List(list)?.Count != wanted.List(list)?.Count)
            {
                causes.Add(StatusCause.Forbidden("spec." + list, "pod updates may not add or remove containers"));
                return;
            }

            foreach (var (one, other) in was.Items(list).Zip(wanted.Items(list))) other["image"] = one["image"].Copy();
        }

        wanted.Put("activeDeadlineSeconds", was["activeDeadlineSeconds"].Copy());
        if (was.Items("tolerations").All(old => wanted.Items("tolerations").Any(kept => kept.Same(old)))) wanted.Put("tolerations", was["tolerations"].Copy());
        if (!was.Same(wanted))
            causes.Add(StatusCause.Forbidden("spec", "pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)"));
    }
}
