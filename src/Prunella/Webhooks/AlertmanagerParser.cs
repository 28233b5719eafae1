using System.Text.Json;
using Prunella.Incidents;

namespace Prunella.Webhooks;

// 10 000 alerts are about 8 MB: one pass over the bytes, one dictionary per map, no document tree.

/// <summary>
/// Reads the body of Alertmanager's webhook, version 4. Unknown fields are ignored; each alert stands by itself, so that
/// firing and resolved ones may mix and grouping does not matter. A body is accepted whole or refused whole.
/// </summary>
/// <param name="limits">The bounds.</param>
/// <param name="ids">Gives each signal its id.</param>
internal sealed class AlertmanagerParser(WebhookOptions limits, IdSource ids)
{
    /// <summary>The source of the signals.</summary>
    internal const string Source = "alertmanager";

    /// <summary>Reads one body.</summary>
    /// <param name="body">UTF-8, with or without a byte order mark.</param>
    /// <param name="receivedAt">When it arrived.</param>
    internal ParsedBody Parse(ReadOnlySpan<byte> body, DateTimeOffset receivedAt) =>
        BodyReading.Read(body, limits.DepthMax, (ref reader) => ReadRoot(ref reader, receivedAt));

    private List<Signal> ReadRoot(ref Utf8JsonReader reader, DateTimeOffset receivedAt)
    {
        SignalFields.Expect(ref reader, JsonTokenType.StartObject, "an object with \"alerts\"");
        List<Signal>? signals = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (!SignalFields.Is(ref reader, "alerts"u8)) { BodyReading.SkipValue(ref reader); continue; }
            if (signals is not null) throw new BodyRefusedException(reader.TokenStartIndex, "the name is given twice");
            reader.Read();
            signals = ReadAlerts(ref reader, receivedAt);
        }
        return signals ?? throw new BodyRefusedException(0, "expected \"alerts\"; is this an Alertmanager webhook of version 4?");
    }

    private List<Signal> ReadAlerts(ref Utf8JsonReader reader, DateTimeOffset receivedAt)
    {
        SignalFields.Expect(ref reader, JsonTokenType.StartArray, "an array of alerts");
        var signals = new List<Signal>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (signals.Count == limits.AlertsMax)
                throw new BodyRefusedException(reader.TokenStartIndex, $"expected at most {limits.AlertsMax} alerts in one post", tooMuch: true);
            signals.Add(ReadAlert(ref reader, receivedAt));
        }
        return signals;
    }

    private Signal ReadAlert(ref Utf8JsonReader reader, DateTimeOffset receivedAt)
    {
        SignalFields.Expect(ref reader, JsonTokenType.StartObject, "an alert");
        var start = reader.TokenStartIndex;
        SignalStatus? status = null;
        DateTimeOffset? startsAt = null, endsAt = null;
        Dictionary<string, string>? labels = null, annotations = null;
        string? fingerprint = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.TokenStartIndex;
            if (SignalFields.Is(ref reader, "status"u8)) { reader.Read(); Once(status is null, name); status = Status(ref reader); }
            else if (SignalFields.Is(ref reader, "labels"u8)) { reader.Read(); Once(labels is null, name); labels = SignalFields.Labels(ref reader, limits); }
            else if (SignalFields.Is(ref reader, "annotations"u8)) { reader.Read(); Once(annotations is null, name); annotations = SignalFields.Annotations(ref reader, limits); }
            else if (SignalFields.Is(ref reader, "startsAt"u8)) { reader.Read(); Once(startsAt is null, name); startsAt = StartsAt(ref reader); }
            else if (SignalFields.Is(ref reader, "endsAt"u8)) { reader.Read(); Once(endsAt is null, name); endsAt = SignalFields.Time(ref reader); }
            else if (SignalFields.Is(ref reader, "fingerprint"u8)) { reader.Read(); Once(fingerprint is null, name); fingerprint = SignalFields.Text(ref reader, charsMax: 128); }
            else BodyReading.SkipValue(ref reader);
        }
        if (status is null) throw new BodyRefusedException(start, "expected \"status\" to be \"firing\" or \"resolved\"; it is missing");
        if (startsAt is null) throw new BodyRefusedException(start, "expected \"startsAt\"; it is missing");
        return Signal(status.Value, startsAt.Value, endsAt, labels ?? [], annotations ?? [], fingerprint, receivedAt);
    }

    private Signal Signal(SignalStatus status, DateTimeOffset startsAt, DateTimeOffset? endsAt, Dictionary<string, string> labels,
        Dictionary<string, string> annotations, string? fingerprint, DateTimeOffset receivedAt) => new()
    {
        Id = new SignalId(ids.Next()),
        Source = Source,
        Fingerprint = string.IsNullOrEmpty(fingerprint) ? Fingerprint.OfLabels(labels) : fingerprint,
        Status = status,
        Name = labels.GetValueOrDefault("alertname") is { Length: > 0 } alert ? alert : "unnamed alert",
        Severity = SignalFields.SeverityOf(labels.GetValueOrDefault("severity")),
        Summary = FirstOf(annotations, "summary", "description", "message"),
        StartsAt = startsAt,
        // A firing alert's end is Alertmanager's time-out, or the year 1: it has not ended.
        EndsAt = status == SignalStatus.Firing || endsAt == default(DateTimeOffset) ? null : endsAt,
        ReceivedAt = receivedAt,
        Labels = labels,
        Annotations = annotations,
    };

    private static SignalStatus Status(ref Utf8JsonReader reader)
    {
        SignalFields.Expect(ref reader, JsonTokenType.String, "\"firing\" or \"resolved\"");
        if (SignalFields.Is(ref reader, "firing"u8)) return SignalStatus.Firing;
        if (SignalFields.Is(ref reader, "resolved"u8)) return SignalStatus.Resolved;
        throw new BodyRefusedException(reader.TokenStartIndex, "expected \"firing\" or \"resolved\"");
    }

    private static DateTimeOffset StartsAt(ref Utf8JsonReader reader)
    {
        var time = SignalFields.Time(ref reader);
        return time != default ? time : throw new BodyRefusedException(reader.TokenStartIndex, "expected the time when the alert began, found the zero time");
    }

    private static void Once(bool first, long nameIndex)
    {
        if (!first) throw new BodyRefusedException(nameIndex, "the name is given twice");
    }

    internal static string FirstOf(Dictionary<string, string> texts, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (texts.TryGetValue(name, out var text) && text.Length > 0) return text;
        return "";
    }
}
