using System.Globalization;
using System.Text;

namespace Prunella.Demo.Metrics;

/// <summary>One sample.</summary>
internal readonly record struct Sample(DateTimeOffset At, double Value);

/// <summary>One series with the samples kept of it.</summary>
internal sealed class Series(string name, IReadOnlyDictionary<string, string> labels)
{
    private readonly List<Sample> samples = [];

    public string Name { get; } = name;

    public IReadOnlyDictionary<string, string> Labels { get; } = labels;

    internal void Add(Sample sample, DateTimeOffset forgetBefore)
    {
        samples.Add(sample);
        if (samples.Count % 64 == 0) samples.RemoveAll(old => old.At < forgetBefore);
    }

    internal DateTimeOffset Newest => samples[^1].At;

    /// <summary>The samples after <paramref name="from"/> up to <paramref name="to"/>, in order.</summary>
    internal IReadOnlyList<Sample> Between(DateTimeOffset from, DateTimeOffset to) => [.. samples.Where(sample => sample.At > from && sample.At <= to)];
}

/// <summary>The samples of the demo's last minutes. Thread-safe.</summary>
internal sealed class SeriesHistory
{
    /// <summary>Older samples are forgotten.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Series> series = new(StringComparer.Ordinal);

    /// <summary>Records a sample; labels come as name and value in turn.</summary>
    internal void Record(DateTimeOffset at, string name, double value, params ReadOnlySpan<string> labels)
    {
        var key = new StringBuilder(name);
        foreach (var part in labels) key.Append(CultureInfo.InvariantCulture, $"|{part.Length}:{part}");
        lock (gate)
        {
            if (!series.TryGetValue(key.ToString(), out var known))
            {
                var map = new Dictionary<string, string>(StringComparer.Ordinal);
                for (var index = 0; index + 1 < labels.Length; index += 2) map[labels[index]] = labels[index + 1];
                series[key.ToString()] = known = new Series(name, map);
            }
            known.Add(new Sample(at, value), at - KeptFor);
        }
    }

    /// <summary>The samples of every series of this name in a window, after the window's begin and up to its end; empty ones left out.</summary>
    internal IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<Sample> Samples)> Select(string name, DateTimeOffset from, DateTimeOffset to)
    {
        lock (gate)
        {
            return [.. series.Values.Where(one => one.Name == name).Select(one => (one.Labels, one.Between(from, to))).Where(one => one.Item2.Count > 0)];
        }
    }

    /// <summary>Forgets series that have had no sample for long: pods that are gone.</summary>
    internal void Sweep(DateTimeOffset now)
    {
        lock (gate)
            foreach (var (key, one) in series.ToArray())
                if (now - one.Newest > KeptFor) series.Remove(key);
    }
}
