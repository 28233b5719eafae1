using System.Text;

namespace Prunella.Kubernetes.Connection;

/// <summary>Writes <c>deploy/rbac.yaml</c>.</summary>
internal static class RoleManifest
{
    private static readonly (string Role, string Kind, string Words)[] Roles =
    [
        (Permission.Read, "ClusterRole", "What Prunella reads to find targets, gather evidence, count workloads and notice trouble. A watch that is not granted is\nreported by verb and resource, and everything else goes on."),
        (Permission.Act, "ClusterRole", "What the actions on workloads need. To keep Prunella to some namespaces, bind this role there with RoleBindings in\nplace of the ClusterRoleBinding below, and list them in kubernetes:namespaces."),
        (Permission.ActOnNodes, "ClusterRole", "cordon-node, uncordon-node, drain-node. Leave it out, and these actions are reported as not permitted."),
        (Permission.Lead, "Role", "The lease, in Prunella's own namespace. Without it nothing is changed in the cluster."),
    ];

    /// <summary>The whole file.</summary>
    internal static string Write()
    {
        var text = new StringBuilder("""
            # Least privilege: what the code asks for and nothing more. Written from src/Prunella.Kubernetes/Connection/Permission.cs by
            # a test; do not edit. The tests run every action as this account.
            # It cannot read secrets, delete pods or change roles, and it deletes nothing but the network policies that it made.
            apiVersion: v1
            kind: ServiceAccount
            metadata:
              name: prunella
              namespace: prunella

            """);
        foreach (var (role, kind, words) in Roles)
        {
            text.Append("---\n").Append(string.Concat(words.Split('\n').Select(line => $"# {line}\n"))).Append("apiVersion: rbac.authorization.k8s.io/v1\nkind: ").Append(kind).Append("\nmetadata:\n  name: ").Append(role).Append('\n');
            if (kind == "Role") text.Append("  namespace: prunella\n");
            text.Append("rules:\n");
            foreach (var permission in Permission.All.Where(candidate => candidate.Role == role))
            {
                text.Append("  # ").Append(permission.Use).Append("\n  - apiGroups: [").Append(permission.Group.Length > 0 ? permission.Group : "\"\"").Append("]\n    resources: [").AppendJoin(", ", permission.Resources).Append("]\n    verbs: [").AppendJoin(", ", permission.Verbs).Append("]\n");
            }
        }
        foreach (var (role, kind, _) in Roles)
        {
            text.Append("---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ").Append(kind).Append("Binding\nmetadata:\n  name: ").Append(role).Append('\n');
            if (kind == "Role") text.Append("  namespace: prunella\n");
            text.Append("roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ").Append(kind).Append("\n  name: ").Append(role).Append("\nsubjects:\n  - kind: ServiceAccount\n    name: prunella\n    namespace: prunella\n");
        }
        return text.ToString();
    }
}
