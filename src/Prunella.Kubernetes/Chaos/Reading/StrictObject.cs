using System.Globalization;
using System.Text.Json;
using Prunella.Incidents.Actions;

namespace Prunella.Kubernetes.Chaos.Reading;

/// <summary>
/// Reads one object of a document member by member; what is missing, of another type, out of bounds or not known is a problem
/// that names its field, and the reading goes on, so that all of them are told at once.
/// </summary>
internal sealed class StrictObject(JsonElement element, string path, string where, List<string> problems)
{
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    internal JsonElement Element => element;

    internal bool Has(string name) => Member(name) is not null;

    internal void Problem(string name, string what) => problems.Add($"{where}: {PathOf(name)} {what}");

    internal string? Text(string name, bool required = false)
    {
        if (Member(name) is not { } value) return Missing<string>(name, required, "a text");
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text) return text;
        if (value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) return value.GetRawText();
        Problem(name, $"is {Show(value)}; expected a text");
        return null;
    }

    /// <summary>One of these words.</summary>
    internal string? OneOf(string name, bool required, params string[] known)
    {
        if (Text(name, required) is not { } text) return null;
        if (known.Contains(text)) return text;
        Problem(name, $"is \"{text}\"; expected one of {string.Join(", ", known)}");
        return null;
    }

    internal int? Whole(string name, int least, int most, bool required = false)
    {
        if (Member(name) is not { } value) return Missing<int?>(name, required, $"a whole number from {least} to {most}");
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Problem(name, $"is {Show(value)}; expected a whole number from {least} to {most}");
        return null;
    }

    internal TimeSpan? Duration(string name, bool required = false)
    {
        if (Text(name, required) is not { } text) return null;
        if (GoDuration.Parse(text) is { } duration && duration > TimeSpan.Zero && duration <= TimeSpan.FromHours(24)) return duration;
        Problem(name, $"is \"{text}\"; expected a duration up to 24h, as 30s, 5m or 1h30m");
        return null;
    }

    /// <summary>Bytes, as <c>64Mi</c> or, as Chaos Mesh writes them, <c>64MB</c>.</summary>
    internal long? Bytes(string name, bool required)
    {
        if (Text(name, required) is not { } text) return null;
        var plain = text.EndsWith('B') ? text[..^1] : text;
        // stress-ng, which Chaos Mesh hands the size to, counts MB in powers of two.
        if (text.EndsWith('B') && plain.Length > 0 && char.IsAsciiLetter(plain[^1]) && !plain.EndsWith('i')) plain = plain.ToUpperInvariant().Replace('k', 'K') + "i";
        if (Quantity.TryParse(plain, out var bytes) && bytes is >= 1 and <= 1L << 40) return (long)bytes;
        Problem(name, $"is \"{text}\"; expected a size, as 64Mi or 64MB (a share of the container's memory is not known here)");
        return null;
    }

    internal IReadOnlyList<string> Texts(string name)
    {
        if (Member(name) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 })) return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        Problem(name, $"is {Show(value)}; expected a list of texts");
        return [];
    }

    internal IReadOnlyDictionary<string, string> Labels(string name)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Member(name) is not { } value) return labels;
        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(member => member.Value.ValueKind == JsonValueKind.String))
            foreach (var member in value.EnumerateObject()) labels[member.Name] = member.Value.GetString()!;
        else Problem(name, $"is {Show(value)}; expected texts by name");
        return labels;
    }

    internal StrictObject? Object(string name, bool required = false)
    {
        if (Member(name) is not { } value) return Missing<StrictObject>(name, required, "an object");
        if (value.ValueKind == JsonValueKind.Object) return new StrictObject(value, PathOf(name), where, problems);
        Problem(name, $"is {Show(value)}; expected an object");
        return null;
    }

    internal IReadOnlyList<StrictObject> Objects(string name, bool required = false)
    {
        if (Member(name) is not { } value)
        {
            Missing<string>(name, required, "a list");
            return [];
        }
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
            return [.. value.EnumerateArray().Select((item, index) => new StrictObject(item, string.Create(CultureInfo.InvariantCulture, $"{PathOf(name)}[{index}]"), where, problems))];
        Problem(name, $"is {Show(value)}; expected a list of objects");
        return [];
    }

    /// <summary>Leaves a member unread on purpose.</summary>
    internal void Pass(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) read.Add(name);
    }

    /// <summary>Tells every member that nobody asked for.</summary>
    internal void Done()
    {
        foreach (var member in element.EnumerateObject().Where(member => !read.Contains(member.Name)))
            Problem(member.Name, $"is not known{(read.Count > 0 ? $"; known here: {string.Join(", ", read.Order(StringComparer.Ordinal))}" : "")}");
    }

    internal string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    private JsonElement? Member(string name)
    {
        read.Add(name);
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private T? Missing<T>(string name, bool required, string expected)
    {
        if (required) Problem(name, $"is missing; expected {expected}");
        return default;
    }

    private static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => Workloads.InertText.OneLine(value.GetRawText(), 60),
    };
}
