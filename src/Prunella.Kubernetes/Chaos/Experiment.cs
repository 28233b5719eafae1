using System.Text.Json;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Chaos;

/// <summary>One fault with its targets, as a file describes it. Immutable.</summary>
public sealed record Experiment
{
    /// <summary>Its name in the file.</summary>
    public required string Name { get; init; }

    /// <summary>Where it was read: file and document.</summary>
    public required string Source { get; init; }

    /// <summary>What it does.</summary>
    public required FaultKind Fault { get; init; }

    /// <summary>The namespace of its objects; empty for a node.</summary>
    public required string Namespace { get; init; }

    /// <summary>The pods that may be hit; null for faults of one object.</summary>
    public PodSelector? Pods { get; init; }

    /// <summary>How many of them.</summary>
    public TargetMode Mode { get; init; } = TargetMode.One;

    /// <summary>The number or share of the mode; unused for one and all.</summary>
    public double ModeValue { get; init; }

    /// <summary>The object of the fault; null for faults of pods.</summary>
    public ObjectRef? Target { get; init; }

    /// <summary>The details of the fault.</summary>
    public FaultSettings Settings { get; init; } = new();

    /// <summary>How long it stays; null until it is ended.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>When it is repeated: five fields of cron, or <c>@every 30s</c>; null for once.</summary>
    public string? Schedule { get; init; }

    /// <summary>The kind of Chaos Mesh that it was written as; null for a fault of our own.</summary>
    public string? MeshKind { get; init; }

    /// <summary>Why only Chaos Mesh can run it; null when the built-in injector can too.</summary>
    public string? MeshOnly { get; init; }

    /// <summary>The document as it was written.</summary>
    internal JsonElement Manifest { get; init; }

    /// <summary>Every namespace that it may touch.</summary>
    public IReadOnlyList<string> Namespaces => Pods?.Namespaces ?? (Namespace.Length == 0 ? [] : [Namespace]);

    /// <summary>The fault as files write it: <c>bad-image</c>.</summary>
    public string FaultName => JsonNamingPolicy.KebabCaseLower.ConvertName(Fault.ToString());

    /// <summary>What is hit, as people read it.</summary>
    public string TargetText => Target?.ToString() ?? (Pods is null ? Namespace : $"{Mode switch { TargetMode.One => "one of ", TargetMode.All => "all ", TargetMode.Fixed => $"{ModeValue:0} of ", TargetMode.FixedPercent => $"{ModeValue:0} % of ", _ => $"up to {ModeValue:0} % of " }}{Pods}");
}
