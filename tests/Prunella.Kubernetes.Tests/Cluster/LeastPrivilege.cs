using System.Text;
using System.Text.Json.Nodes;
using k8s;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Tests.Cluster;

/// <summary>
/// Gives a test namespace a service account with the roles of deploy/rbac.yaml and a kubeconfig for it, so that every
/// action proves that the shipped role suffices.
/// </summary>
internal static class LeastPrivilege
{
    internal static readonly ApiKind ServiceAccounts = new("ServiceAccount", "v1", "serviceaccounts");
    private static readonly ApiKind Secrets = new("Secret", "v1", "secrets");
    private static readonly ApiKind Roles = new("ClusterRole", "rbac.authorization.k8s.io/v1", "clusterroles", Namespaced: false);
    private static readonly ApiKind Bindings = new("ClusterRoleBinding", "rbac.authorization.k8s.io/v1", "clusterrolebindings", Namespaced: false);

    /// <summary>Makes account, roles and bindings named after the namespace; the returned kubeconfig is a temporary file.</summary>
    internal static async Task<string> GrantAsync(RealCluster cluster, params string[] roles)
    {
        await cluster.CreateAsync(ServiceAccounts, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "prunella" } });
        foreach (var role in roles)
        {
            var name = $"{cluster.Namespace}-{role}";
            await cluster.CreateAsync(Roles, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["rules"] = Rules(role) });
            cluster.AtEnd(() => DeleteAsync(cluster, Roles, name));
            await cluster.CreateAsync(Bindings, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name },
                ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = name },
                ["subjects"] = new JsonArray(new JsonObject { ["kind"] = "ServiceAccount", ["name"] = "prunella", ["namespace"] = cluster.Namespace }),
            });
            cluster.AtEnd(() => DeleteAsync(cluster, Bindings, name));
        }
        return await KubeconfigAsync(cluster);
    }

    private static JsonNode Rules(string role)
    {
        var all = KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Checkout.Root, "deploy/rbac.yaml")));
        var found = all.OfType<k8s.Models.V1ClusterRole>().Single(candidate => candidate.Metadata.Name == role);
        return JsonNode.Parse(KubernetesJson.Serialize(found.Rules))!;
    }

    private static async Task<string> KubeconfigAsync(RealCluster cluster)
    {
        var secret = "";
        // Before 1.24 a controller makes the token's secret; after, it has to be asked for.
        await cluster.UntilAsync(async () =>
        {
            var account = await cluster.FindAsync(ServiceAccounts, "prunella");
            secret = account?["secrets"]?[0]?["name"]?.GetValue<string>() ?? "";
            return secret.Length > 0;
        }, "the account's token");
        var data = (await cluster.FindAsync(Secrets, secret))!["data"]!;
        var token = Encoding.UTF8.GetString(Convert.FromBase64String(data["token"]!.GetValue<string>()));
        var server = cluster.Api.Client.BaseUri.AbsoluteUri.TrimEnd('/');
        var file = Path.Combine(Path.GetTempPath(), $"{cluster.Namespace}.conf");
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{name: test, cluster: {server: "{{server}}", certificate-authority-data: "{{data["ca.crt"]}}" } }]
            users: [{name: test, user: { token: "{{token}}" } }]
            contexts: [{name: test, context: {cluster: test, user: test } }]
            """, RealCluster.Cancellation);
        cluster.AtEnd(() => { File.Delete(file); return Task.CompletedTask; });
        return file;
    }

    private static async Task DeleteAsync(RealCluster cluster, ApiKind kind, string name)
    {
        if (await cluster.Api.FindAsync(kind, "", name, CancellationToken.None) is { } found) await cluster.Api.DeleteAsync(kind, "", name, found["metadata"]!["uid"]!.GetValue<string>(), CancellationToken.None);
    }
}
