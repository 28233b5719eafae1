using Prunella.Auth.Oidc;

namespace Prunella.Auth;

/// <summary>A session of the console as it is stored: the hash of its secret, never the secret.</summary>
/// <param name="Sha256">SHA-256 of the cookie's secret in lower-case hex.</param>
/// <param name="TokenSha256">The hash of the token that it was exchanged for; it ends with that token. Empty for one that rests on <see cref="Identity"/>.</param>
/// <param name="CreatedAt">When the person signed in.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
internal sealed record SessionRecord(string Sha256, string TokenSha256, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Who a provider said it is; null for a session that rests on a token.</summary>
    public OidcIdentity? Identity { get; init; }

    /// <summary>When the person signed out; null while they have not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether it still counts, as far as its own times tell.</summary>
    public bool HoldsAt(DateTimeOffset now) => EndedAt is null && now < ExpiresAt;
}
