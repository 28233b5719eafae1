namespace Prunella.Logs.Classification;

/// <summary>How lines are classified and sampled.</summary>
public sealed class ClassifierOptions
{
    /// <summary>Share of routine lines that goes to the index.</summary>
    /// <value>0 to 1. Default 0.1.</value>
    public double RoutineShare { get; set; } = 0.1;

    /// <summary>First lines of every template that are interesting and indexed, whatever they say.</summary>
    /// <value>Lines. Default 3; 0 to 1000.</value>
    public int FirstLines { get; set; } = 3;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(RoutineShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RoutineShare, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(FirstLines);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FirstLines, 1000);
    }
}
