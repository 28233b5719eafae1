using Prunella.Incidents;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;

namespace Prunella.Remediation.Diagnosing;

/// <summary>
/// Recognises causes. The seam where playbooks, the operator's cause catalogue and, as a second opinion, models join in.
/// Implementations are thread-safe, deterministic for the same context, and change nothing.
/// </summary>
public interface IDiagnostician
{
    /// <summary>What it believes about the incident, best first; empty when it recognises nothing.</summary>
    Task<IReadOnlyList<Finding>> DiagnoseAsync(IncidentContext context, CancellationToken cancellation);
}

/// <summary>A diagnosis with what to do about it.</summary>
/// <param name="Diagnosis">The cause and its evidence.</param>
/// <param name="Course">The actions to try in order; empty for "no action" or for a person.</param>
public sealed record Finding(Incidents.Diagnosis Diagnosis, IReadOnlyList<CourseStep> Course)
{
    /// <summary>Failed executions after which people take over.</summary>
    public int EscalateAfter { get; init; } = 1;

    /// <summary>Whether a person has to act even though the cause is known: a certificate, a missing secret.</summary>
    public bool EscalateAtOnce { get; init; }

    /// <summary>
    /// Whether it only tells what the facts show, and its course is what the catalogue would do about that. Where somebody has
    /// written a playbook that fits, the playbook's course stands; a recognition supports it, or contradicts it by evidence.
    /// </summary>
    public bool Recognition { get; init; }

    /// <summary>The most that it counts for when it stands, whoever agrees with it.</summary>
    /// <value>0 to 1. Default 1.</value>
    public double ConfidenceMax { get; init; } = 1;

    /// <summary>Whether nothing is wrong: a watchdog, a healthy workload.</summary>
    public bool NoAction { get; init; }

    /// <summary>What a person should do next, when it escalates.</summary>
    public string Advice { get; init; } = "";

    /// <summary>The query of the error rate that the validation compares with its baseline; empty for none.</summary>
    public string ErrorRateQuery { get; init; } = "";
}

/// <summary>Everything known about an incident when it is diagnosed.</summary>
public sealed record IncidentContext
{
    /// <summary>The incident, with its first signal.</summary>
    public required Incident Incident { get; init; }

    /// <summary>Its newest signals, oldest first; bounded.</summary>
    public IReadOnlyList<Signal> Signals { get; init; } = [];

    /// <summary>The workload; null when the target is no workload or does not exist.</summary>
    public WorkloadState? Workload { get; init; }

    /// <summary>Metric sources by name, for conditions.</summary>
    public required IReadOnlyDictionary<string, IMetricSource> Metrics { get; init; }

    /// <summary>The moment of the diagnosis.</summary>
    public required DateTimeOffset Now { get; init; }
}
