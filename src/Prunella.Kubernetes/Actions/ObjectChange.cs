using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prunella.Kubernetes.Actions;

/// <summary>One object to patch, as designed by an action on what it just read.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Live">The object as read.</param>
/// <param name="Patch">The strategic merge patch, without preconditions and mark.</param>
/// <param name="Undo">The patch that restores what is there now; null when nothing is restored.</param>
internal sealed record ObjectEdit(Connection.ApiKind Kind, JsonObject Live, JsonObject Patch, JsonObject? Undo)
{
    /// <summary>Whether the number of replicas is what the action is about.</summary>
    internal bool WithReplicas { get; init; }
}

/// <summary>What an action wants to do: the outcome of looking at the target.</summary>
internal sealed record Design
{
    internal IReadOnlyList<ObjectEdit> Edits { get; init; } = [];

    internal List<string> Blockers { get; init; } = [];

    /// <summary>Sentences in front of the diff.</summary>
    internal string Note { get; init; } = "";

    internal string UndoSummary { get; init; } = "";

    internal int PodsAffected { get; init; }

    internal int PodsTotal { get; init; }

    internal int PodsAffectedNotReady { get; init; }

    internal int WorkloadsAffected { get; init; } = 1;

    /// <summary>Pods that are evicted besides.</summary>
    internal IReadOnlyList<k8s.Models.V1Pod> Evictions { get; init; } = [];

    /// <summary>Whether the patches may change nothing, because the action does more than patching.</summary>
    internal bool MayBeUnchanged { get; init; }

    internal double? CumulativeGrowth { get; init; }

    internal string? ManagedBy { get; init; }

    internal static Design Blocked(string why) => new() { Blockers = [why] };
}

/// <summary>A planned patch of one object, in the form that is persisted.</summary>
internal sealed record ObjectChange
{
    public required string Kind { get; init; }

    /// <summary>The group version in which it was read; null for the kind's usual one.</summary>
    public string? GroupVersion { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    /// <summary>Digest of the object as planned upon; anything else at execution is someone else's change.</summary>
    public required string DigestBefore { get; init; }

    /// <summary>Digest of the object as the dry run left it; anything else at undo is someone else's change.</summary>
    public required string DigestAfter { get; init; }

    public bool WithReplicas { get; init; }

    public required JsonObject Patch { get; init; }

    public JsonObject? Undo { get; init; }

    internal string Title => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}

/// <summary>All patches of one plan, in the order of execution.</summary>
internal sealed record ChangeSet(IReadOnlyList<ObjectChange> Changes)
{
    internal JsonElement ToElement() => JsonSerializer.SerializeToElement(this);

    /// <exception cref="JsonException">The element was not written by <see cref="ToElement"/>.</exception>
    internal static ChangeSet Of(JsonElement? element) =>
        element?.Deserialize<ChangeSet>() ?? throw new JsonException("The plan carries no changes.");
}
