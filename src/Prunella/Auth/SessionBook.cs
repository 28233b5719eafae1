using System.Text.Json;
using Microsoft.Extensions.Options;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Auth;

/// <summary>
/// The console's sessions, in the store, so that every replica knows them and signing out ends them everywhere. A session rests
/// on a token: it has the token's role and ends with it. Signing in and out is in the ledger. Thread-safe.
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
        while (true)
        {
            var now = time.GetUtcNow();
            var (place, version) = await FreePlaceAsync(record.Name, now, cancellation);
            var secret = TokenSecret.Create();
            var expiresAt = now + options.Value.SessionFor;
            if (record.ExpiresAt is { } end && end < expiresAt) expiresAt = end;
            try
            {
                await WriteAsync(place, version, record.Name, new SessionRecord(TokenSecret.Hash(secret), record.Sha256, now, expiresAt), "signed-in", cancellation);
                return ($"{place}.{secret}.{record.Name}", expiresAt);
            }
            catch (StaleVersionException)
            {
                // The same person signed in elsewhere at this moment and took the place.
            }
        }
    }

    /// <summary>The person whose session this is; null when it does not hold.</summary>
    internal async Task<Person?> FindAsync(string cookie, CancellationToken cancellation) =>
        await ReadAsync(cookie, cancellation) is { Session: { } session, Name: { } name } && session.HoldsAt(time.GetUtcNow())
            && await tokens.FindByHashAsync(session.TokenSha256, cancellation) is { Role: { } role } token && token.Name == name
            ? new Person(name, role)
            : null;

    /// <summary>Ends a session; nothing happens when it has ended before.</summary>
    internal async Task CloseAsync(string cookie, CancellationToken cancellation)
    {
        while (await ReadAsync(cookie, cancellation) is { Session: { EndedAt: null } session, Name: { } name, Place: var place, Version: var version })
        {
            try
            {
                await WriteAsync(place, version, name, session with { EndedAt = time.GetUtcNow() }, "signed-out", cancellation);
                return;
            }
            catch (StaleVersionException)
            {
                // Ended or replaced at this moment; the next reading tells which.
            }
        }
    }

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
            Ledger = [new LedgerDraft(kind, $"{KeyPrefix}{name}", $"person:{name}", JsonSerializer.SerializeToElement(new { expiresAt = session.ExpiresAt }, JsonSerializerOptions.Web))],
        }, cancellation);

    private static string KeyOf(string name, int place) => $"{KeyPrefix}{name}/{place}";

    private static SessionRecord Read(Setting setting) => JsonSerializer.Deserialize<SessionRecord>(setting.Value, JsonSerializerOptions.Web)!;
}
