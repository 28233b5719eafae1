namespace Prunella.Reasoning.Providers;

/// <summary>
/// Models and prices of the day: list prices in US dollars for a million tokens, for prompts of up to 100 000 tokens, as vendors
/// and gateways published them until 2026-11-23. Vendors change both; a configuration that names model and prices does not depend on this file.
/// </summary>
internal static class DefaultModels
{
    /// <summary>When the table was last entered.</summary>
    internal const string Date = "2026-11-23";

    internal static readonly Uri AnthropicAddress = new("https://api.anthropic.com/");
    internal static readonly Uri OpenAiAddress = new("https://api.openai.com/v1/");

    /// <summary>Every model with known prices.</summary>
    internal static IReadOnlyList<PricedModel> Known { get; } =
    [
        new("claude-haiku-5-5", 0.10, 0.50, 0.01, 0.125),
        new("claude-sonnet-5-5", 2, 10, 0.20, 2.50),
        new("claude-opus-5-5", 4, 20, 0.20, 5),
        new("claude-opus-5", 5, 25, 0.50, 6.25),
        new("claude-sonnet-5", 2, 10, 0.20, 2.50),
        new("claude-haiku-4-5", 1, 5, 0.10, 1.25),
        new("gpt-6-luna", 0.10, 0.50, 0.01, 0.125),
        new("gpt-6.1-terra", 1, 5, 0.05, 1.25),
        new("gpt-6-sol", 2, 10, 0.20, 2.50),
        new("gpt-5", 1.25, 10, 0.125, 1.25),
        new("gpt-5-mini", 0.25, 2, 0.025, 0.25),
    ];

    /// <summary>The vendor's model for a tier; null where only the site can know.</summary>
    internal static string? For(ProviderOptions provider, ModelTier tier) => provider.Endpoint.Length > 0 && provider.Kind != ProviderKind.Anthropic ? null : (provider.Kind, tier) switch
    {
        (ProviderKind.Anthropic, ModelTier.Small) => "claude-haiku-5-5",
        (ProviderKind.Anthropic, ModelTier.Medium) => "claude-sonnet-5-5",
        (ProviderKind.Anthropic, ModelTier.Large) => "claude-opus-5-5",
        (ProviderKind.OpenAi, ModelTier.Small) => "gpt-6-luna",
        (ProviderKind.OpenAi, ModelTier.Medium) => "gpt-6.1-terra",
        (ProviderKind.OpenAi, ModelTier.Large) => "gpt-6-sol",
        _ => null,
    };

    /// <summary>The known prices of a model, dated versions (<c>claude-haiku-4-5-20251001</c>) included.</summary>
    internal static PricedModel? PriceOf(string model) =>
        Known.FirstOrDefault(known => known.Model == model)
        ?? Known.FirstOrDefault(known => model.StartsWith(known.Model + "-", StringComparison.Ordinal) && model[(known.Model.Length + 1)..].All(sign => char.IsAsciiDigit(sign) || sign == '-'));
}

/// <summary>US dollars for a million tokens.</summary>
/// <param name="Model">The model.</param>
/// <param name="Input">Sent.</param>
/// <param name="Output">Answered.</param>
/// <param name="CachedInput">Sent and found in the provider's own prompt cache.</param>
/// <param name="CacheWrite">Sent and stored in the provider's prompt cache.</param>
internal sealed record PricedModel(string Model, double Input, double Output, double CachedInput, double CacheWrite);
