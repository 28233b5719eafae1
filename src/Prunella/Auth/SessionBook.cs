using System.Text.Json;
using Microsoft.Extensions.Options;
using Prunella.Auth.Oidc;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Auth;

/// <summary>
/// The console's sessions, in the store, so that every replica knows them and signing out ends them everywhere. A session rests
/// on a token, whose role it has and with which it ends, or on what a provider said. Signing in and out is in the ledger. Thread-safe.
/// </summary>
internal sealed class SessionBook(IRemediationStore store, TokenBook tokens, IOptions<AuthOptions> options, TimeProvider time)
{
    /// <summary>Sessions that one person may have at once; the oldest makes place for another.</summary>
    internal const int SessionsPerPersonMax = 16;

    private const string KeyPrefix = "session/";

    /// <summary>Exchanges a token for a session.</summary>
    /// <returns>The cookie's value and when it ends; null when the token does not hold, or is one of webhooks.</returns>
    internal async Task<(string Cookie, DateTimeOffset ExpiresAt)?> OpenAsync(string token, CancellationToken cancellation)
    {
        if (await tokens.FindAsync(token, cancellation) is not { Role: not null } record) return null;
        return await OpenAsync(record.Name, record.ExpiresAt, new SessionRecord("", record.Sha256, default, default), cancellation);
    }

    /// <summary>Opens a session for somebody whom a provider vouches for, and whose groups allow something.</summary>
    /// <returns>The cookie's value and when it ends.</returns>
    internal Task<(string Cookie, DateTimeOffset ExpiresAt)> OpenAsync(string name, OidcIdentity identity, CancellationToken cancellation) =>
        OpenAsync(name, endsAt: null, new SessionRecord("", "", default, default) { Identity = identity }, cancellation);

    /// <summary>The person whose session this is; null when it does not hold.</summary>
    internal async Task<Person?> FindAsync(string cookie, CancellationToken cancellation) =>
        await ReadAsync(cookie, cancellation) is { Session: { } session, Name: { } name } && session.HoldsAt(time.GetUtcNow())
            && await RoleOfAsync(session, name, cancellation) is { } role
            ? new Person(name, role)
            : null;

    /// <summary>Ends every session of a person, whatever they rest on.</summary>
    /// <returns>How many ended.</returns>
    internal async Task<int> CloseAllAsync(string name, string by, CancellationToken cancellation)
    {
        var ended = 0;
        for (var again = true; again;)
        {
            again = false;
            foreach (var setting in await store.ListSettingsAsync($"{KeyPrefix}{name}/", cancellation))
            {
                if (!Read(setting).HoldsAt(time.GetUtcNow())) continue;
                try
                {
                    await store.CommitAsync(new StoreChange
                    {
                        Settings = [setting with { Value = JsonSerializer.Serialize(Read(setting) with { EndedAt = time.GetUtcNow() }, JsonSerializerOptions.Web) }],
                        Ledger = [new LedgerDraft("session-ended", $"{KeyPrefix}{name}", by, JsonSerializer.SerializeToElement(new { name }, JsonSerializerOptions.Web))],
                    }, cancellation);
                    ended++;
                }
                catch (StaleVersionException)
                {
                    // Signed out, or in again, at this moment: look once more.
                    again = true;
                }
            }
        }
        return ended;
    }

    /// <summary>Ends a session; nothing happens when it has ended before.</summary>
    /// <returns>The session that ended; null when there was none.</returns>
    internal async Task<SessionRecord?> CloseAsync(string cookie, CancellationToken cancellation)
    {
        while (await ReadAsync(cookie, cancellation) is { Session: { EndedAt: null } session, Name: { } name, Place: var place, Version: var version })
        {
            try
            {
                await WriteAsync(place, version, name, session with { EndedAt = time.GetUtcNow() }, "signed-out", cancellation);
                return session;
            }
            catch (StaleVersionException)
            {
                // Ended or replaced at this moment; the next reading tells which.
            }
        }
        return null;
    }

    private async Task<(string Cookie, DateTimeOffset ExpiresAt)> OpenAsync(string name, DateTimeOffset? endsAt, SessionRecord resting, CancellationToken cancellation)
    {
        while (true)
        {
            var now = time.GetUtcNow();
            var (place, version) = await FreePlaceAsync(name, now, cancellation);
            var secret = TokenSecret.Create();
            var expiresAt = now + options.Value.SessionFor;
            if (endsAt is { } end && end < expiresAt) expiresAt = end;
            try
            {
                await WriteAsync(place, version, name, resting with { Sha256 = TokenSecret.Hash(secret), CreatedAt = now, ExpiresAt = expiresAt }, "signed-in", cancellation);
                return ($"{place}.{secret}.{name}", expiresAt);
            }
            catch (StaleVersionException)
            {
                // The same person signed in elsewhere at this moment and took the place.
            }
        }
    }

    // A token's role and end are its own; what groups allow is the configuration's. Both are read at every request.
    private async Task<Role?> RoleOfAsync(SessionRecord session, string name, CancellationToken cancellation) =>
        session.Identity is { } identity ? identity.RoleBy(options.Value.Oidc)
        : await tokens.FindByHashAsync(session.TokenSha256, cancellation) is { Role: { } role } token && token.Name == name ? role
        : null;

    private async Task<(SessionRecord? Session, string? Name, int Place, int Version)> ReadAsync(string cookie, CancellationToken cancellation)
    {
        var parts = cookie.Split('.', 3);
        if (parts.Length != 3 || !int.TryParse(parts[0], out var place) || place is < 0 or >= SessionsPerPersonMax || parts[2].Length is 0 or > 64) return default;
        if (await store.ReadSettingAsync(KeyOf(parts[2], place), cancellation) is not { } setting) return default;
        var session = Read(setting);
        return TokenSecret.AreEqual(TokenSecret.Hash(parts[1]), session.Sha256) ? (session, parts[2], place, setting.Version) : default;
    }

    private async Task<(int Place, int Version)> FreePlaceAsync(string name, DateTimeOffset now, CancellationToken cancellation)
    {
        var taken = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var setting in await store.ListSettingsAsync($"{KeyPrefix}{name}/", cancellation)) taken[setting.Key] = setting;
        var oldest = (Place: 0, Version: 0, At: DateTimeOffset.MaxValue);
        for (var place = 0; place < SessionsPerPersonMax; place++)
        {
            if (!taken.TryGetValue(KeyOf(name, place), out var setting)) return (place, 0);
            var session = Read(setting);
            if (!session.HoldsAt(now)) return (place, setting.Version);
            if (session.CreatedAt < oldest.At) oldest = (place, setting.Version, session.CreatedAt);
        }
        return (oldest.Place, oldest.Version);
    }

    private Task<IReadOnlyList<Incidents.Incident>> WriteAsync(int place, int version, string name, SessionRecord session, string kind, CancellationToken cancellation) =>
        store.CommitAsync(new StoreChange
        {
            Settings = [new Setting(KeyOf(name, place), JsonSerializer.Serialize(session, JsonSerializerOptions.Web), version)],
            Ledger = [new LedgerDraft(kind, $"{KeyPrefix}{name}", $"person:{name}", JsonSerializer.SerializeToElement(new { expiresAt = session.ExpiresAt, provider = session.Identity?.Authority, subject = session.Identity?.Subject }, JsonSerializerOptions.Web))],
        }, cancellation);

    private static string KeyOf(string name, int place) => $"{KeyPrefix}{name}/{place}";

    private static SessionRecord Read(Setting setting) => JsonSerializer.Deserialize<SessionRecord>(setting.Value, JsonSerializerOptions.Web)!;
}
