using Prunella.Incidents.Escalation;

namespace Prunella.Integrations.Tests.People;

/// <summary>What sinks keep, in memory.</summary>
internal sealed class NoticeMemory : INoticeMemory
{
    private readonly Dictionary<string, string> kept = [];

    public Task<string?> RecallAsync(string key, CancellationToken cancellation) => Task.FromResult(kept.GetValueOrDefault(key));

    public Task RememberAsync(string key, string text, CancellationToken cancellation)
    {
        kept[key] = text;
        return Task.CompletedTask;
    }
}
