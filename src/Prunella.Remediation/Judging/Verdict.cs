namespace Prunella.Remediation.Judging;

/// <summary>What may happen to a proposal, from least to most restrictive; the most restrictive rule wins.</summary>
public enum VerdictKind
{
    /// <summary>It may be executed now.</summary>
    Execute,

    /// <summary>A person has to approve this digest first.</summary>
    Ask,

    /// <summary>The stage allows a dry run only.</summary>
    Simulate,

    /// <summary>The stage allows recording only.</summary>
    Observe,

    /// <summary>Automation stops here; a person takes over, or it is judged again at <see cref="Verdict.RetryAt"/>.</summary>
    Escalate,

    /// <summary>Never, whoever asks.</summary>
    Refuse,
}

/// <summary>Why. Stable names: they are recorded in the ledger.</summary>
public enum ReasonCode
{
    /// <summary>Every rule passed.</summary>
    AllClear,

    /// <summary>The catalogue forbids the action.</summary>
    Forbidden,

    /// <summary>The catalogue does not know the action.</summary>
    UnknownAction,

    /// <summary>A parameter is missing, unknown, malformed or out of bounds.</summary>
    BadParameter,

    /// <summary>The action does not apply to this kind of target.</summary>
    WrongKind,

    /// <summary>The action's class needs an approval.</summary>
    NeedsApproval,

    /// <summary>It came through a tool, so a person has to approve it, whatever its class.</summary>
    ProposedByTool,

    /// <summary>An unexpired approval of this digest is there.</summary>
    Approved,

    /// <summary>An approval was given, but for another digest, or it expired, or by the system itself.</summary>
    ApprovalVoid,

    /// <summary>The diagnosis is not confident enough to act without a person.</summary>
    LowConfidence,

    /// <summary>The kill switch is on.</summary>
    KillSwitch,

    /// <summary>A breaker is open.</summary>
    BreakerOpen,

    /// <summary>A breaker is half-open and its one trial is taken.</summary>
    BreakerTrial,

    /// <summary>Outside the allowed window, or inside a freeze.</summary>
    Window,

    /// <summary>Another execution acts on the target.</summary>
    TargetBusy,

    /// <summary>Too soon after the last attempt.</summary>
    Cooldown,

    /// <summary>Too many attempts within the window.</summary>
    RateLimit,

    /// <summary>Too large a share of the workload's pods.</summary>
    PodShare,

    /// <summary>It would take the only pod that serves.</summary>
    LastPod,

    /// <summary>Too many workloads acted on in the namespace.</summary>
    NamespaceRadius,

    /// <summary>Too many workloads acted on at once.</summary>
    GlobalRadius,

    /// <summary>Too many workloads are unhealthy: automation pauses.</summary>
    Storm,

    /// <summary>The disruption budget does not allow it now.</summary>
    DisruptionBudget,

    /// <summary>Helm, Argo CD or Flux manages the object.</summary>
    ManagedObject,

    /// <summary>A condition of the action does not hold here.</summary>
    Blocked,

    /// <summary>The resource would have grown too much in all.</summary>
    GrowthCap,

    /// <summary>A fact that the rules need is missing.</summary>
    MissingFact,

    /// <summary>The facts are too old to act on.</summary>
    StaleFacts,

    /// <summary>The stage of the scope.</summary>
    Stage,
}

/// <summary>One reason of a verdict.</summary>
/// <param name="Code">Its stable name.</param>
/// <param name="Kind">What this reason alone would lead to.</param>
/// <param name="Text">For people: the rule, the value seen, the value allowed.</param>
public readonly record struct Reason(ReasonCode Code, VerdictKind Kind, string Text);

/// <summary>The gate's answer, with every reason and not only the first.</summary>
/// <param name="Kind">The most restrictive of the reasons.</param>
/// <param name="WouldBe">What it would be at stage Full; what people review in shadow.</param>
/// <param name="Reasons">Every reason, in the order of the rules.</param>
/// <param name="RetryAt">When judging again may help; null when every restriction needs a person.</param>
public sealed record Verdict(VerdictKind Kind, VerdictKind WouldBe, IReadOnlyList<Reason> Reasons, DateTimeOffset? RetryAt)
{
    /// <summary>Whether the reasons hold this code.</summary>
    public bool Has(ReasonCode code)
    {
        foreach (var reason in Reasons) if (reason.Code == code) return true;
        return false;
    }
}
