using Prunella.Incidents.Escalation;
using Prunella.Remediation.Storage;

namespace Prunella.Slack;

/// <summary>What sinks keep, as settings of the store.</summary>
internal sealed class StoreNoticeMemory(IRemediationStore store) : INoticeMemory
{
    private const string Prefix = "notice/";

    public async Task<string?> RecallAsync(string key, CancellationToken cancellation) => (await ReadAsync(key, cancellation))?.Value;

    public async Task RememberAsync(string key, string text, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(new StoreChange { Settings = [new Setting(Prefix + key, text, (await ReadAsync(key, cancellation))?.Version ?? 0)] }, cancellation);
        }
        catch (StaleVersionException)
        {
            // Another replica delivered it at the same time; one place is as good as the other.
        }
        catch (StoreUnavailableException away)
        {
            throw new EscalationFailedException(away.Message, away);
        }
    }

    private async Task<Setting?> ReadAsync(string key, CancellationToken cancellation)
    {
        try
        {
            return await store.ReadSettingAsync(Prefix + key, cancellation);
        }
        catch (StoreUnavailableException away)
        {
            throw new EscalationFailedException(away.Message, away);
        }
    }
}
