using System.ComponentModel.DataAnnotations;

namespace Prunella.Reasoning;

/// <summary>Confidence of the built-in diagnosis below which a model is asked for its opinion.</summary>
public sealed class ConfidenceBars
{
    /// <summary>For incidents that alerts and people report.</summary>
    /// <value>0 to 1. Default 0.70.</value>
    [Range(0.0, 1.0)] public double Propose { get; set; } = 0.70;

    /// <summary>For what the operator notices itself.</summary>
    /// <value>0 to 1. Default 0.75.</value>
    [Range(0.0, 1.0)] public double Heal { get; set; } = 0.75;

    /// <summary>For what log patterns and events report.</summary>
    /// <value>0 to 1. Default 0.80.</value>
    [Range(0.0, 1.0)] public double Events { get; set; } = 0.80;
}
