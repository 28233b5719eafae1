namespace Prunella.Incidents;

/// <summary>Whether the signal says that something began or that it ended.</summary>
public enum SignalStatus
{
    /// <summary>The trouble is present.</summary>
    Firing,

    /// <summary>The source says that the trouble ended.</summary>
    Resolved,
}

/// <summary>One thing noticed: an alert, a drift, a finding of a check, a report by a person. Immutable.</summary>
public sealed record Signal
{
    /// <summary>The source of what the operator notices itself. No door for signals from outside gives it.</summary>
    public const string OperatorSource = "operator";

    /// <summary>The source of what a person tells of.</summary>
    public const string PersonSource = "person";

    /// <summary>This signal's id, given at acceptance.</summary>
    public required SignalId Id { get; init; }

    /// <summary>Where it came from: <c>alertmanager</c>, <c>generic</c>, <c>operator</c>, <c>check</c>, <c>person</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The source's identity of the series of signals; computed from the labels when the source gave none.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Firing or resolved.</summary>
    public required SignalStatus Status { get; init; }

    /// <summary>The alert's name, or what the source calls this kind of signal.</summary>
    public required string Name { get; init; }

    /// <summary>How much it matters, from the <c>severity</c> label; warning when absent or unknown.</summary>
    public Severity Severity { get; init; } = Severity.Warning;

    /// <summary>One line for people; may hold hostile text and is only ever displayed or quoted.</summary>
    public string Summary { get; init; } = "";

    /// <summary>When the trouble began, by the source's clock.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>When it ended, by the source's clock; null while firing.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>When Prunella accepted it, by its own clock.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Labels that identify it. Ordinal keys.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Texts for people. Data only: nothing in them is ever an instruction.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Source + fingerprint + start + status: two deliveries with the same identity are one signal.</summary>
    public string Identity => $"{Source}|{Fingerprint}|{StartsAt.UtcTicks}|{(Status == SignalStatus.Firing ? "firing" : "resolved")}";

    /// <summary>Source + fingerprint + start: joins a resolved signal to the firing one that it ends.</summary>
    public string Series => SeriesOf(Source, Fingerprint, StartsAt);

    /// <summary>The series of signals of a source with this fingerprint and beginning.</summary>
    public static string SeriesOf(string source, string fingerprint, DateTimeOffset startsAt) => $"{source}|{fingerprint}|{startsAt.UtcTicks}";

    /// <summary>The value of a label, or null.</summary>
    public string? Label(string name) => Labels.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
