using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Chaos;

/// <summary>An experiment that has been put into effect.</summary>
public sealed record Injection
{
    /// <summary>Eight hexadecimal digits; names the marks.</summary>
    public required string Id { get; init; }

    /// <summary>What was put into effect.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>When the change began to be made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether Chaos Mesh does it.</summary>
    public bool ByMesh { get; init; }

    /// <summary>The objects that carry a mark, top owners of pods among them.</summary>
    public IReadOnlyList<ObjectRef> Touched { get; init; } = [];

    /// <summary>What was done, for people; one line for each object.</summary>
    public IReadOnlyList<string> Done { get; init; } = [];
}

/// <summary>What became of one object when its injection was ended.</summary>
/// <param name="Target">The object.</param>
/// <param name="Injection">The injection's id.</param>
/// <param name="Outcome">Put back, kept, gone.</param>
/// <param name="Text">For people.</param>
public sealed record Restored(ObjectRef Target, string Injection, RestoreOutcome Outcome, string Text);

/// <summary>What a restore did.</summary>
public enum RestoreOutcome
{
    /// <summary>What the fault changed is as it was before.</summary>
    PutBack,

    /// <summary>Somebody changed it since the injection: a fix stays.</summary>
    Kept,

    /// <summary>There was nothing to put back.</summary>
    Nothing,
}
