namespace Prunella.Incidents;

/// <summary>
/// The object acted on: the top owner (a Deployment, not its Pod), or a node, service, cache or database.
/// </summary>
/// <param name="Cluster">The cluster's configured name; <c>default</c> when there is one.</param>
/// <param name="Namespace">The namespace; empty for objects of the whole cluster.</param>
/// <param name="Kind">A Kubernetes kind, or <c>Cache</c>, <c>Database</c>, <c>Service</c>, <c>Host</c> for things outside.</param>
/// <param name="Name">The object's name.</param>
public sealed record Target(string Cluster, string Namespace, string Kind, string Name)
{
    /// <summary>The cluster's name when none is configured.</summary>
    public const string DefaultCluster = "default";

    /// <summary><c>cluster/namespace/kind/name</c>: unique, and what locks, limits and canaries are keyed by.</summary>
    public string Key => $"{Cluster}/{Namespace}/{Kind}/{Name}";

    /// <summary>How people see it: <c>Deployment shop/api-server</c>.</summary>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";

    /// <summary>Reads what <see cref="Key"/> wrote.</summary>
    /// <returns>False when <paramref name="key"/> does not have exactly four parts, or kind or name is empty.</returns>
    public static bool TryParse(string key, out Target target)
    {
        var parts = (key ?? "").Split('/');
        var valid = parts.Length == 4 && parts[0].Length > 0 && parts[2].Length > 0 && parts[3].Length > 0;
        target = valid ? new Target(parts[0], parts[1], parts[2], parts[3]) : new Target("", "", "", "");
        return valid;
    }
}
