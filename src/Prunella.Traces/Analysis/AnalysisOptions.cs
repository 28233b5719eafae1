using Prunella.Traces.CriticalPath;
using Prunella.Traces.Detectors;
using Prunella.Traces.Model;

namespace Prunella.Traces.Analysis;

/// <summary>What to analyse, and how.</summary>
public sealed class AnalysisOptions
{
    /// <summary>The critical path's rules.</summary>
    /// <value>Default <see cref="CriticalPathMode.Default"/>.</value>
    public CriticalPathMode Mode { get; set; } = CriticalPathMode.Default;

    /// <summary>Start from the first span of this service, depth first; null: from every root.</summary>
    public string? Service { get; set; }

    /// <summary>Start from the first span with this operation, depth first; null: any.</summary>
    public string? Operation { get; set; }

    /// <summary>Leave out traces whose start span is shorter.</summary>
    /// <value>Default zero: none.</value>
    public TimeSpan MinDuration { get; set; } = TimeSpan.Zero;

    /// <summary>Leave out traces whose start span is this long or longer; null: none.</summary>
    public TimeSpan? MaxDuration { get; set; }

    /// <summary>Leave out traces that started earlier; null: none.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>Leave out traces that started later; null: none.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>Only these traces; null: all.</summary>
    public IReadOnlySet<string>? TraceIds { get; set; }

    /// <summary>Also count spans by the values of this attribute; null: none.</summary>
    public string? Tag { get; set; }

    /// <summary>Whether detectors run.</summary>
    /// <value>Default true.</value>
    public bool Detect { get; set; } = true;

    /// <summary>When a pattern is a finding.</summary>
    public DetectorOptions Detectors { get; set; } = new();

    /// <summary>How traces are repaired first.</summary>
    public RepairOptions Repair { get; set; } = new();
}
