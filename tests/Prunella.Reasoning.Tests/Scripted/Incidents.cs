using Prunella.Incidents;
using Prunella.Incidents.Actions;

namespace Prunella.Reasoning.Tests.Scripted;

/// <summary>Incidents as they end.</summary>
internal static class Incidents
{
    internal static readonly DateTimeOffset Began = new(2026, 11, 23, 3, 4, 5, TimeSpan.Zero);
    internal static readonly Target Api = new("default", "shop", "Deployment", "api-server");

    internal static Signal Signal(string name = "PoolExhausted") => new()
    {
        Id = new SignalId(Guid.Empty), Source = "alertmanager", Fingerprint = "f", Status = SignalStatus.Firing, Name = name, StartsAt = Began, ReceivedAt = Began.AddSeconds(20),
    };

    internal static Incident Open(string cause = "connection-pool-exhausted", double confidence = 0.84) => new()
    {
        Id = new IncidentId(Guid.Empty), Target = Api, Family = "f", Title = "PoolExhausted", State = IncidentState.Diagnosed, StartedAt = Began, NoticedAt = Began.AddSeconds(20), FirstSignal = Signal(),
        Diagnosis = new Diagnosis { Cause = cause, Confidence = confidence, Summary = "20 of 20 connections are in use", DecidedBy = "playbook:connection-pool", Evidence = [new Evidence("prometheus", "pool_used", "pool_used is 20", Began)] },
    };

    internal static Attempt Attempt(string action, ValidationResult? validation, double confidence = 0.84) => new()
    {
        Number = 1, Proposal = new Proposal { Incident = new IncidentId(Guid.Empty), Action = action, Target = Api, Cause = "connection-pool-exhausted", Confidence = confidence, ProposedBy = "playbook:connection-pool" },
        Verdict = "Execute", Reasons = ["every rule allows it"], ActedAt = Began.AddSeconds(25), Validation = validation, ValidationText = "ready for 30 s",
    };

    internal static Incident Fixed(string action = "restart-workload") => Open() with
    {
        State = IncidentState.Resolved, Attempts = [Attempt(action, ValidationResult.Fixed)], RecoveredAt = Began.AddSeconds(80), ClosedAt = Began.AddSeconds(110), Outcome = "restart-workload fixed it",
    };
}
