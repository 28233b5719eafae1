using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning.Budget;

/// <summary>What the calls of one day (UTC) cost.</summary>
public sealed record SpendingDay
{
    /// <summary>The day.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>Sums by tier and task.</summary>
    public IReadOnlyList<SpendingLine> Lines { get; init; } = [];

    /// <summary>US dollars set aside for calls under way, by tier. What a killed process had set aside stays spent for the day.</summary>
    public IReadOnlyDictionary<ModelTier, double> Reserved { get; init; } = new Dictionary<ModelTier, double>();

    /// <summary>Counts writes; an older version is refused by the store.</summary>
    public int Version { get; init; }

    /// <summary>US dollars spent and set aside, of a tier or of all.</summary>
    public double Dollars(ModelTier? tier = null) =>
        Lines.Where(line => tier is null || line.Tier == tier).Sum(line => line.Dollars) + Reserved.Where(entry => tier is null || entry.Key == tier).Sum(entry => entry.Value);
}

/// <summary>Sums of one tier and task.</summary>
/// <param name="Tier">The tier.</param>
/// <param name="Task">The task.</param>
public sealed record SpendingLine(ModelTier Tier, string Task)
{
    /// <summary>Calls that a model answered or failed to.</summary>
    public int Calls { get; init; }

    /// <summary>Answers that were kept from before.</summary>
    public int CacheHits { get; init; }

    /// <summary>Questions refused because the budget was used up.</summary>
    public int Refused { get; init; }

    /// <summary>Tokens sent.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens answered.</summary>
    public long OutputTokens { get; init; }

    /// <summary>US dollars.</summary>
    public double Dollars { get; init; }

    /// <summary>US dollars that kept answers saved.</summary>
    public double Saved { get; init; }

    internal SpendingLine With(CallRecord call) => this with
    {
        Calls = Calls + (call.Outcome is CallOutcome.Cached or CallOutcome.OverBudget ? 0 : 1),
        CacheHits = CacheHits + (call.Outcome == CallOutcome.Cached ? 1 : 0),
        Refused = Refused + (call.Outcome == CallOutcome.OverBudget ? 1 : 0),
        InputTokens = InputTokens + call.InputTokens,
        OutputTokens = OutputTokens + call.OutputTokens,
        Dollars = Dollars + call.Dollars,
        Saved = Saved + call.Saved,
    };
}

/// <summary>Outcomes of calls; any other text says why there was no answer.</summary>
public static class CallOutcome
{
    /// <summary>The model answered.</summary>
    public const string Answered = "answered";

    /// <summary>The answer was kept from before.</summary>
    public const string Cached = "cached";

    /// <summary>The budget was used up.</summary>
    public const string OverBudget = "over budget";
}
