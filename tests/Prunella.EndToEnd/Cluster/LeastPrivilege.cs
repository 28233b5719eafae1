using System.Text;
using k8s;
using k8s.KubeConfigModels;
using k8s.Models;
using Prunella.EndToEnd.Processes;

namespace Prunella.EndToEnd.Cluster;

/// <summary>Access to the cluster as a service account that has the roles of <c>deploy/rbac.yaml</c> and nothing else.</summary>
internal static class LeastPrivilege
{
    private const string Account = "prunella";

    /// <summary>Makes the account, binds it as <c>deploy/rbac.yaml</c> does and returns a kubeconfig with its token.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="withheld">Resources that the roles are not given.</param>
    internal static async Task<K8SConfiguration> GrantAsync(RealCluster cluster, params string[] withheld)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var roles = KubernetesYaml.LoadAllFromString(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/rbac.yaml"), cancellation)).OfType<V1ClusterRole>().ToDictionary(role => role.Metadata.Name);
        var client = cluster.Client;
        await client.CreateNamespacedServiceAccountAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = Account } }, cluster.Namespace, cancellationToken: cancellation);
        IList<Rbacv1Subject> subjects = [new Rbacv1Subject { Kind = "ServiceAccount", Name = Account, NamespaceProperty = cluster.Namespace }];

        var granted = roles.Values.Select(role => (Name: $"{cluster.Namespace}-{role.Metadata.Name}", Rules: role.Rules.Where(rule => !rule.Resources.Intersect(withheld).Any()).ToList())).ToList();
        (roles.Values.Sum(role => role.Rules.Count) - granted.Sum(role => role.Rules.Count)).ShouldBeGreaterThanOrEqualTo(withheld.Length);
        foreach (var (name, rules) in granted)
        {
            cluster.AtEnd(() => client.DeleteClusterRoleBindingAsync(name));
            cluster.AtEnd(() => client.DeleteClusterRoleAsync(name));
            await client.CreateClusterRoleAsync(new V1ClusterRole { Metadata = new V1ObjectMeta { Name = name }, Rules = rules }, cancellationToken: cancellation);
            await client.CreateClusterRoleBindingAsync(new V1ClusterRoleBinding { Metadata = new V1ObjectMeta { Name = name }, Subjects = subjects, RoleRef = Role(name) }, cancellationToken: cancellation);
        }

        var lead = KubernetesYaml.LoadAllFromString(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/rbac.yaml"), cancellation)).OfType<V1Role>().Single();
        await client.CreateNamespacedRoleAsync(new V1Role { Metadata = new V1ObjectMeta { Name = "lead" }, Rules = lead.Rules }, cluster.Namespace, cancellationToken: cancellation);
        await client.CreateNamespacedRoleBindingAsync(new V1RoleBinding { Metadata = new V1ObjectMeta { Name = "lead" }, Subjects = subjects, RoleRef = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "Role", Name = "lead" } }, cluster.Namespace, cancellationToken: cancellation);

        var token = await TokenAsync(cluster);
        var configuration = await KubernetesClientConfiguration.LoadKubeConfigAsync(new FileInfo(cluster.Kubeconfig));
        var context = configuration.Contexts.First(candidate => candidate.Name == configuration.CurrentContext);
        configuration.Users = [new User { Name = context.ContextDetails.User, UserCredentials = new UserCredentials { Token = token } }];
        return configuration;
    }

    /// <summary>A token of the account: asked for with a secret, which servers of every version fill in.</summary>
    private static async Task<string> TokenAsync(RealCluster cluster)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var secret = new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = "prunella-token", Annotations = new Dictionary<string, string> { ["kubernetes.io/service-account.name"] = Account } },
            Type = "kubernetes.io/service-account-token",
        };
        await cluster.Client.CreateNamespacedSecretAsync(secret, cluster.Namespace, cancellationToken: cancellation);
        await Patience.UntilAsync(async () => (secret = await cluster.Client.ReadNamespacedSecretAsync("prunella-token", cluster.Namespace, cancellationToken: cancellation)).Data?.ContainsKey("token") == true, "the account's token");
        return Encoding.UTF8.GetString(secret.Data["token"]);
    }

    private static V1RoleRef Role(string name) => new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = name };
}
