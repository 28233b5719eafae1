using System.ComponentModel.DataAnnotations;

namespace Prunella.Remediation.Breakers;

/// <summary>When automation stops itself. Configuration section <c>remediation:breaker</c>.</summary>
public sealed class BreakerOptions
{
    /// <summary>Executions looked back on in a scope.</summary>
    /// <value>Executions. Default 10.</value>
    [Range(2, 1_000)] public int Window { get; set; } = 10;

    /// <summary>Share of the window that may fail; more opens the breaker. Counted against the whole window, so that a first failure does not open it.</summary>
    /// <value>0 to 1. Default 0.30.</value>
    [Range(0.0, 1.0)] public double FailureShareMax { get; set; } = 0.30;

    /// <summary>How long it stays open before one trial is allowed.</summary>
    /// <value>Default 30 minutes.</value>
    public TimeSpan OpenFor { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Time after a fix within which the same trouble on the same target counts as a failure of that fix.</summary>
    /// <value>Default 4 hours.</value>
    public TimeSpan RecurrenceWindow { get; set; } = TimeSpan.FromHours(4);
}
