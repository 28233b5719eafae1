namespace Prunella.Reasoning.Recommending;

/// <summary>What the person who is asked for an approval should know. The same form from a model and from rules.</summary>
/// <param name="Verdict"><c>approve</c>, <c>reject</c> or <c>unsure</c>. Advice: only a person approves.</param>
/// <param name="Why">One or two sentences.</param>
/// <param name="Risks">What could go wrong here and now.</param>
/// <param name="CheckFirst">What to look at before.</param>
/// <param name="Alternatives">What could be done instead.</param>
public sealed record Recommendation(string Verdict, string Why, IReadOnlyList<string> Risks, IReadOnlyList<string> CheckFirst, IReadOnlyList<Alternative> Alternatives);

/// <summary>Something that could be done instead.</summary>
/// <param name="Action">An entry of the catalogue, or <c>wait</c>.</param>
/// <param name="Why">One sentence.</param>
public sealed record Alternative(string Action, string Why)
{
    /// <summary>Doing nothing for now.</summary>
    public const string Wait = "wait";
}
