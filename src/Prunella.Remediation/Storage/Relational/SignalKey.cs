using System.Globalization;
using Prunella.Incidents;

namespace Prunella.Remediation.Storage.Relational;

// Fingerprints are random, so an index that begins with them is written all over: 4 kB to disk for each signal, and a page fault
// for each once the index outgrows the cache. Beginning with the start time, new entries fall near each other at its end.

/// <summary>A signal's identity as its unique index holds it: the start time first.</summary>
internal static class SignalKey
{
    /// <summary>The key of <see cref="Signal.Identity"/>.</summary>
    public static string Of(Signal signal) => Of(signal.Series, signal.Status);

    /// <summary>The key of the signal of a <see cref="Signal.Series"/> with this status.</summary>
    public static string Of(string series, SignalStatus status)
    {
        // Source and fingerprint may hold anything, but the ticks after the last bar are digits.
        var bar = series.LastIndexOf('|');
        var ticks = bar >= 0 && long.TryParse(series.AsSpan(bar + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        var letter = status == SignalStatus.Firing ? 'f' : 'r';
        return string.Create(CultureInfo.InvariantCulture, $"{ticks:x16}{letter}|{ColumnText.Of(bar >= 0 ? series[..bar] : series)}");
    }
}
