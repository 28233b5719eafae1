namespace Prunella.Reasoning.Diagnosing;

/// <summary>What a model believes about an incident, after its names were checked and its parameters clamped. Data: it does nothing.</summary>
/// <param name="Cause">An entry of the catalogue of causes, or <c>unknown</c>.</param>
/// <param name="Confidence">As stated, 0 to 1.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Facts">Numbers of the facts that decided, from 1.</param>
/// <param name="Actions">What to try, in order.</param>
/// <param name="Advice">What a person should look at.</param>
public sealed record DiagnosisOpinion(string Cause, double Confidence, string Summary, IReadOnlyList<int> Facts, IReadOnlyList<OpinionAction> Actions, string Advice)
{
    /// <summary>The model that said it.</summary>
    public string Model { get; init; } = "";
}

/// <summary>An action that a model names.</summary>
/// <param name="Action">An entry of the catalogue that is not forbidden.</param>
/// <param name="Parameters">Only parameters of that entry, within its bounds.</param>
/// <param name="Why">One sentence.</param>
public sealed record OpinionAction(string Action, IReadOnlyDictionary<string, string> Parameters, string Why);
