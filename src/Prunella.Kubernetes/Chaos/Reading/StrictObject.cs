using System.Globalization;
using System.Text.Json;
using Prunella.Incidents.Actions;

namespace Prunella.Kubernetes.Chaos.Reading;

/// <summary>
/// Reads one object of a document member by member; what is missing, of another type, out of bounds or not known is a problem
/// that names its field, and the reading goes on, so that all of them are told at once.
/// </summary>
public sealed class StrictObject
{
    private readonly JsonElement element;
    private readonly string path;
    private readonly IList<string> problems;
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    internal StrictObject(JsonElement element, string path, string where, IList<string> problems) => (this.element, this.path, Where, this.problems) = (element, path, where, problems);

    /// <summary>The object as it was written.</summary>
    public JsonElement Element => element;

    /// <summary>The file and document that it is in.</summary>
    public string Where { get; }

    /// <summary>Whether a member is there and not null.</summary>
    public bool Has(string name) => Member(name) is not null;

    /// <summary>Adds a problem of a member.</summary>
    public void Problem(string name, string what) => problems.Add($"{Where}: {PathOf(name)} {what}");

    /// <summary>A text; numbers and booleans count as they are written.</summary>
    public string? Text(string name, bool required = false)
    {
        if (Member(name) is not { } value) return Missing<string>(name, required, "a text");
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text) return text;
        if (value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) return value.GetRawText();
        Problem(name, $"is {Show(value)}; expected a text");
        return null;
    }

    /// <summary>One of these words.</summary>
    public string? OneOf(string name, bool required, params string[] known)
    {
        if (Text(name, required) is not { } text) return null;
        if (known.Contains(text)) return text;
        Problem(name, $"is \"{text}\"; expected one of {string.Join(", ", known)}");
        return null;
    }

    /// <summary>A whole number within bounds, also when it is written as a text.</summary>
    public int? Whole(string name, int least, int most, bool required = false)
    {
        if (Member(name) is not { } value) return Missing<int?>(name, required, $"a whole number from {least} to {most}");
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Problem(name, $"is {Show(value)}; expected a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A duration of more than zero and up to a day.</summary>
    public TimeSpan? Duration(string name, bool required = false)
    {
        if (Text(name, required) is not { } text) return null;
        if (GoDuration.Parse(text) is { } duration && duration > TimeSpan.Zero && duration <= TimeSpan.FromHours(24)) return duration;
        Problem(name, $"is \"{text}\"; expected a duration up to 24h, as 30s, 5m or 1h30m");
        return null;
    }

    /// <summary>Bytes, as <c>64Mi</c> or, as Chaos Mesh writes them, <c>64MB</c>.</summary>
    public long? Bytes(string name, bool required)
    {
        if (Text(name, required) is not { } text) return null;
        var plain = text.EndsWith('B') ? text[..^1] : text;
        // stress-ng, which Chaos Mesh hands the size to, counts MB in powers of two.
        if (text.EndsWith('B') && plain.Length > 0 && char.IsAsciiLetter(plain[^1]) && !plain.EndsWith('i')) plain = plain.ToUpperInvariant().Replace('k', 'K') + "i";
        if (Quantity.TryParse(plain, out var bytes) && bytes is >= 1 and <= 1L << 40) return (long)bytes;
        Problem(name, $"is \"{text}\"; expected a size, as 64Mi or 64MB (a share of the container's memory is not known here)");
        return null;
    }

    /// <summary>A list of texts; empty when there is none.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (Member(name) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 })) return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        Problem(name, $"is {Show(value)}; expected a list of texts");
        return [];
    }

    /// <summary>Texts by name; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Labels(string name)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Member(name) is not { } value) return labels;
        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(member => member.Value.ValueKind == JsonValueKind.String))
            foreach (var member in value.EnumerateObject()) labels[member.Name] = member.Value.GetString()!;
        else Problem(name, $"is {Show(value)}; expected texts by name");
        return labels;
    }

    /// <summary>An object; null when there is none.</summary>
    public StrictObject? Object(string name, bool required = false)
    {
        if (Member(name) is not { } value) return Missing<StrictObject>(name, required, "an object");
        if (value.ValueKind == JsonValueKind.Object) return new StrictObject(value, PathOf(name), Where, problems);
        Problem(name, $"is {Show(value)}; expected an object");
        return null;
    }

    /// <summary>A list of objects; empty when there is none.</summary>
    public IReadOnlyList<StrictObject> Objects(string name, bool required = false)
    {
        if (Member(name) is not { } value)
        {
            Missing<string>(name, required, "a list");
            return [];
        }
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
            return [.. value.EnumerateArray().Select((item, index) => new StrictObject(item, string.Create(CultureInfo.InvariantCulture, $"{PathOf(name)}[{index}]"), Where, problems))];
        Problem(name, $"is {Show(value)}; expected a list of objects");
        return [];
    }

    /// <summary>Leaves a member unread on purpose.</summary>
    public void Pass(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) read.Add(name);
    }

    /// <summary>Tells every member that nobody asked for.</summary>
    public void Done()
    {
        foreach (var member in element.EnumerateObject().Where(member => !read.Contains(member.Name)))
            Problem(member.Name, $"is not known{(read.Count > 0 ? $"; known here: {string.Join(", ", read.Order(StringComparer.Ordinal))}" : "")}");
    }

    private string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

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
