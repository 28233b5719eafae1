using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Prunella.Reasoning.Pipeline;

/// <summary>The meter and the activity source of reasoning.</summary>
public sealed class ReasoningMeter : IDisposable
{
    /// <summary>The name of meter and activity source.</summary>
    public const string Name = "Prunella.Reasoning";

    private readonly Meter meter = new(Name);
    private readonly Counter<long> lookups;
    private readonly Counter<double> saved;
    private readonly Counter<long> tokens;
    private readonly Counter<long> refused;
    private readonly Counter<long> answers;
    private readonly Counter<double> dollars;
    private readonly Histogram<double> tries;

    /// <summary>Creates the instruments.</summary>
    public ReasoningMeter()
    {
        lookups = meter.CreateCounter<long>("prunella.model.cache", "{lookup}", "Questions looked up in the cache of answers, by task and whether one was there.");
        saved = meter.CreateCounter<double>("prunella.model.saved", "USD", "What kept answers saved.");
        tokens = meter.CreateCounter<long>("prunella.model.tokens", "{token}", "Tokens, by model and direction.");
        refused = meter.CreateCounter<long>("prunella.model.refused", "{call}", "Calls not made because the budget was used up, by task.");
        answers = meter.CreateCounter<long>("prunella.model.answers", "{answer}", "Questions to models, by task and whether the answer was used.");
        dollars = meter.CreateCounter<double>("prunella.model.cost", "USD", "What calls cost by the price table, by task and tier.");
        tries = meter.CreateHistogram<double>("prunella.model.duration", "s", "One try of a call, by task, model and outcome.");
    }

    /// <summary>Spans of calls.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    internal void Hit(string task, double dollarsSaved)
    {
        lookups.Add(1, new("task", task), new("hit", true));
        saved.Add(dollarsSaved, new KeyValuePair<string, object?>("task", task));
    }

    internal void Miss(string task) => lookups.Add(1, new("task", task), new("hit", false));

    internal void Tokens(string model, long input, long output)
    {
        tokens.Add(input, new("model", model), new("direction", "input"));
        tokens.Add(output, new("model", model), new("direction", "output"));
    }

    internal void Refused(string task) => refused.Add(1, new KeyValuePair<string, object?>("task", task));

    internal void Answer(string task, bool used) => answers.Add(1, new("task", task), new("used", used));

    internal void Cost(string task, string tier, double cost) => dollars.Add(cost, new("task", task), new("tier", tier));

    internal void Try(string task, string model, string outcome, TimeSpan took) => tries.Record(took.TotalSeconds, new("task", task), new("model", model), new("outcome", outcome));

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();
}
