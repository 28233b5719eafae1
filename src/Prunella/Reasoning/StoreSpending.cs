using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Ledger;
using Prunella.Reasoning.Budget;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Storage;

namespace Prunella.Reasoning;

/// <summary>What models cost, in the store of the server: a setting a day, a ledger entry a call, a notice when the budget nears its end.</summary>
internal sealed class StoreSpending(IRemediationStore store, TimeProvider time) : ISpendingStore
{
    private const string Prefix = "reasoning/spending/";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public async Task<IReadOnlyList<SpendingDay>> ReadAsync(DateOnly first, DateOnly last, CancellationToken cancellation)
    {
        try
        {
            // The part of the date that both have in common narrows what is read.
            var (from, to) = (Key(first), Key(last));
            var common = from.Zip(to).TakeWhile(pair => pair.First == pair.Second).Count();
            var settings = await store.ListSettingsAsync(from[..Math.Max(common, Prefix.Length)], cancellation);
            return [.. settings.Select(Day).Where(day => day.Date >= first && day.Date <= last).OrderBy(day => day.Date)];
        }
        catch (StoreUnavailableException away)
        {
            throw new SpendingUnavailableException(away.Message, away);
        }
    }

    public async Task<bool> TryWriteAsync(SpendingDay day, IReadOnlyList<CallRecord> calls, BudgetAlert? alert, CancellationToken cancellation)
    {
        var change = new StoreChange
        {
            Settings = [new Setting(Key(day.Date), JsonSerializer.Serialize(day, Json), day.Version)],
            Ledger = [.. calls.Select(call => new LedgerDraft("model-call", call.Subject.Length > 0 ? call.Subject : $"task/{call.Task}", Gate.SystemActor, JsonSerializer.SerializeToElement(call, Json)))],
            Notices = alert is null ? [] : [new Notice(NoticeKind.Safety, alert.Key, null, alert.Text, alert.Text, time.GetUtcNow()) { Severity = alert.Exhausted ? Severity.Warning : Severity.Info }],
        };
        try
        {
            await store.CommitAsync(change, cancellation);
            return true;
        }
        catch (StaleVersionException)
        {
            return false;
        }
        catch (StoreUnavailableException away)
        {
            throw new SpendingUnavailableException(away.Message, away);
        }
    }

    private static string Key(DateOnly date) => Prefix + date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static SpendingDay Day(Setting setting) => JsonSerializer.Deserialize<SpendingDay>(setting.Value, Json)! with { Version = setting.Version };
}
