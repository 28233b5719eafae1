using System.Net;
using Microsoft.Extensions.Options;

namespace Prunella.Auth;

/// <summary>Counts failed authentications by address in one-minute windows. Thread-safe and bounded.</summary>
internal sealed class FailureThrottle(IOptions<AuthOptions> options, TimeProvider time)
{
    private const int AddressesMax = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, (DateTimeOffset Since, int Failures)> windows = [];

    /// <summary>How long the address has to wait; null when it may try.</summary>
    internal TimeSpan? WaitOf(IPAddress? address)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (address is null || !windows.TryGetValue(address, out var window)) return null;
            if (now - window.Since >= Window || now < window.Since) { windows.Remove(address); return null; }
            return window.Failures >= options.Value.FailuresPerMinuteMax ? window.Since + Window - now : null;
        }
    }

    /// <summary>Notes a failure.</summary>
    internal void Failed(IPAddress? address)
    {
        if (address is null) return;
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (windows.Count >= AddressesMax && !windows.ContainsKey(address)) Shed(now);
            windows[address] = windows.TryGetValue(address, out var window) && now - window.Since < Window && now >= window.Since
                ? (window.Since, window.Failures + 1)
                : (now, 1);
        }
    }

    // Full of live windows means many addresses fail at once; forgetting the least guilty keeps the memory bounded.
    private void Shed(DateTimeOffset now)
    {
        foreach (var (address, window) in windows.ToArray())
            if (now - window.Since >= Window) windows.Remove(address);
        if (windows.Count >= AddressesMax) windows.Remove(windows.MinBy(entry => entry.Value.Failures).Key);
    }
}
