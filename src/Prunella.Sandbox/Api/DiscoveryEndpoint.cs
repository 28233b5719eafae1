using System.Text.Json.Nodes;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Api;

/// <summary>What clients read to find out which kinds there are.</summary>
internal static class DiscoveryEndpoint
{
    private static readonly string[] verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    public static JsonObject? Answer(string path) => path switch
    {
        "/api" => new JsonObject
        {
            ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1"),
            ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = "127.0.0.1" }),
        },
        "/apis" => new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. Groups().Select(Group)]) },
        "/version" => new JsonObject
        {
            ["major"] = "1", ["minor"] = "32", ["gitVersion"] = "v1.32.0-prunella-sandbox", ["gitCommit"] = "0000000000000000000000000000000000000000", ["gitTreeState"] = "clean",
            ["buildDate"] = "2025-01-01T00:00:00Z", ["goVersion"] = "none", ["compiler"] = "roslyn", ["platform"] = "linux/amd64",
        },
        _ => Resources(path.Split('/', StringSplitOptions.RemoveEmptyEntries)),
    };

    private static IEnumerable<(string Group, string[] Versions)> Groups() =>
        ResourceCatalogue.Groups().Append(("authorization.k8s.io", ["v1"])).Append(("metrics.k8s.io", ["v1beta1"]));

    private static JsonNode Group((string Group, string[] Versions) group)
    {
        JsonObject Version(string version) => new() { ["groupVersion"] = group.Group + "/" + version, ["version"] = version };
        return new JsonObject
        {
            ["name"] = group.Group, ["versions"] = new JsonArray([.. group.Versions.Select(version => (JsonNode)Version(version))]), ["preferredVersion"] = Version(group.Versions[0]),
        };
    }

    private static JsonObject? Resources(string[] parts)
    {
        var (group, version) = parts switch { ["api", "v1"] => ("", "v1"), ["apis", var g, var v] => (g, v), ["apis", var g] => (g, ""), _ => ("", "") };
        if (parts is ["apis", _])
        {
            var found = Groups().FirstOrDefault(each => each.Group == group);
            if (found.Group is null) return null;
            var answer = (JsonObject)Group(found);
            answer["kind"] = "APIGroup";
            answer["apiVersion"] = "v1";
            return answer;
        }

        var resources = new JsonArray();
        foreach (var type in ResourceCatalogue.All.Where(type => type.Served.Contains(new ServedVersion(group, version)))) Describe(type, resources);
        if (group == "authorization.k8s.io" && version == "v1")
        {
            foreach (var kind in (ReadOnlySpan<string>)["SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"])
                resources.Add(Entry(kind.ToLowerInvariant() + "s", "", false, kind, ["create"]));
        }

        if (group == "metrics.k8s.io" && version == "v1beta1")
        {
            resources.Add(Entry("nodes", "", false, "NodeMetrics", ["get", "list"]));
            resources.Add(Entry("pods", "", true, "PodMetrics", ["get", "list"]));
        }

        if (resources.Count == 0) return null;
        return new JsonObject
        {
            ["kind"] = "APIResourceList", ["apiVersion"] = "v1", ["groupVersion"] = group.Length == 0 ? version : group + "/" + version, ["resources"] = resources,
        };
    }

    private static void Describe(ResourceType type, JsonArray resources)
    {
        var entry = Entry(type.Plural, type.Singular, type.Namespaced, type.Kind, verbs);
        if (type.ShortNames.Length > 0) entry["shortNames"] = new JsonArray([.. type.ShortNames.Select(name => (JsonNode)name)]);
        if (type.InAll) entry["categories"] = new JsonArray("all");
        resources.Add(entry);
        if (type.HasStatus) resources.Add(Entry(type.Plural + "/status", "", type.Namespaced, type.Kind, ["get", "patch", "update"]));
        if (type.HasScale)
        {
            var scale = Entry(type.Plural + "/scale", "", type.Namespaced, "Scale", ["get", "patch", "update"]);
            scale["group"] = "autoscaling";
            scale["version"] = "v1";
            resources.Add(scale);
        }

        if (type != ResourceCatalogue.Pods) return;
        resources.Add(Entry("pods/log", "", true, "Pod", ["get"]));
        var eviction = Entry("pods/eviction", "", true, "Eviction", ["create"]);
        eviction["group"] = "policy";
        eviction["version"] = "v1";
        resources.Add(eviction);
        resources.Add(Entry("pods/binding", "", true, "Binding", ["create"]));
    }

    private static JsonObject Entry(string name, string singular, bool namespaced, string kind, string[] verbs) => new()
    {
        ["name"] = name, ["singularName"] = singular, ["namespaced"] = namespaced, ["kind"] = kind, ["verbs"] = new JsonArray([.. verbs.Select(verb => (JsonNode)verb)]),
    };
}
