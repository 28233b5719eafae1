using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Chaos;

/// <summary>Which pods an experiment may hit. Immutable.</summary>
public sealed record PodSelector
{
    /// <summary>The namespaces, each by its name; never empty.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary>Labels that a pod must have, with their values.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Annotations that a pod must have, with their values.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Phases of which a pod must be in one; empty for any.</summary>
    public IReadOnlyList<string> Phases { get; init; } = [];

    /// <summary>Nodes on one of which a pod must run; empty for any.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Pods by namespace and name; empty for any.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Named { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Label expressions as they were written.</summary>
    internal IReadOnlyList<Field> Expressions { get; init; } = [];

    /// <summary>Whether a pod is selected. One that is on its way out, or has ended, never is.</summary>
    internal bool Selects(Pod pod)
    {
        if (!Namespaces.Contains(pod.Namespace) || !pod.Live) return false;
        if (!LabelSelector.Fits(Labels, pod.Labels) || !LabelSelector.Fits(Annotations, pod.Annotations.Texts)) return false;
        if (Expressions.Any(expression => !LabelSelector.Holds(expression, pod.Labels))) return false;
        if (Phases.Count > 0 && !Phases.Contains(pod.Phase)) return false;
        if (Nodes.Count > 0 && !Nodes.Contains(pod.Spec["nodeName"].Text)) return false;
        return Named.Count == 0 || (Named.TryGetValue(pod.Namespace, out var names) && names.Contains(pod.Name));
    }

    /// <summary>As people read it.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Labels.Count > 0) parts.Add(LabelSelector.Describe(Labels));
        parts.AddRange(Expressions.Select(LabelSelector.Text));
        foreach (var (space, names) in Named) parts.Add($"{space}/{string.Join(",", names)}");
        if (Nodes.Count > 0) parts.Add($"on {string.Join(",", Nodes)}");
        return $"pods {(parts.Count == 0 ? "" : string.Join(", ", parts) + " ")}in {string.Join(", ", Namespaces)}";
    }
}
