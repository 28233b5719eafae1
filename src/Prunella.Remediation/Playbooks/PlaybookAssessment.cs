using Prunella.Incidents;
using Prunella.Remediation.Diagnosing;

namespace Prunella.Remediation.Playbooks;

/// <summary>What became of a playbook that an incident's signals match.</summary>
public enum AssessmentResult
{
    /// <summary>Its conditions hold.</summary>
    Applies,

    /// <summary>A condition does not hold.</summary>
    Rejected,

    /// <summary>No condition speaks against it, and one could not be answered. Never acted on.</summary>
    Unverified,
}

/// <summary>One playbook held against one incident.</summary>
/// <param name="Playbook">The playbook.</param>
/// <param name="Result">What became of it.</param>
/// <param name="Confidence">0 to 1; 0 unless it applies.</param>
/// <param name="Why">What decided, for people.</param>
/// <param name="Evidence">The facts that its conditions read, in their order.</param>
public sealed record PlaybookAssessment(Playbook Playbook, AssessmentResult Result, double Confidence, string Why, IReadOnlyList<Evidence> Evidence)
{
    /// <summary>The diagnosis and the course; null unless it applies.</summary>
    public Finding? Finding { get; init; }

    /// <summary>Actions of the playbook that are not part of the course, each with why.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}
