using Prunella.Remediation.Storage;

namespace Prunella.Hosting;

/// <summary>Opens the store beside what else a start has to do: it takes as long as the rest together.</summary>
internal sealed class StoreOpening(IRemediationStore store, IHostApplicationLifetime lifetime)
{
    private readonly Lock gate = new();
    private Task? first;

    /// <summary>The first attempt, begun by whoever asks first.</summary>
    internal Task BeginAsync()
    {
        lock (gate) return first ??= Task.Run(() => store.MigrateAsync(lifetime.ApplicationStopping));
    }
}
