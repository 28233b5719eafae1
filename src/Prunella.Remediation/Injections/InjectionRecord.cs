using Prunella.Incidents;

namespace Prunella.Remediation.Injections;

/// <summary>A failure that somebody made on purpose, as the server was told of it.</summary>
public sealed record InjectionRecord
{
    /// <summary>Names the injection and its marks on objects.</summary>
    public required string Id { get; init; }

    /// <summary>The experiment's name.</summary>
    public required string Experiment { get; init; }

    /// <summary>What it does: <c>bad-image</c>, <c>pod-kill</c>.</summary>
    public required string Fault { get; init; }

    /// <summary>The namespaces that it concerns.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary>The objects that it touches, by the keys of targets; empty while they are not known yet.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>When it was announced, before anything was changed.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who runs it.</summary>
    public required string By { get; init; }

    /// <summary>When it was ended; null while it is in effect.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What was put back and what was kept, for people.</summary>
    public string Ending { get; init; } = "";

    /// <summary>Whether an incident began because of it, as far as time and place tell; null when not, true when its very target was touched.</summary>
    /// <param name="incident">The incident.</param>
    /// <param name="grace">How long after its end what it did may still come to light.</param>
    public bool? Explains(Incident incident, TimeSpan grace)
    {
        ArgumentNullException.ThrowIfNull(incident);
        // Times of the API have whole seconds, so a failure may seem to begin up to one before its injection.
        if (incident.StartedAt < At - TimeSpan.FromSeconds(1) || incident.StartedAt > (EndedAt ?? DateTimeOffset.MaxValue - grace) + grace) return null;
        if (Targets.Contains(incident.Target.Key)) return true;
        return Namespaces.Contains(incident.Target.Namespace) ? false : null;
    }
}
