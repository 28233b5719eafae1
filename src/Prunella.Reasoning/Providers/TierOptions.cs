using System.ComponentModel.DataAnnotations;

namespace Prunella.Reasoning.Providers;

/// <summary>The model of a tier. What is left out comes from the table of the day in <c>docs/models.md</c>.</summary>
public sealed class TierOptions
{
    /// <summary>The name of the provider.</summary>
    /// <value>Default the only one; needed when there are several.</value>
    public string Provider { get; set; } = "";

    /// <summary>The model's name at the provider.</summary>
    /// <value>Default the vendor's model of the day for the tier; needed with an endpoint of your own.</value>
    public string Model { get; set; } = "";

    /// <summary>The provider that is asked when this one does not answer.</summary>
    /// <value>Default none.</value>
    public string Fallback { get; set; } = "";

    /// <summary>The model's name at the fallback.</summary>
    /// <value>Default the vendor's model of the day for the tier.</value>
    public string FallbackModel { get; set; } = "";

    /// <summary>US dollars for a million tokens sent. For the model, and for the fallback's where the table does not know it.</summary>
    /// <value>Default the table's; needed for models that it does not know, 0 for your own.</value>
    [Range(0.0, 10_000.0)] public double? InputPrice { get; set; }

    /// <summary>US dollars for a million tokens answered.</summary>
    /// <value>Default the table's; needed for models that it does not know, 0 for your own.</value>
    [Range(0.0, 10_000.0)] public double? OutputPrice { get; set; }

    /// <summary>The longest answer that is asked for.</summary>
    /// <value>Tokens, what the model thinks before it answers included. Default 4 000; 16 to 64 000.</value>
    [Range(16, 64_000)] public int AnswerMax { get; set; } = 4_000;

    /// <summary>The most that one question may hold; data beyond it is cut and the cut is named.</summary>
    /// <value>Tokens. Default 24 000; 500 to 1 000 000.</value>
    [Range(500, 1_000_000)] public int QuestionMax { get; set; } = 24_000;

    /// <summary>US dollars of a day (UTC) for this tier.</summary>
    /// <value>Default only the total holds; 0 to 100 000.</value>
    [Range(0.0, 100_000.0)] public double? DollarsPerDay { get; set; }

    /// <summary>US dollars of a month (UTC) for this tier.</summary>
    /// <value>Default only the total holds; 0 to 1 000 000.</value>
    [Range(0.0, 1_000_000.0)] public double? DollarsPerMonth { get; set; }
}
