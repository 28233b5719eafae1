using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Stages;

namespace Prunella.Console.Live;

/// <summary>What every page shows at its edge and the first page in full: how things stand at one moment.</summary>
public sealed record Board
{
    /// <summary>When it was read.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The kill switch.</summary>
    public required KillSwitchState KillSwitch { get; init; }

    /// <summary>The stage of every scope that nothing else names.</summary>
    public required StageState Stage { get; init; }

    /// <summary>Breakers that are not closed.</summary>
    public required IReadOnlyList<BreakerState> OpenBreakers { get; init; }

    /// <summary>Incidents that have not ended, the most severe first, then the newest; at most <see cref="BoardReader.OpenMax"/>.</summary>
    public required IReadOnlyList<Incident> Open { get; init; }

    /// <summary>How many have not ended.</summary>
    public required int OpenTotal { get; init; }

    /// <summary>How many incidents there are in all.</summary>
    public required int Total { get; init; }

    /// <summary>Incidents that ended, newest first.</summary>
    public required IReadOnlyList<Incident> Ended { get; init; }

    /// <summary>Requests that wait for a person, the one that expires first in front.</summary>
    public required IReadOnlyList<Approval> Waiting { get; init; }

    /// <summary>Executions under way.</summary>
    public required IReadOnlyList<ExecutionRecord> Executing { get; init; }

    /// <summary>Signals accepted that belong to no incident yet.</summary>
    public required long PendingSignals { get; init; }

    /// <summary>Whether signals are accepted and worked on.</summary>
    public required bool Ready { get; init; }

    /// <summary>The newest events.</summary>
    public required IReadOnlyList<IncidentEvent> Story { get; init; }
}
