using Prunella.Incidents;

namespace Prunella.Demo.Stories;

/// <summary>How a story has to end. What happened is read from the store and the ledger and compared with it.</summary>
/// <param name="End">The incident's last state.</param>
/// <param name="Cause">The diagnosis.</param>
/// <param name="Verdicts">What the gate said in turn, as the ledger has it; empty when nothing was to be judged.</param>
internal sealed record Expectation(IncidentState End, string Cause, params IReadOnlyList<string> Verdicts)
{
    /// <summary>The first action proposed; empty for none.</summary>
    public string Action { get; init; } = "";

    /// <summary>How the validation of that action ended; null when nothing was executed.</summary>
    public ValidationResult? Validation { get; init; }

    /// <summary>What the person on call has to have decided; null when nobody was asked.</summary>
    public bool? Approved { get; init; }

    /// <summary>Whether the effect has to have been undone.</summary>
    public bool Undone { get; init; }

    /// <summary>A word that the verdict's reasons have to hold; empty for none.</summary>
    public string Because { get; init; } = "";
}
