using System.Text.Json;
using Microsoft.Extensions.Options;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Auth;

/// <summary>
/// The tokens that hold: those of the configuration and those in the store. Every making and revoking is in the ledger.
/// Thread-safe. A revocation by another replica is seen within <see cref="CacheFor"/>.
/// </summary>
internal sealed class TokenBook(IRemediationStore store, IOptions<AuthOptions> options, TimeProvider time)
{
    /// <summary>How long the stored tokens are kept in memory.</summary>
    internal static readonly TimeSpan CacheFor = TimeSpan.FromSeconds(2);

    private const string KeyPrefix = "token/";
    private readonly Lock gate = new();
    private (DateTimeOffset ReadAt, IReadOnlyList<TokenRecord> Tokens)? cache;

    /// <summary>Every token, expired and revoked ones too, by name.</summary>
    internal async Task<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken cancellation)
    {
        var settings = await store.ListSettingsAsync(KeyPrefix, cancellation);
        return [.. settings.Select(setting => JsonSerializer.Deserialize<TokenRecord>(setting.Value, JsonSerializerOptions.Web)!)];
    }

    /// <summary>The record of a presented token; null when none matches or it no longer holds.</summary>
    internal Task<TokenRecord?> FindAsync(string presented, CancellationToken cancellation) => FindByHashAsync(TokenSecret.Hash(presented), cancellation);

    /// <summary>The record of the token with this hash; null when none matches or it no longer holds.</summary>
    internal async Task<TokenRecord?> FindByHashAsync(string hash, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        TokenRecord? found = null;
        foreach (var configured in options.Value.Tokens)
            if (TokenSecret.AreEqual(hash, Lower(configured.Sha256)))
                found = new TokenRecord(configured.Name, configured.Role, hash, default, "configuration") { ExpiresAt = configured.ExpiresAt };
        foreach (var stored in await StoredAsync(now, cancellation))
            if (TokenSecret.AreEqual(hash, stored.Sha256)) found = stored;
        return found is not null && found.HoldsAt(now) ? found : null;
    }

    /// <summary>Makes a token.</summary>
    /// <returns>The token, which cannot be shown again; null when the name is taken.</returns>
    internal async Task<string?> CreateAsync(string name, Role? role, DateTimeOffset? expiresAt, string by, CancellationToken cancellation)
    {
        var key = KeyPrefix + name;
        var existing = await store.ReadSettingAsync(key, cancellation);
        if (existing is not null && Read(existing).HoldsAt(time.GetUtcNow())) return null;
        var secret = TokenSecret.Create();
        var record = new TokenRecord(name, role, TokenSecret.Hash(secret), time.GetUtcNow(), by) { ExpiresAt = expiresAt };
        await WriteAsync(key, record, existing?.Version ?? 0, "token-created", by, cancellation);
        return secret;
    }

    /// <summary>Revokes a token at once.</summary>
    /// <returns>False when there is none of that name that holds.</returns>
    internal async Task<bool> RevokeAsync(string name, string by, CancellationToken cancellation)
    {
        var existing = await store.ReadSettingAsync(KeyPrefix + name, cancellation);
        if (existing is null || Read(existing) is not { RevokedAt: null } record) return false;
        await WriteAsync(KeyPrefix + name, record with { RevokedAt = time.GetUtcNow() }, existing.Version, "token-revoked", by, cancellation);
        return true;
    }

    private async Task WriteAsync(string key, TokenRecord record, int version, string kind, string by, CancellationToken cancellation)
    {
        var payload = JsonSerializer.SerializeToElement(
            new { name = record.Name, role = record.Role?.ToString() ?? "Webhook", expiresAt = record.ExpiresAt }, JsonSerializerOptions.Web);
        await store.CommitAsync(new StoreChange
        {
            Settings = [new Setting(key, JsonSerializer.Serialize(record, JsonSerializerOptions.Web), version)],
            Ledger = [new LedgerDraft(kind, key, by, payload)],
        }, cancellation);
        lock (gate) cache = null;
    }

    private async Task<IReadOnlyList<TokenRecord>> StoredAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        lock (gate)
            if (cache is { } fresh && now - fresh.ReadAt < CacheFor && now >= fresh.ReadAt) return fresh.Tokens;
        var tokens = await ListAsync(cancellation);
        lock (gate) cache = (now, tokens);
        return tokens;
    }

    private static TokenRecord Read(Setting setting) => JsonSerializer.Deserialize<TokenRecord>(setting.Value, JsonSerializerOptions.Web)!;

#pragma warning disable CA1308 // Hex digits, not a name.
    private static string Lower(string hex) => hex.ToLowerInvariant();
#pragma warning restore CA1308
}
