using System.Globalization;
using Prunella.Integrations.Secrets;

namespace Prunella.Hosting;

/// <summary>One key with its value in force.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; masked when it is a secret.</param>
/// <param name="From">Default, or the file's line, or the environment.</param>
internal sealed record EffectiveValue(string Key, string Value, string From);

/// <summary>Lists the values that a configuration amounts to.</summary>
internal static class EffectiveConfiguration
{
    private static readonly string[] SecretWords = ["token", "key", "secret", "password", "connectionstring", "sha256", "headers", "credential"];
    private static readonly string[] NoSecrets = ["ledgerKeyFile"];

    internal static IReadOnlyList<EffectiveValue> Of(ServerConfiguration configuration)
    {
        var values = new List<EffectiveValue>();
        foreach (var section in ConfigurationSections.All) Add(values, configuration, section.Key, section.Options, Activator.CreateInstance(section.Options)!);
        return values;
    }

    private static void Add(List<EffectiveValue> values, ServerConfiguration configuration, string path, Type options, object defaults)
    {
        foreach (var key in OptionKey.Of(options))
        {
            var full = $"{path}:{key.Key}";
            var section = configuration.Root.GetSection(full);
            if (key.Shape == OptionShape.Group && key.Property.GetValue(defaults) is { } inner) { Add(values, configuration, full, key.ItemType, inner); continue; }
            if (section.GetChildren().Any()) { AddChildren(values, configuration, section); continue; }
            var isSet = section.Value is not null;
            values.Add(new EffectiveValue(full, Mask(full, isSet ? section.Value! : ConfigurationReference.DefaultOf(key, defaults)), isSet ? PlaceOf(configuration, full) : "default"));
        }
    }

    private static void AddChildren(List<EffectiveValue> values, ServerConfiguration configuration, IConfigurationSection section)
    {
        foreach (var leaf in section.AsEnumerable().Where(leaf => leaf.Value is not null).OrderBy(leaf => leaf.Key, StringComparer.OrdinalIgnoreCase))
            values.Add(new EffectiveValue(leaf.Key, Mask(leaf.Key, leaf.Value!), PlaceOf(configuration, leaf.Key)));
    }

    private static string PlaceOf(ServerConfiguration configuration, string key) =>
        Environment.GetEnvironmentVariables().Keys.Cast<string>().Any(name => name.Equals(ServerConfiguration.EnvironmentPrefix + key.Replace(":", "__", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))
            ? "environment"
            : configuration.File?.LineOf(key) is { } line ? string.Create(CultureInfo.InvariantCulture, $"{configuration.File.Path}:{line}") : "flag";

    /// <summary>Hides values whose key speaks of secrets; an empty one is shown as such.</summary>
    internal static string Mask(string key, string value) =>
        value.Length > 0 && !NoSecrets.Any(name => key.EndsWith(name, StringComparison.OrdinalIgnoreCase)) && !value.StartsWith("none", StringComparison.Ordinal)
        // Where a key is kept is no secret; a key written in its place is.
        && !(key.EndsWith("credential", StringComparison.OrdinalIgnoreCase) && SecretReference.TryParse(value, out _))
        && SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase)) && !bool.TryParse(value, out _) && !double.TryParse(value, CultureInfo.InvariantCulture, out _)
            ? "(hidden)"
            : value;
}
