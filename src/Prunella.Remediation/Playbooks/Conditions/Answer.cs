using Prunella.Incidents;

namespace Prunella.Remediation.Playbooks.Conditions;

/// <summary>Whether a condition holds. Unknown is neither, and its negation is unknown as well.</summary>
internal enum Truth
{
    No,
    Unknown,
    Yes,
}

/// <summary>The answer to one condition with what it rests on.</summary>
/// <param name="Truth">Whether it holds.</param>
/// <param name="Why">In one sentence, for people.</param>
/// <param name="Evidence">The facts read for it.</param>
internal sealed record Answer(Truth Truth, string Why, IReadOnlyList<Evidence> Evidence);
