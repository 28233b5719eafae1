namespace Prunella.Kubernetes.Causes;

/// <summary>How near a cause is to the root of trouble. A nearer one explains the farther ones of the same object.</summary>
public enum CauseLayer
{
    /// <summary>Something is missing, wrong or refused, and somebody or something can put it right.</summary>
    Root,

    /// <summary>A failure with a known shape, which may have another one behind it: a refused connection, a failing probe.</summary>
    Failure,

    /// <summary>What any failure leads to: a crash loop, missing replicas, a service without ready pods.</summary>
    Symptom,

    /// <summary>Nothing fails; somebody may want to know.</summary>
    Hint,
}

/// <summary>An entry of the catalogue of causes; <c>docs/causes.md</c> is written from these.</summary>
/// <param name="Name">In kebab-case: <c>oom-killed</c>.</param>
/// <param name="Group">The part of the page it stands in: <c>Pods</c>, <c>Services</c>.</param>
/// <param name="Layer">How near to the root it is.</param>
public sealed record CauseDescriptor(string Name, string Group, CauseLayer Layer)
{
    /// <summary>By which facts it is recognised, in one sentence.</summary>
    public required string RecognisedBy { get; init; }

    /// <summary>What is done, or what a person is told to do, in one sentence.</summary>
    public required string Done { get; init; }

    /// <summary>Actions of the catalogue that it may propose; empty when only a person can help.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>Whether it is about an object that names another one, which is often applied a moment later: the operator says nothing of it while the object is new.</summary>
    public bool MayComeLater { get; init; }

    /// <summary>Causes of one family look at the same failure: of one object only the first by <see cref="Precedence"/> stands. Empty for none.</summary>
    public string Family { get; init; } = "";

    /// <summary>The order within the family, least first.</summary>
    public int Precedence { get; init; } = 50;
}
