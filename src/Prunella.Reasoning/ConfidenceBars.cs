using System.ComponentModel.DataAnnotations;
using Prunella.Incidents;

namespace Prunella.Reasoning;

/// <summary>Confidence of the built-in diagnosis below which a model is asked for its opinion.</summary>
public sealed class ConfidenceBars
{
    private const string LogSource = "logs";

    /// <summary>For incidents that alerts and people report.</summary>
    /// <value>0 to 1. Default 0.70.</value>
    [Range(0.0, 1.0)] public double Propose { get; set; } = 0.70;

    /// <summary>For what the operator notices itself.</summary>
    /// <value>0 to 1. Default 0.75.</value>
    [Range(0.0, 1.0)] public double Heal { get; set; } = 0.75;

    /// <summary>For what log patterns report, and for a diagnosis that rests on events and log lines alone: somebody said so, no state shows it.</summary>
    /// <value>0 to 1. Default 0.80.</value>
    [Range(0.0, 1.0)] public double Events { get; set; } = 0.80;

    /// <summary>Whether a model is asked about a diagnosis.</summary>
    /// <param name="source">Where its incident's first signal comes from.</param>
    /// <param name="diagnosis">What the rules are surest of.</param>
    public bool IsUnsure(string source, Diagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        var bar = source == LogSource || RestsOnWords(diagnosis) ? Events : source == Signal.OperatorSource ? Heal : Propose;
        return diagnosis.Confidence < bar;
    }

    private static bool RestsOnWords(Diagnosis diagnosis) =>
        diagnosis.Evidence.Count > 0 && diagnosis.Evidence.All(fact => fact.Source is "kubernetes/event" or "log" or "log-pattern");
}
