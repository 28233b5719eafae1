using Prunella.Incidents;
using Prunella.Remediation.Diagnosing;

namespace Prunella.Remediation.Playbooks;

/// <summary>The playbooks in use, by name. Immutable.</summary>
public sealed class PlaybookSet : IFamilySource
{
    internal PlaybookSet(IEnumerable<Playbook> playbooks) => All = [.. playbooks.OrderBy(playbook => playbook.Name, StringComparer.Ordinal)];

    /// <summary>Every playbook, by name.</summary>
    public IReadOnlyList<Playbook> All { get; }

    /// <summary>One playbook; null when there is none of this name.</summary>
    public Playbook? Find(string name) => All.FirstOrDefault(playbook => playbook.Name == name);

    /// <summary>
    /// The family of causes that a signal belongs to, from its name and labels alone: that of the playbooks that match it, the
    /// most confident first and then by name; null when none does.
    /// </summary>
    public string? FamilyOf(Signal signal) => All.Where(playbook => playbook.Matches(signal)).OrderByDescending(playbook => playbook.ConfidenceBase).FirstOrDefault()?.Family;

    /// <summary>The causes of the playbooks that match a signal by its name and labels.</summary>
    public IEnumerable<string> CausesOf(Signal signal) => All.Where(playbook => playbook.Matches(signal)).Select(playbook => playbook.Cause);
}
