namespace Prunella.Incidents.Actions;

/// <summary>How much trust an action needs. The order is from least to most caution.</summary>
public enum ActionClass
{
    /// <summary>Executes within limits without a person.</summary>
    Safe,

    /// <summary>Executes only with an unexpired approval of its digest.</summary>
    NeedsApproval,

    /// <summary>Never executes, whoever asks.</summary>
    Forbidden,
}

/// <summary>What an action touches at once; the gate measures the blast radius by it.</summary>
public enum BlastRadius
{
    /// <summary>Nothing that serves traffic: a cache entry, a hook.</summary>
    None,

    /// <summary>One pod at a time.</summary>
    Pod,

    /// <summary>All pods of a workload, in a rollout that keeps it available.</summary>
    Workload,

    /// <summary>Everything on a node.</summary>
    Node,

    /// <summary>A shared dependency: a database, a firewall.</summary>
    Dependency,
}

/// <summary>The type of an action's parameter; values travel as text in the invariant form of their type.</summary>
public enum ParameterKind
{
    /// <summary>Free text, bounded to 1 024 characters.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number 0 to 1, or a factor.</summary>
    Number,

    /// <summary>A Kubernetes quantity: <c>512Mi</c>, <c>250m</c>.</summary>
    Quantity,

    /// <summary>A duration: <c>30s</c>, <c>5m</c>, <c>2h</c>.</summary>
    Duration,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>An absolute http or https URL.</summary>
    Url,
}

/// <summary>One parameter of an action.</summary>
/// <param name="Name">In kebab-case: <c>replicas</c>, <c>max-limit</c>.</param>
/// <param name="Kind">Its type.</param>
/// <param name="Description">What it means, with unit and default.</param>
public sealed record ParameterDescriptor(string Name, ParameterKind Kind, string Description)
{
    /// <summary>Whether a proposal without it is refused.</summary>
    public bool Required { get; init; }

    /// <summary>The value when absent; null for none.</summary>
    public string? Default { get; init; }

    /// <summary>The least value allowed, for integers, numbers, quantities (in base units) and durations (in seconds).</summary>
    public double? Minimum { get; init; }

    /// <summary>The greatest value allowed, in the units of <see cref="Minimum"/>.</summary>
    public double? Maximum { get; init; }
}

/// <summary>An entry of the closed action catalogue: what the action is, never how it is done.</summary>
public sealed record ActionDescriptor
{
    /// <summary>In kebab-case: <c>restart-pod</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for people: what it does to the target.</summary>
    public required string Summary { get; init; }

    /// <summary>Its class in the seed catalogue; policy may only raise it.</summary>
    public required ActionClass Class { get; init; }

    /// <summary>What it touches at once.</summary>
    public required BlastRadius Radius { get; init; }

    /// <summary>Kinds of targets it applies to; empty for any.</summary>
    public IReadOnlyList<string> TargetKinds { get; init; } = [];

    /// <summary>Its parameters. A proposal with any other is refused.</summary>
    public IReadOnlyList<ParameterDescriptor> Parameters { get; init; } = [];

    /// <summary>Whether it only looks on, so that what becomes of the target meanwhile is not its doing.</summary>
    public bool ChangesNothing { get; init; }

    /// <summary>Whether the action changes the object's specification, which managed objects (Helm, Argo CD, Flux) forbid.</summary>
    public bool PatchesSpecification { get; init; }

    /// <summary>Whether what was there before can be restored.</summary>
    public bool Reversible { get; init; }

    /// <summary>How long an approval of it holds.</summary>
    /// <value>Default 10 minutes. Seed: rollback 5 min, database restart 2, firewall 3, scale down 10.</value>
    public TimeSpan ApprovalExpiry { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the workload must stay well before the effect counts as a fix.</summary>
    /// <value>Default 30 s.</value>
    public TimeSpan Soak { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the effect may take before validation gives up waiting for it.</summary>
    /// <value>Default 5 minutes.</value>
    public TimeSpan SettleWithin { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether it removes serving capacity while it runs, so that it needs another ready pod or an approval.</summary>
    public bool Disruptive { get; init; }

    /// <summary>The resource that it grows (<c>memory</c>, <c>cpu</c>, <c>replicas</c>, <c>storage</c>, <c>connections</c>), whose cumulative growth is capped; null for none.</summary>
    public string? Grows { get; init; }

    /// <summary>What people should know before approving.</summary>
    public string Risks { get; init; } = "";
}
