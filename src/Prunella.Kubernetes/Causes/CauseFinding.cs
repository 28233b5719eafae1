using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes;

/// <summary>A cause recognised in a snapshot: what it is, about which object, on which facts. Immutable.</summary>
public sealed record CauseFinding
{
    /// <summary>The catalogue's entry.</summary>
    public required CauseDescriptor Descriptor { get; init; }

    /// <summary>The object in trouble: the top owner, not its pods.</summary>
    public required ObjectRef Target { get; init; }

    /// <summary>The precise offender: the key, image, port, claim, label, quota, taint or rule. Findings about the same one are one finding.</summary>
    public required string Offender { get; init; }

    /// <summary>0 to 1.</summary>
    public required double Confidence { get; init; }

    /// <summary>How much it matters.</summary>
    public required Severity Severity { get; init; }

    /// <summary>One or two sentences for people, inert, naming the offender.</summary>
    public required string Summary { get; init; }

    /// <summary>What a person should do, when a person has to; empty otherwise.</summary>
    public string Advice { get; init; } = "";

    /// <summary>The facts it rests on, strongest first. Text of others is inert and bounded.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>Actions that may help, in order.</summary>
    public IReadOnlyList<Remedy> Remedies { get; init; } = [];

    /// <summary>Objects whose own trouble would explain this one: the service it calls, the claim it waits for, the node it runs on.</summary>
    public IReadOnlyList<ObjectRef> Blames { get; init; } = [];

    /// <summary>Pods in which it was seen; empty when it is not about pods.</summary>
    public IReadOnlyList<string> Pods { get; init; } = [];

    /// <summary>The catalogue's name of the cause.</summary>
    public string Cause => Descriptor.Name;
}

/// <summary>An action that may help, before anybody judged it.</summary>
/// <param name="Action">A name of the action catalogue.</param>
/// <param name="Why">Why it should help, in one sentence.</param>
public sealed record Remedy(string Action, string Why)
{
    /// <summary>Parameter values by name.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Another object than the finding's; null for the finding's.</summary>
    public ObjectRef? Target { get; init; }

    /// <summary>The same with one more parameter.</summary>
    internal Remedy With(string name, string value) => this with { Parameters = new SortedDictionary<string, string>(new Dictionary<string, string>(Parameters) { [name] = value }, StringComparer.Ordinal) };
}
