using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Controllers;

/// <summary>What a new cluster contains: nodes, system namespaces, a storage class, the API server's own service.</summary>
internal static class NodeSeed
{
    public static readonly (string Type, string Reason, string Message)[] Pressures =
    [
        ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ];

    public static void Plant(ObjectRegistry registry, SandboxOptions options)
    {
        foreach (var name in (ReadOnlySpan<string>)["default", "kube-node-lease", "kube-public", "kube-system"])
            registry.Create(ResourceCatalogue.Namespaces, "", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["kubernetes.io/metadata.name"] = name } } });
        registry.Create(ResourceCatalogue.StorageClasses, "", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "standard", ["annotations"] = new JsonObject { ["storageclass.kubernetes.io/is-default-class"] = "true" } },
            ["provisioner"] = "sandbox.prunella/volumes", ["allowVolumeExpansion"] = true,
        });
        registry.Create(ResourceCatalogue.Services, "default", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "kubernetes", ["labels"] = new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" } },
            ["spec"] = new JsonObject { ["clusterIP"] = "10.96.0.1", ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 443L, ["targetPort"] = 6443L }) },
        });
        var index = 0;
        foreach (var node in options.Nodes) registry.Create(ResourceCatalogue.Nodes, "", Node(node, ++index, registry.Now()));
    }

    private static JsonObject Node(SandboxNode node, int index, DateTimeOffset now)
    {
        JsonObject Resources() => new()
        {
            ["cpu"] = node.Cpu, ["memory"] = node.Memory, ["pods"] = node.PodsMax.ToString(CultureInfo.InvariantCulture), ["ephemeral-storage"] = "100Gi",
        };
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = node.Name,
                ["labels"] = new JsonObject
                {
                    ["kubernetes.io/hostname"] = node.Name, ["kubernetes.io/os"] = "linux", ["kubernetes.io/arch"] = "amd64",
                    ["topology.kubernetes.io/zone"] = $"zone-{(char)('a' + ((index - 1) % 3))}",
                },
            },
            ["spec"] = new JsonObject { ["podCIDR"] = $"10.88.{index}.0/24" },
            ["status"] = new JsonObject
            {
                ["capacity"] = Resources(), ["allocatable"] = Resources(),
                ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = $"10.88.255.{index}" }, new JsonObject { ["type"] = "Hostname", ["address"] = node.Name }),
                ["nodeInfo"] = new JsonObject
                {
                    ["machineID"] = node.Name, ["systemUUID"] = node.Name, ["bootID"] = node.Name, ["kernelVersion"] = "6.1.0-sandbox", ["osImage"] = "Prunella sandbox",
                    ["containerRuntimeVersion"] = "simulated://1.0", ["kubeletVersion"] = "v1.32.0", ["kubeProxyVersion"] = "v1.32.0", ["operatingSystem"] = "linux", ["architecture"] = "amd64",
                },
            },
        };
        foreach (var (type, reason, message) in Pressures) PodConditions.Set(body, type, false, reason, message, now);
        PodConditions.Set(body, "Ready", true, "KubeletReady", "kubelet is posting ready status", now);
        return body;
    }
}
