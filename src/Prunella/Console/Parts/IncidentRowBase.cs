using Microsoft.AspNetCore.Components;
using Prunella.Incidents;

namespace Prunella.Console.Parts;

/// <summary>
/// One incident in a list. It is drawn again only when something in it reads differently: in a storm most of a hundred rows are what they
/// were a quarter of a second ago, and fifty people look.
/// </summary>
public abstract class IncidentRowBase : ComponentBase
{
    private bool differs = true;

    /// <summary>The incident.</summary>
    [Parameter, EditorRequired] public Incident Incident { get; set; } = null!;

    /// <summary>The time of the page.</summary>
    [Parameter, EditorRequired] public DateTimeOffset Now { get; set; }

    /// <summary>What the row says.</summary>
    protected IncidentLine Shown { get; private set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var line = IncidentLine.Of(Incident, Now);
        differs = line != Shown;
        Shown = line;
    }

    /// <inheritdoc/>
    protected override bool ShouldRender() => differs;
}

/// <summary>The words of an incident's row; two of the same words are equal.</summary>
public sealed record IncidentLine
{
    /// <summary>Where it leads.</summary>
    public required IncidentId Id { get; init; }

    /// <summary>Where the incident stands.</summary>
    public required IncidentState State { get; init; }

    /// <summary>How much it matters; null when it has ended.</summary>
    public required Severity? Severity { get; init; }

    /// <summary>What it is about.</summary>
    public required Target Target { get; init; }

    /// <summary>What it is called.</summary>
    public required string Title { get; init; }

    /// <summary>How it ended; empty while it has not.</summary>
    public required string Outcome { get; init; }

    /// <summary>The cause; null before the diagnosis.</summary>
    public required string? Cause { get; init; }

    /// <summary>How sure the diagnosis is.</summary>
    public required string Confidence { get; init; }

    /// <summary>The action tried or asked for last; null when there is none.</summary>
    public required string? Action { get; init; }

    /// <summary>What became of it.</summary>
    public required string Course { get; init; }

    /// <summary>When it was noticed.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long ago that is.</summary>
    public required string Ago { get; init; }

    /// <summary>What a row of an incident says at this time.</summary>
    internal static IncidentLine Of(Incident incident, DateTimeOffset now) => new()
    {
        Id = incident.Id,
        State = incident.State,
        Severity = incident.Ended ? null : incident.Severity,
        Target = incident.Target,
        Title = Wording.Line(incident.Title, 160),
        Outcome = Wording.Line(incident.Outcome, 160),
        Cause = incident.Diagnosis is { } diagnosis ? Wording.Line(diagnosis.Cause, 80) : null,
        Confidence = incident.Diagnosis is { } known ? Wording.Percent(known.Confidence) : "",
        Action = incident.LastAttempt?.Proposal.Action,
        Course = incident.LastAttempt is { } attempt ? attempt.Validation is { } validation ? Wording.Of(validation) : Wording.Lower(attempt.Verdict) : "",
        At = incident.NoticedAt,
        Ago = Wording.Ago(incident.NoticedAt, now),
    };
}
