using System.ComponentModel.DataAnnotations;

namespace Prunella.Remediation.Playbooks;

/// <summary>Which playbooks are used and what they may cost.</summary>
public sealed class PlaybookOptions
{
    /// <summary>Files, and directories with those below, besides the shipped ones.</summary>
    /// <value>Default none.</value>
    public IList<string> Paths { get; init; } = [];

    /// <summary>Whether the shipped playbooks are used.</summary>
    /// <value>Default true.</value>
    public bool Shipped { get; set; } = true;

    /// <summary>Names of playbooks that are not used.</summary>
    /// <value>Default none.</value>
    public IList<string> Disabled { get; init; } = [];

    /// <summary>Replaces variables of playbooks by name: metric names, selectors, thresholds.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long one metric question may take.</summary>
    /// <value>Default 10 s; 100 ms to 2 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:02:00")] public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How old the newest sample of an answer may be.</summary>
    /// <value>Default 5 minutes, Prometheus's own look-back; 10 s to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")] public TimeSpan Staleness { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Metric questions in one diagnosis.</summary>
    /// <value>Default 64; 1 to 1 000.</value>
    [Range(1, 1_000)] public int QueriesMax { get; set; } = 64;

    /// <summary>Series in one answer; a question with more has to aggregate.</summary>
    /// <value>Default 500; 1 to 10 000.</value>
    [Range(1, 10_000)] public int SeriesMax { get; set; } = 500;
}
