using System.Text.Json;
using Prunella.Incidents;

namespace Prunella.Webhooks;

/// <summary>
/// Reads the generic webhook: one signal, or several under <c>signals</c>. Written by people and scripts, so a field that is
/// not known is refused and named instead of ignored. Documented in <c>docs/webhooks.md</c>.
/// </summary>
/// <param name="limits">The bounds.</param>
/// <param name="ids">Gives each signal its id.</param>
internal sealed class GenericParser(WebhookOptions limits, IdSource ids)
{
    /// <summary>The source of the signals.</summary>
    internal const string Source = "generic";

    private const string Known = "name, status, severity, summary, fingerprint, startsAt, endsAt, labels, annotations, target";

    /// <summary>Reads one body.</summary>
    /// <param name="body">UTF-8, with or without a byte order mark.</param>
    /// <param name="receivedAt">When it arrived; the start of a firing signal that gives none.</param>
    internal ParsedBody Parse(ReadOnlySpan<byte> body, DateTimeOffset receivedAt) =>
        BodyReading.Read(body, limits.DepthMax, (ref reader) => ReadRoot(ref reader, receivedAt));

    private List<Signal> ReadRoot(ref Utf8JsonReader reader, DateTimeOffset receivedAt)
    {
        SignalFields.Expect(ref reader, JsonTokenType.StartObject, "a signal, or an object with \"signals\"");
        var ahead = reader;
        ahead.Read();
        if (ahead.TokenType != JsonTokenType.PropertyName || !SignalFields.Is(ref ahead, "signals"u8)) return [ReadSignal(ref reader, receivedAt)];
        reader = ahead;
        reader.Read();
        SignalFields.Expect(ref reader, JsonTokenType.StartArray, "an array of signals");
        var signals = new List<Signal>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (signals.Count == limits.AlertsMax)
                throw new BodyRefusedException(reader.TokenStartIndex, $"expected at most {limits.AlertsMax} signals in one post", tooMuch: true);
            signals.Add(ReadSignal(ref reader, receivedAt));
        }
        reader.Read();
        SignalFields.Expect(ref reader, JsonTokenType.EndObject, "nothing beside \"signals\"");
        return signals;
    }

    private Signal ReadSignal(ref Utf8JsonReader reader, DateTimeOffset receivedAt)
    {
        SignalFields.Expect(ref reader, JsonTokenType.StartObject, "a signal");
        var start = reader.TokenStartIndex;
        var draft = new Draft();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject) ReadField(ref reader, draft);
        if (draft.Name.Length == 0) throw new BodyRefusedException(start, "expected \"name\": what is wrong, in one word such as \"QueueStuck\"");
        if (draft.Status == SignalStatus.Resolved && draft.StartsAt is null)
            throw new BodyRefusedException(start, "a resolved signal needs the \"startsAt\" of the firing one that it ends");
        foreach (var (name, value) in draft.TargetLabels) draft.Labels[name] = value;
        if (draft.Severity.Length > 0) draft.Labels.TryAdd("severity", draft.Severity);
        var labels = draft.Labels;
        labels.TryAdd("alertname", draft.Name);
        return new Signal
        {
            Id = new SignalId(ids.Next()),
            Source = Source,
            Fingerprint = draft.Fingerprint.Length > 0 ? draft.Fingerprint : Fingerprint.OfLabels(labels),
            Status = draft.Status,
            Name = draft.Name,
            Severity = SignalFields.SeverityOf(labels.GetValueOrDefault("severity")),
            Summary = draft.Summary.Length > 0 ? draft.Summary : AlertmanagerParser.FirstOf(draft.Annotations, "summary", "description", "message"),
            StartsAt = draft.StartsAt ?? receivedAt,
            EndsAt = draft.Status == SignalStatus.Firing ? null : draft.EndsAt,
            ReceivedAt = receivedAt,
            Labels = labels,
            Annotations = draft.Annotations,
        };
    }

    private void ReadField(ref Utf8JsonReader reader, Draft draft)
    {
        var index = reader.TokenStartIndex;
        var name = reader.ValueSpan.Length <= 32 && !reader.ValueIsEscaped ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan) : "";
        if (!draft.Seen.Add(name) && name.Length > 0) throw new BodyRefusedException(index, "the name is given twice");
        reader.Read();
        switch (name)
        {
            case "name": draft.Name = SignalFields.Text(ref reader, charsMax: 256); break;
            case "status": draft.Status = Status(ref reader); break;
            case "severity": draft.Severity = SignalFields.Text(ref reader, charsMax: 64); break;
            case "summary": draft.Summary = SignalFields.Text(ref reader, limits.AnnotationCharsMax); break;
            case "fingerprint": draft.Fingerprint = SignalFields.Text(ref reader, charsMax: 128); break;
            case "startsAt": draft.StartsAt = Time(ref reader); break;
            case "endsAt": draft.EndsAt = Time(ref reader); break;
            case "labels": draft.Labels = SignalFields.Labels(ref reader, limits); break;
            case "annotations": draft.Annotations = SignalFields.Annotations(ref reader, limits); break;
            case "target": draft.TargetLabels = ReadTarget(ref reader); break;
            default: throw new BodyRefusedException(index, $"not a field of a signal; the fields are {Known}");
        }
    }

    private static Dictionary<string, string> ReadTarget(ref Utf8JsonReader reader)
    {
        SignalFields.Expect(ref reader, JsonTokenType.StartObject, "an object with kind and name");
        var start = reader.TokenStartIndex;
        string cluster = "", scope = "", kind = "", name = "";
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (SignalFields.Is(ref reader, "cluster"u8)) { reader.Read(); cluster = SignalFields.Text(ref reader, charsMax: 253); }
            else if (SignalFields.Is(ref reader, "namespace"u8)) { reader.Read(); scope = SignalFields.Text(ref reader, charsMax: 253); }
            else if (SignalFields.Is(ref reader, "kind"u8)) { reader.Read(); kind = SignalFields.Text(ref reader, charsMax: 63); }
            else if (SignalFields.Is(ref reader, "name"u8)) { reader.Read(); name = SignalFields.Text(ref reader, charsMax: 253); }
            else throw new BodyRefusedException(reader.TokenStartIndex, "not a field of a target; the fields are cluster, namespace, kind, name");
        }
        if (kind.Length == 0 || name.Length == 0) throw new BodyRefusedException(start, "expected both \"kind\" and \"name\"");
        return TargetLabels.Of(cluster, scope, kind, name);
    }

    private static SignalStatus Status(ref Utf8JsonReader reader)
    {
        SignalFields.Expect(ref reader, JsonTokenType.String, "\"firing\" or \"resolved\"");
        if (SignalFields.Is(ref reader, "firing"u8)) return SignalStatus.Firing;
        if (SignalFields.Is(ref reader, "resolved"u8)) return SignalStatus.Resolved;
        throw new BodyRefusedException(reader.TokenStartIndex, "expected \"firing\" or \"resolved\"");
    }

    private static DateTimeOffset? Time(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        var time = SignalFields.Time(ref reader);
        return time == default ? null : time;
    }

    private sealed class Draft
    {
        public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);
        public string Name { get; set; } = "";
        public SignalStatus Status { get; set; } = SignalStatus.Firing;
        public string Severity { get; set; } = "";
        public string Summary { get; set; } = "";
        public string Fingerprint { get; set; } = "";
        public DateTimeOffset? StartsAt { get; set; }
        public DateTimeOffset? EndsAt { get; set; }
        public Dictionary<string, string> Labels { get; set; } = new(StringComparer.Ordinal);
        public Dictionary<string, string> Annotations { get; set; } = new(StringComparer.Ordinal);
        public Dictionary<string, string> TargetLabels { get; set; } = new(StringComparer.Ordinal);
    }
}
