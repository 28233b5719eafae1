using Prunella.Incidents;

namespace Prunella.Remediation.Diagnosing;

/// <summary>Tells to which family of causes a signal belongs, before anything is known about the target: signals of the same target and family are one incident.</summary>
public interface IFamilySource
{
    /// <summary>The family, or null when this source does not know the signal.</summary>
    string? FamilyOf(Signal signal);

    /// <summary>The causes that a signal of this name and these labels may tell of; none when this source does not know the signal.</summary>
    IEnumerable<string> CausesOf(Signal signal);
}
