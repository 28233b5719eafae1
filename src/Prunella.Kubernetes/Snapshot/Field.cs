using System.Globalization;
using System.Text.Json;

namespace Prunella.Kubernetes.Snapshot;

/// <summary>
/// A value of an object as it was read, which may be absent or of another type than the API says. Every question has an
/// answer: what is missing or wrongly typed is empty, never an exception. Holds no copy; thread-safe.
/// </summary>
internal readonly struct Field(JsonElement element)
{
    private readonly JsonElement element = element;

    internal static readonly Field None;

    internal bool Exists => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The member of that name; empty when this is no object or has none.</summary>
    internal Field this[string name] => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? new Field(member) : None;

    /// <summary>The text; empty when it is none. Numbers and booleans count as the text they are written as.</summary>
    internal string Text => element.ValueKind switch
    {
        JsonValueKind.String => StringOf(element),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
        _ => "",
    };

    internal bool IsText => element.ValueKind == JsonValueKind.String;

    /// <summary>The text, or null when there is none.</summary>
    internal string? TextOrNull => Text is { Length: > 0 } text ? text : null;

    /// <summary>The whole number; null when it is none. A text that holds one counts.</summary>
    internal long? Whole => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetInt64(out var value) => value,
        JsonValueKind.String when long.TryParse(StringOf(element), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) => value,
        _ => null,
    };

    internal int Int(int otherwise = 0) => Whole is { } value && value is >= int.MinValue and <= int.MaxValue ? (int)value : otherwise;

    internal bool IsTrue => element.ValueKind == JsonValueKind.True || (element.ValueKind == JsonValueKind.String && element.ValueEquals("true"));

    internal bool IsFalse => element.ValueKind == JsonValueKind.False || (element.ValueKind == JsonValueKind.String && element.ValueEquals("false"));

    /// <summary>A point in time of RFC 3339; null when it is none.</summary>
    internal DateTimeOffset? Time =>
        element.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(StringOf(element), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    /// <summary>A Kubernetes quantity in base units; null when it is none.</summary>
    internal double? Quantity => Text is { Length: > 0 and < 64 } text && Incidents.Actions.Quantity.TryParse(text, out var value) ? value : null;

    /// <summary>The elements; none when this is no list.</summary>
    internal ItemsOf Items => new(element);

    /// <summary>The members in their order; none when this is no object.</summary>
    internal IEnumerable<(string Name, Field Value)> Members
    {
        get
        {
            if (element.ValueKind != JsonValueKind.Object) yield break;
            foreach (var member in element.EnumerateObject()) yield return (NameOf(member), new Field(member.Value));
        }
    }

    /// <summary>How many elements or members.</summary>
    internal int Count => element.ValueKind switch { JsonValueKind.Array => element.GetArrayLength(), JsonValueKind.Object => element.GetPropertyCount(), _ => 0 };

    /// <summary>Members whose values are text, as labels and selectors are.</summary>
    internal IReadOnlyDictionary<string, string> Texts
    {
        get
        {
            if (element.ValueKind != JsonValueKind.Object) return Empty;
            var texts = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in Members) if (value.Exists) texts[name] = value.Text;
            return texts;
        }
    }

    /// <summary>The size of the value as it was written, in characters of JSON.</summary>
    internal int Length => element.ValueKind == JsonValueKind.Undefined ? 0 : element.GetRawText().Length;

    private static readonly IReadOnlyDictionary<string, string> Empty = new Dictionary<string, string>();

    // A string with a lone surrogate cannot become text; it says nothing, and must not end the diagnosis.
    private static string StringOf(JsonElement element)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>The elements of a list, without an allocation.</summary>
    internal readonly struct ItemsOf(JsonElement list)
    {
        public Enumerator GetEnumerator() => new(list);

        internal IEnumerable<Field> All()
        {
            foreach (var item in this) yield return item;
        }

        internal struct Enumerator(JsonElement list)
        {
            private JsonElement.ArrayEnumerator inner = list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;
            private readonly bool any = list.ValueKind == JsonValueKind.Array;

            public bool MoveNext() => any && inner.MoveNext();

            public readonly Field Current => new(inner.Current);
        }
    }
}
