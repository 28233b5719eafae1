using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Incidents;

namespace Prunella.Webhooks;

/// <summary>Reads the fields that both webhooks share. Every refusal names the byte that it is about.</summary>
internal static class SignalFields
{
    // Prometheus' own and the usual Kubernetes names come in every alert; sharing one string for each keeps 10 000 alerts flat.
    private static readonly string[] UsualNames =
    [
        "alertname", "severity", "namespace", "pod", "container", "deployment", "service", "job", "instance", "node",
        "statefulset", "daemonset", "cluster", "summary", "description", "runbook_url", "message",
    ];

    internal static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string what)
    {
        if (reader.TokenType != token)
            throw new BodyRefusedException(reader.TokenStartIndex, $"expected {what}, found {Name(reader.TokenType)}");
    }

    /// <summary>Whether the name or text is this one.</summary>
    /// <exception cref="BodyRefusedException">It holds half a surrogate pair, on which the reader's own comparison breaks.</exception>
    internal static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> text) =>
        reader.ValueIsEscaped ? Decode(ref reader) == Encoding.UTF8.GetString(text) : reader.ValueSpan.SequenceEqual(text);

    /// <summary>A text value; null is an empty one.</summary>
    internal static string Text(ref Utf8JsonReader reader, int charsMax)
    {
        if (reader.TokenType == JsonTokenType.Null) return "";
        Expect(ref reader, JsonTokenType.String, "a string");
        var text = Decode(ref reader);
        if (text.Length > charsMax)
            throw new BodyRefusedException(reader.TokenStartIndex, $"expected at most {charsMax} characters, found {text.Length}");
        return text;
    }

    internal static DateTimeOffset Time(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.String, "a time such as \"2026-03-01T12:00:00Z\"");
        // Some writers escape the plus sign of the offset, so the text is looked at and not the bytes.
        var text = Decode(ref reader);
        if (text.StartsWith("0001-01-01", StringComparison.Ordinal)) return default;
        if (text.Contains('T', StringComparison.Ordinal) && reader.TryGetDateTimeOffset(out var time) && HasOffset(text)) return time.ToUniversalTime();
        throw new BodyRefusedException(reader.TokenStartIndex, "expected a time with its offset such as \"2026-03-01T12:00:00Z\"");
    }

    /// <summary>Labels: refused when too many, too long or given twice, because they are identity.</summary>
    internal static Dictionary<string, string> Labels(ref Utf8JsonReader reader, WebhookOptions limits) =>
        Map(ref reader, limits, limits.LabelCharsMax, shorten: false);

    /// <summary>Annotations: shortened when too long, because they are only ever shown.</summary>
    internal static Dictionary<string, string> Annotations(ref Utf8JsonReader reader, WebhookOptions limits) =>
        Map(ref reader, limits, limits.AnnotationCharsMax, shorten: true);

    /// <summary>The words that alert rules use, in three degrees; an unknown word is a warning.</summary>
    internal static Severity SeverityOf(string? word) => word?.ToUpperInvariant() switch
    {
        "CRITICAL" or "PAGE" or "ERROR" or "EMERGENCY" or "ALERT" or "FATAL" or "HIGH" => Severity.Critical,
        "INFO" or "INFORMATIONAL" or "NONE" or "NOTICE" or "LOW" or "DEBUG" => Severity.Info,
        _ => Severity.Warning,
    };

    /// <summary>What a token is, in words.</summary>
    internal static string Name(JsonTokenType token) => token switch
    {
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Null => "null",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        _ => "nothing",
    };

    private static Dictionary<string, string> Map(ref Utf8JsonReader reader, WebhookOptions limits, int charsMax, bool shorten)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (reader.TokenType == JsonTokenType.Null) return map;
        Expect(ref reader, JsonTokenType.StartObject, "an object of strings");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = NameOf(ref reader);
            var nameIndex = reader.TokenStartIndex;
            reader.Read();
            Expect(ref reader, JsonTokenType.String, "a string");
            var value = Decode(ref reader);
            if (value.Length > charsMax)
                value = shorten
                    ? Shorten(value, charsMax)
                    : throw new BodyRefusedException(reader.TokenStartIndex, string.Create(CultureInfo.InvariantCulture, $"expected at most {charsMax} characters, found {value.Length}"));
            if (!map.TryAdd(name, value)) throw new BodyRefusedException(nameIndex, "the name is given twice");
            if (map.Count > limits.LabelsMax) throw new BodyRefusedException(nameIndex, $"expected at most {limits.LabelsMax} entries");
        }
        return map;
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            foreach (var usual in UsualNames)
                if (reader.ValueTextEquals(usual)) return usual;
        var name = Decode(ref reader);
        if (name.Length is 0 or > 1_024) throw new BodyRefusedException(reader.TokenStartIndex, "expected a name of 1 to 1 024 characters");
        return name;
    }

    // PostgreSQL's text cannot hold U+0000; it carries no meaning in a label or an annotation either.
    private static string Decode(ref Utf8JsonReader reader)
    {
        try
        {
            var text = reader.GetString()!;
            return text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;
        }
        catch (InvalidOperationException)
        {
            throw new BodyRefusedException(reader.TokenStartIndex, "the text is not valid Unicode");
        }
    }

    private static string Shorten(string value, int charsMax)
    {
        var end = charsMax - 1;
        if (char.IsHighSurrogate(value[end - 1])) end--;
        return string.Concat(value.AsSpan(0, end), "…");
    }

    private static bool HasOffset(string time) => time.EndsWith('Z') || (time.Length > 6 && time[^6] is '+' or '-' && time[^3] == ':');
}
