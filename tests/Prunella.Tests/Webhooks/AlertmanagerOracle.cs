using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Incidents;

namespace Prunella.Tests.Webhooks;

/// <summary>
/// The plain version of the parser: a document tree, LINQ, no speed. It says what a body means, or that it means nothing; the
/// parser has to agree with it on every body.
/// </summary>
internal static class AlertmanagerOracle
{
    internal sealed record Alert(
        SignalStatus Status, string Fingerprint, string Name, Severity Severity, string Summary, DateTimeOffset StartsAt, DateTimeOffset? EndsAt,
        string Labels, string Annotations);

    /// <summary>The alerts; null when the body has to be refused.</summary>
    internal static IReadOnlyList<Alert>? Read(byte[] body)
    {
        try
        {
            if (!System.Text.Unicode.Utf8.IsValid(body)) return null;
            var start = body is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
            using var document = JsonDocument.Parse(body.AsMemory(start), new JsonDocumentOptions { MaxDepth = 32 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            if (Only(document.RootElement, "alerts") is not { ValueKind: JsonValueKind.Array } alerts) return null;
            return alerts.GetArrayLength() > 50 ? null : [.. alerts.EnumerateArray().Select(One)];
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    internal static Alert Of(Signal signal) => new(signal.Status, signal.Fingerprint, signal.Name, signal.Severity, signal.Summary,
        signal.StartsAt, signal.EndsAt, Write(signal.Labels), Write(signal.Annotations));

    private static Alert One(JsonElement alert)
    {
        if (alert.ValueKind != JsonValueKind.Object) throw new FormatException();
        var status = Only(alert, "status") is { ValueKind: JsonValueKind.String } word
            ? word.GetString() switch { "firing" => SignalStatus.Firing, "resolved" => SignalStatus.Resolved, _ => throw new FormatException() }
            : throw new FormatException();
        var startsAt = Only(alert, "startsAt") is { } began ? Time(began) : throw new FormatException();
        if (startsAt == default) throw new FormatException();
        DateTimeOffset? endsAt = Only(alert, "endsAt") is { } ended ? Time(ended) : null;
        if (endsAt == default(DateTimeOffset) || status == SignalStatus.Firing) endsAt = null;
        var labels = Map(Only(alert, "labels"), shorten: false);
        var annotations = Map(Only(alert, "annotations"), shorten: true);
        var fingerprint = Only(alert, "fingerprint") is { ValueKind: not JsonValueKind.Null } given ? Text(given) : "";
        if (fingerprint.Length > 128) throw new FormatException();
        return new Alert(status, fingerprint.Length == 0 ? Fingerprint.OfLabels(labels) : fingerprint, Or(labels, "alertname", "unnamed alert"),
            Or(labels, "severity", "").ToUpperInvariant() switch
            {
                "CRITICAL" or "PAGE" or "ERROR" or "EMERGENCY" or "ALERT" or "FATAL" or "HIGH" => Severity.Critical,
                "INFO" or "INFORMATIONAL" or "NONE" or "NOTICE" or "LOW" or "DEBUG" => Severity.Info,
                _ => Severity.Warning,
            },
            Or(annotations, "summary", Or(annotations, "description", Or(annotations, "message", ""))), startsAt, endsAt, Write(labels), Write(annotations));
    }

    private static JsonElement? Only(JsonElement element, string name)
    {
        var found = element.EnumerateObject().Where(property => property.NameEquals(name)).ToList();
        return found.Count switch { 0 => null, 1 => found[0].Value, _ => throw new FormatException() };
    }

    private static string Or(Dictionary<string, string> map, string key, string otherwise) => map.TryGetValue(key, out var value) && value.Length > 0 ? value : otherwise;

    private static Dictionary<string, string> Map(JsonElement? element, bool shorten)
    {
        var map = new Dictionary<string, string>();
        if (element is null or { ValueKind: JsonValueKind.Null }) return map;
        if (element.Value.ValueKind != JsonValueKind.Object) throw new FormatException();
        foreach (var property in element.Value.EnumerateObject())
        {
            var value = Text(property.Value);
            if (!shorten && value.Length > 4_096) throw new FormatException();
            if (shorten && value.Length > 16_384) value = value[..16_383] + "…";
            var name = property.Name.Replace('\0', '\uFFFD');
            if (name.Length is 0 or > 1_024 || !map.TryAdd(name, value)) throw new FormatException();
        }
        return map.Count > 128 ? throw new FormatException() : map;
    }

    private static string Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()!.Replace('\0', '\uFFFD') : throw new FormatException();

    private static DateTimeOffset Time(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) throw new FormatException();
        var raw = element.GetString()!;
        if (raw.StartsWith("0001-01-01", StringComparison.Ordinal)) return default;
        var hasOffset = raw.EndsWith('Z') || (raw.Length > 6 && raw[^6] is '+' or '-' && raw[^3] == ':');
        return hasOffset && raw.Contains('T', StringComparison.Ordinal) && element.TryGetDateTimeOffset(out var time) ? time.ToUniversalTime() : throw new FormatException(raw);
    }

    private static string Write(IReadOnlyDictionary<string, string> map)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in map.OrderBy(entry => entry.Key, StringComparer.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"{key.Length}:{key}={value.Length}:{value};");
        return text.ToString();
    }
}
