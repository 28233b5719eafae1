namespace Prunella.Remediation.Stages;

/// <summary>How a scope has done since it came to its stage.</summary>
public sealed record StageFigures
{
    /// <summary>The stage that holds for the scope; its own <see cref="StageState.Scope"/> may be a wider one.</summary>
    public required StageState State { get; init; }

    /// <summary>The scope asked about.</summary>
    public required string Scope { get; init; }

    /// <summary>How long it has been in this stage, and at this step of a canary.</summary>
    public required TimeSpan InStage { get; init; }

    /// <summary>Decisions that were only recorded.</summary>
    public required int Decisions { get; init; }

    /// <summary>Those that a person found right.</summary>
    public required int Agreed { get; init; }

    /// <summary>Those that a person found wrong.</summary>
    public required int Disagreed { get; init; }

    /// <summary>Executions that ended.</summary>
    public required int Executions { get; init; }

    /// <summary>Those that fixed what they were for.</summary>
    public required int Fixed { get; init; }

    /// <summary>The next step of trust; null at the top.</summary>
    public StageStep? Next { get; init; }

    /// <summary>What speaks against taking it, each with its figure; empty when nothing does.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Those that did not.</summary>
    public int Failed => Executions - Fixed;

    /// <summary>The share of reviewed decisions that were right; null while none was reviewed.</summary>
    public double? Agreement => Agreed + Disagreed == 0 ? null : (double)Agreed / (Agreed + Disagreed);

    /// <summary>The share of executions that fixed; null while none ended.</summary>
    public double? Success => Executions == 0 ? null : (double)Fixed / Executions;
}

/// <summary>A step of trust.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="CanaryPercent">The share of a canary; unused otherwise.</param>
public sealed record StageStep(Stage Stage, int CanaryPercent)
{
    /// <summary>The steps of a canary, in percent.</summary>
    public static readonly IReadOnlyList<int> CanarySteps = [5, 10, 25, 50];

    /// <summary>One step up; null at the top.</summary>
    public static StageStep? Above(StageState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Stage switch
        {
            Stage.Shadow => new StageStep(Stage.DryRun, 0),
            Stage.DryRun => new StageStep(Stage.Canary, CanarySteps[0]),
            Stage.Canary => CanarySteps.FirstOrDefault(step => step > state.CanaryPercent) is var next and > 0 ? new StageStep(Stage.Canary, next) : new StageStep(Stage.Full, 0),
            _ => null,
        };
    }

    /// <summary>One step down; null at the bottom.</summary>
    public static StageStep? Below(StageState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Stage switch
        {
            Stage.Full => new StageStep(Stage.Canary, CanarySteps[^1]),
            Stage.Canary => CanarySteps.LastOrDefault(step => step < state.CanaryPercent) is var before and > 0 ? new StageStep(Stage.Canary, before) : new StageStep(Stage.DryRun, 0),
            Stage.DryRun => new StageStep(Stage.Shadow, 0),
            _ => null,
        };
    }

    /// <summary><c>Canary 10 %</c>.</summary>
    public override string ToString() => Stage == Stage.Canary ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Canary {CanaryPercent} %") : Stage.ToString();
}
