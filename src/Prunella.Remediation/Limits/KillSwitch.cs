using System.Text.Json;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Limits;

/// <summary>Stops every execution at once until a person turns it off again. Persisted. Thread-safe.</summary>
public sealed class KillSwitch(IRemediationStore store, IncidentFeed feed, TimeProvider time)
{
    /// <summary>The setting's key.</summary>
    public const string Key = "kill-switch";

    /// <summary>The present state. A state that cannot be read counts as on.</summary>
    public async Task<KillSwitchState> ReadAsync(CancellationToken cancellation)
    {
        var setting = await store.ReadSettingAsync(Key, cancellation).ConfigureAwait(false);
        if (setting is null) return new KillSwitchState(false, "", "", DateTimeOffset.MinValue);
        try
        {
            return JsonSerializer.Deserialize<KillSwitchState>(setting.Value) ?? Unreadable;
        }
        catch (JsonException)
        {
            return Unreadable;
        }
    }

    private static KillSwitchState Unreadable => new(true, "prunella", "its state in the store cannot be read", DateTimeOffset.MinValue);

    /// <summary>Turns it on (operator or admin) or off (admin or operator). Repeating the present state changes nothing.</summary>
    /// <exception cref="NotEntitledException">The person's role does not allow it.</exception>
    public async Task<KillSwitchState> SetAsync(bool on, Person person, string reason, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        person.Demand(Role.Operator, on ? "turn the kill switch on" : "turn the kill switch off");
        while (true)
        {
            var setting = await store.ReadSettingAsync(Key, cancellation).ConfigureAwait(false);
            var present = await ReadAsync(cancellation).ConfigureAwait(false);
            if (present.On == on && setting is not null) return present;
            var now = time.GetUtcNow();
            var next = new KillSwitchState(on, person.Name, reason, now);
            var text = $"kill switch turned {(on ? "on" : "off")} by {person.Name}: {reason}";
            try
            {
                await store.CommitAsync(
                    new StoreChange
                    {
                        Settings = [new Setting(Key, JsonSerializer.Serialize(next), setting?.Version ?? 0)],
                        Ledger = [LedgerFacts.Draft("kill-switch", Key, next, $"person:{person.Name}")],
                        Notices = [new Notice(NoticeKind.Safety, $"kill-switch/{now.UtcTicks}", null, text, text, now) { Severity = Severity.Critical }],
                    },
                    cancellation).ConfigureAwait(false);
            }
            catch (StaleVersionException)
            {
                continue;
            }

            feed.Publish(new IncidentEvent(now, null, null, IncidentEventKind.Safety, text));
            return next;
        }
    }
}

/// <summary>The kill switch's state.</summary>
/// <param name="On">Whether nothing may execute.</param>
/// <param name="By">Who set it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">When.</param>
public sealed record KillSwitchState(bool On, string By, string Reason, DateTimeOffset Since);
