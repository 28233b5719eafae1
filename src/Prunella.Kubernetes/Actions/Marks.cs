namespace Prunella.Kubernetes.Actions;

/// <summary>The annotations and labels that Prunella writes.</summary>
internal static class Marks
{
    /// <summary>The id of the last execution that changed the object.</summary>
    internal const string Execution = "prunella.dev/execution";

    /// <summary>What a resource was before Prunella first grew it, and what Prunella set it to; by container, as JSON.</summary>
    internal const string OriginalPrefix = "prunella.dev/original-";

    /// <summary>When an object made by Prunella is to be removed; RFC 3339.</summary>
    internal const string ExpiresAt = "prunella.dev/expires-at";

    /// <summary>On objects that Prunella made and will remove; its value is the action.</summary>
    internal const string MadeBy = "prunella.dev/made-by";

    /// <summary>What <c>kubectl rollout restart</c> writes into a template to make new pods.</summary>
    internal const string RestartedAt = "kubectl.kubernetes.io/restartedAt";
}
