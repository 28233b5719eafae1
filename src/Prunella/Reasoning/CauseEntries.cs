using Prunella.Kubernetes.Causes;
using Prunella.Reasoning.Diagnosing;
using Prunella.Remediation.Playbooks;

namespace Prunella.Reasoning;

/// <summary>The closed catalogue of causes as a model is shown it: those recognised in Kubernetes, and those of the playbooks.</summary>
internal static class CauseEntries
{
    /// <summary>Those recognised in Kubernetes.</summary>
    internal static IReadOnlyList<CauseEntry> OfKubernetes { get; } = [.. CauseCatalogue.All.Select(cause => new CauseEntry(cause.Descriptor.Name, cause.Descriptor.RecognisedBy))];

    internal static IReadOnlyList<CauseEntry> Of(PlaybookSet playbooks) =>
    [
        .. OfKubernetes
            .Concat(playbooks.All.Select(playbook => new CauseEntry(playbook.Cause, playbook.Description))).DistinctBy(entry => entry.Name).OrderBy(entry => entry.Name, StringComparer.Ordinal),
    ];
}
