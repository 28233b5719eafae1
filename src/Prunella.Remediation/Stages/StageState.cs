using System.IO.Hashing;
using System.Text;
using Prunella.Incidents;
using Prunella.Incidents.Actions;

namespace Prunella.Remediation.Stages;

/// <summary>The stage of a scope. Immutable.</summary>
/// <param name="Scope"><c>namespace/class</c>; either part may be <c>*</c>.</param>
/// <param name="Stage">The stage.</param>
/// <param name="CanaryPercent">The share of targets acted on in a canary, 0 to 100; unused otherwise.</param>
/// <param name="Since">When it was set.</param>
public sealed record StageState(string Scope, Stage Stage, int CanaryPercent, DateTimeOffset Since)
{
    /// <summary>Who set it.</summary>
    public string By { get; init; } = "default";

    /// <summary>Why, for people.</summary>
    public string Why { get; init; } = "";

    /// <summary>Whether it trusts more than another: a later stage, or a larger canary.</summary>
    public bool IsAbove(StageState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Stage > other.Stage || (Stage == Stage.Canary && other.Stage == Stage.Canary && CanaryPercent > other.CanaryPercent);
    }

    /// <summary>The scope of one namespace and class.</summary>
    public static string ScopeOf(string clusterNamespace, ActionClass actionClass) => $"{clusterNamespace}/{actionClass}";

    /// <summary>Whether a target belongs to the canary: a stable hash of its key, so that a larger share keeps the smaller one's targets.</summary>
    public static bool InCanary(Target target, int percent) => BucketOf(target) < percent;

    /// <summary>0 to 99, the same on every machine and version.</summary>
    public static int BucketOf(Target target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return (int)(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(target.Key)) % 100);
    }
}
