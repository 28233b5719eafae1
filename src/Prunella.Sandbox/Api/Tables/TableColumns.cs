using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Api.Tables;

/// <summary>The columns of each kind, in kubectl's order.</summary>
internal static class TableColumns
{
    private static readonly TableColumn name = new("Name", (o, _) => o.Name());
    private static readonly TableColumn age = new("Age", (o, now) => ObjectTable.Age(o.Time("metadata", "creationTimestamp"), now));

    private static readonly Dictionary<ResourceType, TableColumn[]> known = new()
    {
        [ResourceCatalogue.Pods] = PodColumns.All,
        [ResourceCatalogue.Namespaces] = [name, Text("Status", "status", "phase"), age],
        [ResourceCatalogue.Nodes] =
        [
            name, new("Status", (o, _) => NodeStatus(o)), new("Roles", (o, _) => Roles(o)), age, Text("Version", "status", "nodeInfo", "kubeletVersion"),
            new("Internal-IP", (o, _) => Address(o, "InternalIP"), 1), new("External-IP", (o, _) => Address(o, "ExternalIP"), 1),
            Wide("OS-Image", "status", "nodeInfo", "osImage"), Wide("Kernel-Version", "status", "nodeInfo", "kernelVersion"),
            Wide("Container-Runtime", "status", "nodeInfo", "containerRuntimeVersion"),
        ],
        [ResourceCatalogue.Deployments] =
        [
            name, new("Ready", (o, _) => $"{Count(o, "status", "readyReplicas")}/{Count(o, "spec", "replicas")}"), Whole("Up-to-date", "status", "updatedReplicas"),
            Whole("Available", "status", "availableReplicas"), age, .. Template(),
        ],
        [ResourceCatalogue.ReplicaSets] =
            [name, Whole("Desired", "spec", "replicas"), Whole("Current", "status", "replicas"), Whole("Ready", "status", "readyReplicas"), age, .. Template()],
        [ResourceCatalogue.StatefulSets] =
        [
            name, new("Ready", (o, _) => $"{Count(o, "status", "readyReplicas")}/{Count(o, "spec", "replicas")}"), age,
            new("Containers", (o, _) => Containers(o, "name"), 1), new("Images", (o, _) => Containers(o, "image"), 1),
        ],
        [ResourceCatalogue.DaemonSets] =
        [
            name, Whole("Desired", "status", "desiredNumberScheduled"), Whole("Current", "status", "currentNumberScheduled"), Whole("Ready", "status", "numberReady"),
            Whole("Up-to-date", "status", "updatedNumberScheduled"), Whole("Available", "status", "numberAvailable"),
            new("Node Selector", (o, _) => Labels(o.TextMap("spec", "template", "spec", "nodeSelector"))), age, .. Template(),
        ],
        [ResourceCatalogue.Jobs] =
        [
            name, new("Completions", (o, _) => $"{Count(o, "status", "succeeded")}/{o.Number("spec", "completions") ?? 1}"),
            new("Duration", (o, now) => JobDuration(o, now)), age, .. Template(),
        ],
        [ResourceCatalogue.CronJobs] =
        [
            name, Text("Schedule", "spec", "schedule"), new("Suspend", (o, _) => o.Flag("spec", "suspend") == true ? "True" : "False"),
            new("Active", (o, _) => o.List("status", "active")?.Count ?? 0, Type: "integer"),
            new("Last Schedule", (o, now) => o.Time("status", "lastScheduleTime") is { } at ? ObjectTable.Age(at, now) : "<none>"), age,
        ],
        [ResourceCatalogue.Services] =
        [
            name, Text("Type", "spec", "type"), new("Cluster-IP", (o, _) => o.Text("spec", "clusterIP") ?? "<none>"), new("External-IP", (o, _) => ExternalAddress(o)),
            new("Port(s)", (o, _) => ServicePorts(o)), age, new("Selector", (o, _) => Labels(o.TextMap("spec", "selector")), 1),
        ],
        [ResourceCatalogue.Endpoints] = [name, new("Endpoints", (o, _) => EndpointList(o)), age],
        [ResourceCatalogue.ConfigMaps] = [name, new("Data", (o, _) => (o.Map("data")?.Count ?? 0) + (o.Map("binaryData")?.Count ?? 0), Type: "integer"), age],
        [ResourceCatalogue.Secrets] = [name, Text("Type", "type"), new("Data", (o, _) => o.Map("data")?.Count ?? 0, Type: "integer"), age],
        [ResourceCatalogue.ServiceAccounts] = [name, new("Secrets", (o, _) => o.List("secrets")?.Count ?? 0, Type: "integer"), age],
        [ResourceCatalogue.Claims] =
        [
            name, new("Status", (o, _) => o.Deleting() ? "Terminating" : o.Text("status", "phase")), Text("Volume", "spec", "volumeName"), Text("Capacity", "status", "capacity", "storage"),
            new("Access Modes", (o, _) => Modes(o.At("status"))), Text("StorageClass", "spec", "storageClassName"), age, Wide("VolumeMode", "spec", "volumeMode"),
        ],
        [ResourceCatalogue.Volumes] =
        [
            name, Text("Capacity", "spec", "capacity", "storage"), new("Access Modes", (o, _) => Modes(o.At("spec"))), Text("Reclaim Policy", "spec", "persistentVolumeReclaimPolicy"),
            Text("Status", "status", "phase"), new("Claim", (o, _) => o.Map("spec", "claimRef") is { } claim ? $"{claim.Text("namespace")}/{claim.Text("name")}" : ""),
            Text("StorageClass", "spec", "storageClassName"), Text("Reason", "status", "reason"), age, Wide("VolumeMode", "spec", "volumeMode"),
        ],
        [ResourceCatalogue.StorageClasses] =
        [
            new("Name", (o, _) => o.Name() + (o.Text("metadata", "annotations", "storageclass.kubernetes.io/is-default-class") == "true" ? " (default)" : "")),
            Text("Provisioner", "provisioner"), Text("ReclaimPolicy", "reclaimPolicy"), Text("VolumeBindingMode", "volumeBindingMode"),
            new("AllowVolumeExpansion", (o, _) => o.Flag("allowVolumeExpansion") == true ? "true" : "false"), age,
        ],
        [ResourceCatalogue.Events] = EventColumns(),
        [ResourceCatalogue.Leases] = [name, Text("Holder", "spec", "holderIdentity"), age],
        [ResourceCatalogue.Budgets] =
        [
            name, new("Min Available", (o, _) => IntOrText(o.At("spec", "minAvailable"))), new("Max Unavailable", (o, _) => IntOrText(o.At("spec", "maxUnavailable"))),
            Whole("Allowed Disruptions", "status", "disruptionsAllowed"), age,
        ],
        [ResourceCatalogue.Autoscalers] =
        [
            name, new("Reference", (o, _) => $"{o.Text("spec", "scaleTargetRef", "kind")}/{o.Text("spec", "scaleTargetRef", "name")}"), new("Targets", (o, _) => Targets(o)),
            Whole("MinPods", "spec", "minReplicas"), Whole("MaxPods", "spec", "maxReplicas"), Whole("Replicas", "status", "currentReplicas"), age,
        ],
        [ResourceCatalogue.NetworkPolicies] = [name, new("Pod-Selector", (o, _) => Labels(o.TextMap("spec", "podSelector", "matchLabels"))), age],
        [ResourceCatalogue.Ingresses] =
        [
            name, new("Class", (o, _) => o.Text("spec", "ingressClassName") ?? "<none>"),
            new("Hosts", (o, _) => string.Join(",", o.Items("spec", "rules").Select(rule => rule.Text("host") ?? "*")) is { Length: > 0 } hosts ? hosts : "*"),
            new("Address", (_, _) => ""), new("Ports", (o, _) => o.At("spec", "tls") is null ? "80" : "80, 443"), age,
        ],
        [ResourceCatalogue.Quotas] =
            [name, age, new("Request", (o, _) => Used(o, "requests")), new("Limit", (o, _) => Used(o, "limits"))],
        [ResourceCatalogue.ControllerRevisions] =
            [name, new("Controller", (o, _) => o.Items("metadata", "ownerReferences").FirstOrDefault() is { } owner ? $"{owner.Text("kind")?.ToLowerInvariant()}.apps/{owner.Text("name")}" : "<none>"), Whole("Revision", "revision"), age],
        [ResourceCatalogue.EndpointSlices] =
        [
            name, Text("AddressType", "addressType"), new("Ports", (o, _) => string.Join(",", o.Items("ports").Select(port => port.Number("port")))),
            new("Endpoints", (o, _) => string.Join(",", o.Items("endpoints").SelectMany(endpoint => endpoint.Texts("addresses")))), age,
        ],
        [ResourceCatalogue.RoleBindings] = [name, new("Role", (o, _) => $"{o.Text("roleRef", "kind")}/{o.Text("roleRef", "name")}"), age],
        [ResourceCatalogue.ClusterRoleBindings] = [name, new("Role", (o, _) => $"{o.Text("roleRef", "kind")}/{o.Text("roleRef", "name")}"), age],
    };

    public static TableColumn[] For(ResourceType type) => known.GetValueOrDefault(type) ?? [name, age];

    private static TableColumn Text(string title, params string[] path) => new(title, (o, _) => o.Text(path) ?? "");

    private static TableColumn Wide(string title, params string[] path) => new(title, (o, _) => o.Text(path) ?? "<unset>", 1);

    private static TableColumn Whole(string title, params string[] path) => new(title, (o, _) => o.Number(path) ?? 0, Type: "integer");

    private static long Count(JsonObject o, params ReadOnlySpan<string> path) => o.Number(path) ?? 0;

    private static TableColumn[] Template() =>
    [
        new("Containers", (o, _) => Containers(o, "name"), 1), new("Images", (o, _) => Containers(o, "image"), 1),
        new("Selector", (o, _) => Labels(o.TextMap("spec", "selector", "matchLabels")), 1),
    ];

    private static TableColumn[] EventColumns() =>
    [
        new("Last Seen", (o, now) => ObjectTable.Age(o.Time("lastTimestamp") ?? o.Time("eventTime") ?? o.Time("metadata", "creationTimestamp"), now)),
        Text("Type", "type"), Text("Reason", "reason"), new("Object", (o, _) => $"{o.Text("involvedObject", "kind")?.ToLowerInvariant()}/{o.Text("involvedObject", "name")}"),
        new("Subobject", (o, _) => o.Text("involvedObject", "fieldPath") ?? "", 1), new("Source", (o, _) => Source(o), 1), new("Message", (o, _) => o.Text("message")?.Trim() ?? ""),
        new("First Seen", (o, now) => ObjectTable.Age(o.Time("firstTimestamp") ?? o.Time("metadata", "creationTimestamp"), now), 1),
        new("Count", (o, _) => o.Number("count") ?? 1, 1, "integer"), new("Name", (o, _) => o.Name(), 1),
    ];

    private static string Source(JsonObject o) =>
        o.Text("source", "host") is { Length: > 0 } host ? $"{o.Text("source", "component")}, {host}" : o.Text("source", "component") ?? o.Text("reportingComponent") ?? "";

    private static string Containers(JsonObject o, string field) => string.Join(",", o.Items("spec", "template", "spec", "containers").Select(container => container.Text(field)));

    private static string Labels(Dictionary<string, string> labels) =>
        labels.Count == 0 ? "<none>" : string.Join(",", labels.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key + "=" + pair.Value));

    private static string NodeStatus(JsonObject o)
    {
        var ready = o.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Ready");
        var status = ready is null ? "Unknown" : ready.Text("status") == "True" ? "Ready" : "NotReady";
        return o.Flag("spec", "unschedulable") == true ? status + ",SchedulingDisabled" : status;
    }

    private static string Roles(JsonObject o)
    {
        const string Prefix = "node-role.kubernetes.io/";
        var roles = o.TextMap("metadata", "labels").Keys.Where(key => key.StartsWith(Prefix, StringComparison.Ordinal)).Select(key => key[Prefix.Length..]).Order(StringComparer.Ordinal).ToArray();
        return roles.Length == 0 ? "<none>" : string.Join(",", roles);
    }

    private static string Address(JsonObject o, string kind) =>
        o.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == kind).Text("address") ?? "<none>";

    private static string JobDuration(JsonObject o, DateTimeOffset now) =>
        o.Time("status", "startTime") is not { } start ? "" : ObjectTable.Duration((o.Time("status", "completionTime") ?? now) - start);

    private static string ExternalAddress(JsonObject o) => o.Text("spec", "type") switch
    {
        "ExternalName" => o.Text("spec", "externalName") ?? "<none>",
        "LoadBalancer" => o.Items("status", "loadBalancer", "ingress").FirstOrDefault().Text("ip") ?? "<pending>",
        _ => "<none>",
    };

    private static string ServicePorts(JsonObject o)
    {
        var ports = o.Items("spec", "ports").Select(port =>
            port.Number("nodePort") is > 0 and { } node ? $"{port.Number("port")}:{node}/{port.Text("protocol")}" : $"{port.Number("port")}/{port.Text("protocol")}");
        return string.Join(",", ports) is { Length: > 0 } text ? text : "<none>";
    }

    private static string EndpointList(JsonObject o)
    {
        var all = o.Items("subsets").SelectMany(subset => subset.Items("ports") is var ports && !ports.Any()
            ? subset.Items("addresses").Select(address => address.Text("ip"))
            : ports.SelectMany(port => subset.Items("addresses").Select(address => $"{address.Text("ip")}:{port.Number("port")}"))).ToArray();
        if (all.Length == 0) return "<none>";
        return all.Length <= 3 ? string.Join(",", all) : $"{string.Join(",", all.Take(3))} + {all.Length - 3} more...";
    }

    private static string Modes(JsonNode? from) => string.Join(",", from.Texts("accessModes").Select(mode => mode switch
    {
        "ReadWriteOnce" => "RWO", "ReadOnlyMany" => "ROX", "ReadWriteMany" => "RWX", _ => "RWOP",
    }));

    private static string IntOrText(JsonNode? node) => node.Text() ?? (node.Number() is { } number ? $"{number}" : "N/A");

    private static string Targets(JsonObject o)
    {
        var cpu = o.Items("spec", "metrics").FirstOrDefault(metric => metric.Text("resource", "name") == "cpu");
        var target = cpu.Number("resource", "target", "averageUtilization") ?? o.Number("spec", "targetCPUUtilizationPercentage");
        var current = o.Items("status", "currentMetrics").FirstOrDefault(metric => metric.Text("resource", "name") == "cpu").Number("resource", "current", "averageUtilization")
            ?? o.Number("status", "currentCPUUtilizationPercentage");
        return target is null ? "<none>" : $"cpu: {(current is null ? "<unknown>" : $"{current}%")}/{target}%";
    }

    private static string Used(JsonObject o, string prefix)
    {
        var hard = o.Map("status", "hard") ?? [];
        var parts = hard.Where(pair => pair.Key.StartsWith("limits", StringComparison.Ordinal) == (prefix == "limits"))
            .Select(pair => $"{pair.Key}: {o.Text("status", "used", pair.Key) ?? "0"}/{pair.Value.Text()}");
        return string.Join(", ", parts);
    }
}
