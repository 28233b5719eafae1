using System.Collections.Concurrent;

namespace Prunella.Hosting;

/// <summary>One part of the server that has to be ready before it is.</summary>
/// <param name="Part">Its name.</param>
/// <param name="Ready">Whether it is.</param>
/// <param name="Text">What it waits for; empty when ready.</param>
internal sealed record ReadinessPart(string Part, bool Ready, string Text);

/// <summary>What <c>/readyz</c> says. Parts register at start and report when they change. Thread-safe.</summary>
internal sealed class Readiness
{
    private readonly ConcurrentDictionary<string, ReadinessPart> parts = new(StringComparer.Ordinal);

    /// <summary>Every part, by name.</summary>
    internal IReadOnlyList<ReadinessPart> Parts => [.. parts.Values.OrderBy(part => part.Part, StringComparer.Ordinal)];

    /// <summary>Whether every part is ready.</summary>
    internal bool Ready => !parts.IsEmpty && parts.Values.All(part => part.Ready);

    /// <summary>Completes when every part is ready.</summary>
    internal async Task WhenReadyAsync(TimeProvider time, CancellationToken cancellation)
    {
        while (!Ready) await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellation);
    }

    internal void WaitsFor(string part, string text) => parts[part] = new ReadinessPart(part, Ready: false, text);

    internal void IsReady(string part) => parts[part] = new ReadinessPart(part, Ready: true, "");
}
