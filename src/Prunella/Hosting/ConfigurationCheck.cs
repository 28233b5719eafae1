using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Prunella.Hosting;

/// <summary>One thing wrong with the configuration.</summary>
/// <param name="Key">The key, as <c>webhooks:alertsMax</c>.</param>
/// <param name="Text">What is wrong and what is allowed.</param>
/// <param name="Place">File and line; empty when it came by environment or flag.</param>
internal sealed record ConfigurationFault(string Key, string Text, string Place)
{
    public override string ToString() => Place.Length == 0 ? $"{Key}: {Text}" : $"{Place}: {Key}: {Text}";
}

/// <summary>
/// Checks every configured value against the options classes before anything starts: unknown keys, values of the wrong type or
/// out of bounds, all at once. Durations written as <c>30s</c> are put into .NET's form on the way.
/// </summary>
internal sealed class ConfigurationCheck(IConfiguration configuration, YamlConfiguration? file)
{
    private readonly List<ConfigurationFault> faults = [];
    private readonly Dictionary<string, string?> durations = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Durations in .NET's form, to be laid over the configuration.</summary>
    internal IReadOnlyDictionary<string, string?> Durations => durations;

    /// <summary>Checks all sections.</summary>
    /// <returns>Every fault, in the order of the sections; empty when all is well.</returns>
    internal IReadOnlyList<ConfigurationFault> Run(IReadOnlyList<ConfigurationSectionInfo> sections)
    {
        foreach (var info in sections) CheckGroup(configuration.GetSection(info.Key), info.Options, ChildrenElsewhere(info.Key, sections));
        foreach (var info in sections) CheckWhole(info);
        var roots = sections.Select(info => info.Key.Split(':')[0]).Append("logging").ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var child in configuration.GetChildren())
            if (!roots.Contains(child.Key)) Add(child.Path, $"there is no such section{Nearest(child.Key, roots)}; known are {string.Join(", ", roots.Order(StringComparer.Ordinal))}");
        var parents = sections.Where(info => info.Key.Contains(':', StringComparison.Ordinal)).Select(info => info.Key[..info.Key.LastIndexOf(':')])
            .Where(parent => sections.All(info => !info.Key.Equals(parent, StringComparison.OrdinalIgnoreCase))).Distinct(StringComparer.OrdinalIgnoreCase);
        foreach (var parent in parents)
        {
            var known = ChildrenElsewhere(parent, sections);
            foreach (var child in configuration.GetSection(parent).GetChildren())
                if (!known.Contains(child.Key)) Add(child.Path, $"there is no such section{Nearest(child.Key, known)}; known are {string.Join(", ", known.Order(StringComparer.Ordinal))}");
        }
        foreach (var key in file?.EmptyKeys ?? [])
            if (!IsKnown(key, sections)) Add(key, "there is no such key");
        return faults;
    }

    // Values that are right each by itself may not go together. Asked only when all of them can be read.
    private void CheckWhole(ConfigurationSectionInfo info)
    {
        if (faults.Count > 0 || !typeof(IValidatableObject).IsAssignableFrom(info.Options)) return;
        var readable = new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection(durations).Build();
        if (readable.GetSection(info.Key).Get(info.Options) is not IValidatableObject options) return;
        foreach (var result in options.Validate(new ValidationContext(options)))
            Add($"{info.Key}:{result.MemberNames.FirstOrDefault()}", result.ErrorMessage ?? "is wrong");
    }

    private static bool IsKnown(string key, IReadOnlyList<ConfigurationSectionInfo> sections)
    {
        if (key.Equals("logging", StringComparison.OrdinalIgnoreCase) || sections.Any(info => (info.Key + ":").StartsWith(key + ":", StringComparison.OrdinalIgnoreCase))) return true;
        var section = sections.Where(info => key.StartsWith(info.Key + ":", StringComparison.OrdinalIgnoreCase)).MaxBy(info => info.Key.Length);
        return section is not null && OptionKey.Of(section.Options).Any(option => option.Key.Equals(key[(section.Key.Length + 1)..].Split(':')[0], StringComparison.OrdinalIgnoreCase));
    }

    private static HashSet<string> ChildrenElsewhere(string key, IReadOnlyList<ConfigurationSectionInfo> sections) =>
        sections.Where(info => info.Key.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase))
            .Select(info => info.Key[(key.Length + 1)..].Split(':')[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private void CheckGroup(IConfigurationSection section, Type options, HashSet<string> elsewhere)
    {
        var keys = OptionKey.Of(options);
        var names = keys.Select(key => key.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
            if (!names.Contains(child.Key) && !elsewhere.Contains(child.Key))
                Add(child.Path, $"there is no such key{Nearest(child.Key, names)}; known are {string.Join(", ", keys.Select(key => key.Key))}");
        foreach (var key in keys) CheckKey(section.GetSection(key.Key), key);
    }

    private void CheckKey(IConfigurationSection section, OptionKey key)
    {
        if (!section.Exists()) return;
        switch (key.Shape)
        {
            case OptionShape.Group: CheckGroup(section, key.ItemType, []); break;
            case OptionShape.Scalar: CheckScalar(section, key.ItemType, key.Property); break;
            default:
                if (!section.GetChildren().Any()) { Add(section.Path, key.Shape == OptionShape.List ? "expected a list" : "expected names with values"); break; }
                foreach (var item in section.GetChildren())
                {
                    if (OptionKey.IsGroup(key.ItemType)) CheckItem(item, key.ItemType);
                    else CheckScalar(item, key.ItemType, property: null);
                }
                break;
        }
    }

    private void CheckItem(IConfigurationSection item, Type type)
    {
        CheckGroup(item, type, []);
        foreach (var key in OptionKey.Of(type))
            if (key.Property.GetCustomAttribute<RequiredAttribute>() is not null && string.IsNullOrEmpty(item[key.Key]) && !item.GetSection(key.Key).GetChildren().Any())
                Add($"{item.Path}:{key.Key}", "it is missing");
    }

    private void CheckScalar(IConfigurationSection section, Type type, PropertyInfo? property)
    {
        if (section.GetChildren().Any()) { Add(section.Path, $"expected {OptionValue.NameOf(type)}, found keys below it"); return; }
        if (string.IsNullOrEmpty(section.Value)) return;
        if (OptionValue.TryRead(section.Value, Nullable.GetUnderlyingType(type) ?? type, out var value) is { } expected)
        {
            Add(section.Path, $"{expected}, found \"{EffectiveConfiguration.Mask(section.Path, section.Value)}\"");
            return;
        }
        if (value is TimeSpan duration) durations[section.Path] = duration.ToString("c", CultureInfo.InvariantCulture);
        if (property is null) return;
        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
            if (rule is not RequiredAttribute && !IsValid(rule, value)) Add(section.Path, $"{Allowed(rule)}, found \"{EffectiveConfiguration.Mask(section.Path, section.Value)}\"");
    }

    private static bool IsValid(ValidationAttribute rule, object? value) =>
        rule is RangeAttribute { OperandType: var operand } range && operand == typeof(TimeSpan) ? Within((TimeSpan)value!, range) : rule.IsValid(value);

    private static bool Within(TimeSpan value, RangeAttribute range) =>
        value >= TimeSpan.Parse((string)range.Minimum, CultureInfo.InvariantCulture) && value <= TimeSpan.Parse((string)range.Maximum, CultureInfo.InvariantCulture);

    /// <summary>What a rule allows, in words.</summary>
    internal static string Allowed(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range when range.OperandType == typeof(TimeSpan) =>
            $"expected {Duration(range.Minimum)} to {Duration(range.Maximum)}",
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"expected {range.Minimum} to {range.Maximum}"),
        StringLengthAttribute length => $"expected {length.MinimumLength} to {length.MaximumLength} characters",
        RegularExpressionAttribute pattern => $"expected text that matches {pattern.Pattern}",
        _ => rule.FormatErrorMessage("the value"),
    };

    private static string Duration(object text) => OptionValue.Write(TimeSpan.Parse((string)text, CultureInfo.InvariantCulture));

    private void Add(string key, string text)
    {
        var line = file?.LineOf(key);
        faults.Add(new ConfigurationFault(Camel(key), text, line is null ? "" : $"{file!.Path}:{line}"));
    }

    private static string Camel(string key) => string.Join(':', key.Split(':').Select(part => part.Length == 0 ? part : char.ToLowerInvariant(part[0]) + part[1..]));

    private static string Nearest(string given, IEnumerable<string> known)
    {
        var (name, distance) = known.Select(name => (name, Distance(given, name))).DefaultIfEmpty(("", int.MaxValue)).MinBy(pair => pair.Item2);
        return distance <= Math.Max(1, given.Length / 3) ? $" (did you mean {name}?)" : "";
    }

    // Levenshtein, two rows; names are short.
    private static int Distance(string left, string right)
    {
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var row = 1; row <= left.Length; row++)
        {
            var present = new int[right.Length + 1];
            present[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var same = char.ToLowerInvariant(left[row - 1]) == char.ToLowerInvariant(right[column - 1]);
                present[column] = Math.Min(Math.Min(previous[column] + 1, present[column - 1] + 1), previous[column - 1] + (same ? 0 : 1));
            }
            previous = present;
        }
        return previous[right.Length];
    }
}
