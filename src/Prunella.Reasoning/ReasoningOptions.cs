using System.ComponentModel.DataAnnotations;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning;

/// <summary>Models that help where the built-in reasoning is unsure. Without a provider nothing leaves the machine and nothing is missing but their opinion.</summary>
public sealed class ReasoningOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "reasoning";

    /// <summary>Whether models may be asked at all.</summary>
    /// <value>Default true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>Where models are reached, by a name of your own.</summary>
    /// <value>Default none: built-in reasoning only.</value>
    public IDictionary<string, ProviderOptions> Providers { get; init; } = new Dictionary<string, ProviderOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The model for short and many answers: interest of templates, names of formats, summaries.</summary>
    public TierOptions Small { get; init; } = new();

    /// <summary>The model for diagnoses, recommendations and questions.</summary>
    public TierOptions Medium { get; init; } = new();

    /// <summary>The model for plans of several steps and write-ups.</summary>
    public TierOptions Large { get; init; } = new();

    /// <summary>Tiers of single tasks in place of the usual ones: <c>diagnose: large</c>.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, ModelTier> Tasks { get; init; } = new Dictionary<string, ModelTier>(StringComparer.OrdinalIgnoreCase);

    /// <summary>US dollars that all calls of a day (UTC) may cost. At 80 % somebody is told, at 100 % only built-in reasoning is left.</summary>
    /// <value>Default 10; 0 to 100 000.</value>
    [Range(0.0, 100_000.0)] public double DollarsPerDay { get; set; } = 10;

    /// <summary>US dollars that all calls of a month (UTC) may cost.</summary>
    /// <value>Default 100; 0 to 1 000 000.</value>
    [Range(0.0, 1_000_000.0)] public double DollarsPerMonth { get; set; } = 100;

    /// <summary>Answers that are kept so that the same question is not paid twice.</summary>
    public AnswerCacheOptions Cache { get; init; } = new();

    /// <summary>What is replaced before anything leaves the machine, beyond what always is.</summary>
    public ModelRedactionOptions Redaction { get; init; } = new();

    /// <summary>Confidence of the built-in diagnosis below which a model is asked.</summary>
    public ConfidenceBars Bars { get; init; } = new();

    /// <summary>Tool calls that one question may make.</summary>
    /// <value>Default 12; 0 to 12.</value>
    [Range(0, 12)] public int ToolStepsMax { get; set; } = 12;

    /// <summary>How long one question may take with all its calls; after that the built-in answer stands.</summary>
    /// <value>Default 45 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")] public TimeSpan Within { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Whether a model can be asked: enabled, and at least one provider.</summary>
    internal bool Configured => Enabled && Providers.Count > 0;

    /// <summary>The options of a tier.</summary>
    internal TierOptions Of(ModelTier tier) => tier switch { ModelTier.Small => Small, ModelTier.Medium => Medium, _ => Large };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, provider) in Providers)
        {
            if (provider.Problem() is { } problem) yield return new ValidationResult($"provider {name}: {problem}", [nameof(Providers)]);
        }
        if (Cache.Problem() is { } wrong) yield return new ValidationResult(wrong, [nameof(Cache)]);
        foreach (var (task, _) in Tasks)
        {
            if (!ReasoningTasks.All.ContainsKey(task)) yield return new ValidationResult($"there is no task \"{task}\"; known are {string.Join(", ", ReasoningTasks.All.Keys.Order(StringComparer.Ordinal))}", [nameof(Tasks)]);
        }
        if (Providers.Count == 0) yield break;
        foreach (var tier in Enum.GetValues<ModelTier>())
        {
            foreach (var problem in ModelChoice.Problems(this, tier)) yield return new ValidationResult(problem, [tier.ToString()]);
        }
    }
}
