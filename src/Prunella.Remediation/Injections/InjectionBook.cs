using System.Text.Json;
using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Injections;

/// <summary>
/// Keeps what was injected, in the store and the ledger, so that reports tell injected failures from real ones. Nothing that decides
/// or acts reads it: an injected failure is treated like any other. Thread-safe.
/// </summary>
public sealed class InjectionBook(IRemediationStore store, IncidentFeed feed, TimeProvider time)
{
    private const string KeyPrefix = "injection/";

    /// <summary>How long after an injection's end what it did may still come to light.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Records that something is about to be injected, or what it turned out to touch.</summary>
    /// <exception cref="NotEntitledException">The person is no operator.</exception>
    /// <exception cref="ArgumentException">The id is no eight hexadecimal digits.</exception>
    public async Task<InjectionRecord> BeginAsync(InjectionRecord injection, Person person, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(injection);
        ArgumentNullException.ThrowIfNull(person);
        person.Demand(Role.Operator, "inject a failure");
        if (injection.Id.Length != 8 || !injection.Id.All(char.IsAsciiHexDigitLower)) throw new ArgumentException($"'{injection.Id}' is no id of an injection: eight hexadecimal digits.", nameof(injection));
        return await ChangeAsync(injection.Id, known => known is null
            ? (injection with { At = time.GetUtcNow(), By = person.Name, EndedAt = null, Ending = "" }, "chaos-injected")
            : (known with { Targets = [.. known.Targets.Union(injection.Targets)] }, "chaos-touched"), person, cancellation).ConfigureAwait(false)
            ?? throw new InvalidOperationException("An injection that begins is written.");
    }

    /// <summary>Records that an injection was ended; null when it is not known.</summary>
    /// <exception cref="NotEntitledException">The person is no operator.</exception>
    public Task<InjectionRecord?> EndAsync(string id, string ending, Person person, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        person.Demand(Role.Operator, "end an injection");
        return ChangeAsync(id, known => known is null ? null : (known with { EndedAt = known.EndedAt ?? time.GetUtcNow(), Ending = ending }, "chaos-ended"), person, cancellation);
    }

    /// <summary>Every injection that was ever told of, newest first.</summary>
    public async Task<IReadOnlyList<InjectionRecord>> ListAsync(CancellationToken cancellation)
    {
        var settings = await store.ListSettingsAsync(KeyPrefix, cancellation).ConfigureAwait(false);
        return [.. settings.Select(setting => Read(setting.Value)).OfType<InjectionRecord>().OrderByDescending(injection => injection.At)];
    }

    /// <summary>The injection that explains an incident, the surest and newest first; null when it seems to be real.</summary>
    public async Task<(InjectionRecord Injection, bool Certain)?> FindAsync(Incident incident, CancellationToken cancellation)
    {
        var found = (await ListAsync(cancellation).ConfigureAwait(false)).Select(injection => (Injection: injection, Certain: injection.Explains(incident, Grace))).Where(pair => pair.Certain is not null)
            .OrderByDescending(pair => pair.Certain).FirstOrDefault();
        return found.Injection is null ? null : (found.Injection, found.Certain == true);
    }

    private async Task<InjectionRecord?> ChangeAsync(string id, Func<InjectionRecord?, (InjectionRecord Record, string Kind)?> change, Person person, CancellationToken cancellation)
    {
        while (true)
        {
            var setting = await store.ReadSettingAsync(KeyPrefix + id, cancellation).ConfigureAwait(false);
            if (change(setting is null ? null : Read(setting.Value)) is not { } next) return null;
            try
            {
                await store.CommitAsync(new StoreChange
                {
                    Settings = [new Setting(KeyPrefix + id, JsonSerializer.Serialize(next.Record), setting?.Version ?? 0)],
                    Ledger = [LedgerFacts.Draft(next.Kind, KeyPrefix + id, next.Record, $"person:{person.Name}")],
                }, cancellation).ConfigureAwait(false);
            }
            catch (StaleVersionException)
            {
                continue;
            }
            feed.Publish(new IncidentEvent(time.GetUtcNow(), null, null, IncidentEventKind.Safety, $"{next.Kind}: {next.Record.Fault} {next.Record.Experiment} ({id}) in {string.Join(", ", next.Record.Namespaces)}"));
            return next.Record;
        }
    }

    private static InjectionRecord? Read(string value)
    {
        try
        {
            return JsonSerializer.Deserialize<InjectionRecord>(value);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
