namespace Prunella.Incidents.Escalation;

/// <summary>What a sink has to know again later, also after a restart: where the message stands that it has to change.</summary>
public interface INoticeMemory
{
    /// <summary>What was kept under a key; null when nothing was.</summary>
    Task<string?> RecallAsync(string key, CancellationToken cancellation);

    /// <summary>Keeps a text under a key, in place of what was there.</summary>
    Task RememberAsync(string key, string text, CancellationToken cancellation);
}
