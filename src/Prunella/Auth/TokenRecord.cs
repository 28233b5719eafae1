using Prunella.Remediation.Approvals;

namespace Prunella.Auth;

/// <summary>A token as it is stored: its hash, never itself.</summary>
/// <param name="Name">Whose it is; unique.</param>
/// <param name="Role">What it may do; null for a token that may only post to the webhooks.</param>
/// <param name="Sha256">SHA-256 of the token in lower-case hex.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it.</param>
internal sealed record TokenRecord(string Name, Role? Role, string Sha256, DateTimeOffset CreatedAt, string CreatedBy)
{
    /// <summary>When it stops to hold; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked; null while it holds.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Whether it still counts.</summary>
    public bool HoldsAt(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || now < ExpiresAt);
}
