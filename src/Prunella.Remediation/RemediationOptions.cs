using Prunella.Remediation.Breakers;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Stages;

namespace Prunella.Remediation;

/// <summary>The configuration section <c>remediation</c>.</summary>
public sealed class RemediationOptions
{
    /// <summary>The gate's bounds.</summary>
    public GateOptions Gate { get; set; } = new();

    /// <summary>The breakers' bounds.</summary>
    public BreakerOptions Breaker { get; set; } = new();

    /// <summary>Where trust starts.</summary>
    public StageOptions Stages { get; set; } = new();

    /// <summary>When automation may act.</summary>
    public WindowOptions Windows { get; set; } = new();

    /// <summary>Pace and bounds of the engine.</summary>
    public EngineOptions Engine { get; set; } = new();
}
