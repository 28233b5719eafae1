namespace Prunella.Webhooks;

/// <summary>Says a target in labels, the form in which every signal names what it is about.</summary>
internal static class TargetLabels
{
    /// <summary>Such as <c>namespace=shop, deployment=api-server</c> for the Deployment <c>api-server</c> in <c>shop</c>.</summary>
    /// <param name="cluster">The cluster's configured name; empty for the default.</param>
    /// <param name="scope">The namespace; empty for objects of the whole cluster.</param>
    /// <param name="kind">A kind such as <c>Deployment</c>, in any case.</param>
    /// <param name="name">The object's name.</param>
    internal static Dictionary<string, string> Of(string cluster, string scope, string kind, string name)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (cluster.Length > 0) labels["cluster"] = cluster;
        if (scope.Length > 0) labels["namespace"] = scope;
#pragma warning disable CA1308 // Label names are lower case by convention; this is no normalisation for comparison.
        labels[kind.ToLowerInvariant()] = name;
#pragma warning restore CA1308
        return labels;
    }
}
