namespace Prunella.Reasoning.Providers;

/// <summary>A model that can be asked: where, under which name, at which prices.</summary>
/// <param name="ProviderName">The provider's name in the configuration.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Tier">For which tier.</param>
/// <param name="Prices">The model's name with its prices.</param>
internal sealed record ModelChoice(string ProviderName, ProviderOptions Provider, ModelTier Tier, PricedModel Prices)
{
    internal string Model => Prices.Model;

    /// <summary>The models of a tier in the order they are asked: its own, then the fallback. Options without problems only.</summary>
    internal static IReadOnlyList<ModelChoice> Of(ReasoningOptions options, ModelTier tier)
    {
        var chosen = options.Of(tier);
        List<ModelChoice> choices = [];
        var main = chosen.Provider.Length > 0 ? chosen.Provider : options.Providers.Keys.First();
        choices.Add(Choose(options, tier, main, chosen.Model, fallback: false));
        if (chosen.Fallback.Length > 0) choices.Add(Choose(options, tier, chosen.Fallback, chosen.FallbackModel, fallback: true));
        return choices;
    }

    /// <summary>What is missing or wrong in a tier, in words.</summary>
    internal static IEnumerable<string> Problems(ReasoningOptions options, ModelTier tier)
    {
        var chosen = options.Of(tier);
        if (chosen.Provider.Length == 0 && options.Providers.Count > 1) { yield return $"provider: there are several ({Names(options)}); say which one"; yield break; }
        var main = chosen.Provider.Length > 0 ? chosen.Provider : options.Providers.Keys.First();
        foreach (var (name, model, own) in new[] { (main, chosen.Model, true), (chosen.Fallback, chosen.FallbackModel, false) })
        {
            if (name.Length == 0) continue;
            var key = own ? "model" : "fallbackModel";
            if (!options.Providers.TryGetValue(name, out var provider)) { yield return $"{(own ? "provider" : "fallback")}: there is no provider \"{name}\"; known are {Names(options)}"; continue; }
            var wanted = model.Length > 0 ? model : DefaultModels.For(provider, tier);
            if (wanted is null) yield return $"{key}: name the model; there is no default for {provider.Kind} with an endpoint of its own";
            else if ((DefaultModels.PriceOf(wanted) is null || IsOwn(provider)) && (chosen.InputPrice is null || chosen.OutputPrice is null)) yield return $"inputPrice and outputPrice: the price of {wanted} is not known here; give both, 0 for a model of your own";
        }
    }

    // A model served at home costs what home says, even if it bears a vendor's name.
    private static bool IsOwn(ProviderOptions provider) => provider.Kind == ProviderKind.OpenAi && provider.Endpoint.Length > 0;

    private static ModelChoice Choose(ReasoningOptions options, ModelTier tier, string name, string model, bool fallback)
    {
        var chosen = options.Of(tier);
        var provider = options.Providers[name];
        if (model.Length == 0) model = DefaultModels.For(provider, tier) ?? "";
        var table = IsOwn(provider) ? null : DefaultModels.PriceOf(model);
        // The configured prices are the main model's; the table knows the fallback's better where it knows them.
        var prices = table is not null && (fallback || (chosen.InputPrice is null && chosen.OutputPrice is null))
            ? table
            : new PricedModel(model, chosen.InputPrice ?? table?.Input ?? 0, chosen.OutputPrice ?? table?.Output ?? 0, chosen.InputPrice ?? table?.CachedInput ?? 0, chosen.InputPrice * 1.25 ?? table?.CacheWrite ?? 0);
        return new ModelChoice(name, provider, tier, prices with { Model = model });
    }

    private static string Names(ReasoningOptions options) => string.Join(", ", options.Providers.Keys.Order(StringComparer.Ordinal));
}
