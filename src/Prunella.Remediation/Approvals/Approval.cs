using Prunella.Incidents;

namespace Prunella.Remediation.Approvals;

/// <summary>Where an approval request stands.</summary>
public enum ApprovalState
{
    /// <summary>Waits for a person.</summary>
    Pending,

    /// <summary>Approved; holds until <see cref="Approval.ExpiresAt"/> for this digest only.</summary>
    Approved,

    /// <summary>Rejected by a person.</summary>
    Rejected,

    /// <summary>Nobody answered in time, which is a rejection.</summary>
    Expired,

    /// <summary>The incident ended before anyone answered.</summary>
    Withdrawn,
}

/// <summary>A question to people: may this proposal, and only this one, be executed? Immutable.</summary>
public sealed record Approval
{
    /// <summary>This approval's id.</summary>
    public required ApprovalId Id { get; init; }

    /// <summary>The incident.</summary>
    public required IncidentId Incident { get; init; }

    /// <summary>The digest of the proposal; another proposal is not covered.</summary>
    public required string Digest { get; init; }

    /// <summary>The action's name.</summary>
    public required string Action { get; init; }

    /// <summary>What is acted on.</summary>
    public required Target Target { get; init; }

    /// <summary>What Prunella recommends and why, for people.</summary>
    public required string Recommendation { get; init; }

    /// <summary>What could go wrong, for people.</summary>
    public string Risks { get; init; } = "";

    /// <summary>What would change.</summary>
    public string Diff { get; init; } = "";

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When silence becomes a rejection, and when a given approval stops to hold.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Different people who have to approve. At least 1.</summary>
    public int ApproversNeeded { get; init; } = 1;

    /// <summary>Where it stands.</summary>
    public ApprovalState State { get; init; } = ApprovalState.Pending;

    /// <summary>People who approved so far, in order.</summary>
    public IReadOnlyList<string> ApprovedBy { get; init; } = [];

    /// <summary>Who decided last; null while nobody has.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When it was decided or expired.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The reason given by the person.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Counts commits, from 1; a commit of an older version is refused, so two approvers racing give one decision.</summary>
    public int Version { get; init; }
}
