using System.Text.Json.Nodes;
using k8s.Models;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>
/// Changes one object exactly once: reads it again, compares with what was planned upon, patches with uid and
/// resourceVersion as preconditions and the execution as mark. A conflict by moving status is read again; a change by
/// someone else ends it.
/// </summary>
internal sealed class ObjectPatcher(ClusterApi api)
{
    private const int ConflictsMax = 6;

    /// <summary>Plans the change with a server-side dry run.</summary>
    internal async Task<(ObjectChange Change, string Diff)> PlanAsync(ObjectEdit edit, CancellationToken cancellation)
    {
        var metadata = (JsonObject)edit.Live["metadata"]!;
        var ns = Text(metadata, "namespace");
        var name = Text(metadata, "name");
        var after = await api.PatchAsync(edit.Kind, ns, name, WithMetadata(edit.Patch, Text(metadata, "uid"), null, null), dryRun: true, cancellation);
        var change = new ObjectChange
        {
            Kind = edit.Kind.Name,
            GroupVersion = edit.Kind.GroupVersion,
            Namespace = ns,
            Name = name,
            Uid = Text(metadata, "uid"),
            DigestBefore = ObjectDigest.Of(edit.Live, edit.WithReplicas),
            DigestAfter = ObjectDigest.Of(after, edit.WithReplicas),
            WithReplicas = edit.WithReplicas,
            Patch = edit.Patch,
            Undo = edit.Undo,
        };
        return (change, UnifiedDiff.Of(ObjectText.Of(edit.Live), ObjectText.Of(after), change.Title));
    }

    /// <summary>Applies the patch (or its inverse) when the object is still as <paramref name="expected"/> says; restarts also do so on objects that others manage.</summary>
    internal async Task<Effect> ApplyAsync(ObjectChange change, JsonObject patch, string expected, bool alsoManaged, ExecutionId execution, CancellationToken cancellation)
    {
        var kind = KindOf(change);
        for (var conflict = 0; conflict < ConflictsMax; conflict++)
        {
            var live = await api.FindAsync(kind, change.Namespace, change.Name, cancellation);
            if (Refusal(change, live, expected, alsoManaged) is { } refusal) return refusal;
            try
            {
                await api.PatchAsync(kind, change.Namespace, change.Name, WithMetadata(patch, change.Uid, Text((JsonObject)live!["metadata"]!, "resourceVersion"), execution), dryRun: false, cancellation);
                return new Effect(EffectKind.Applied, $"{change.Title} was changed.");
            }
            catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.Conflict)
            {
                // Someone wrote between reading and patching; only reading again tells whether it matters.
            }
            catch (ClusterApiException exception) when (exception.MayHaveHappened)
            {
                if (!await CarriesMarkAsync(change, execution, cancellation)) throw;
                return new Effect(EffectKind.Applied, $"{change.Title} was changed; the answer was lost ({exception.Message}), the mark was found.");
            }
        }
        return new Effect(EffectKind.PreconditionFailed, $"{change.Title} changed {ConflictsMax} times while it was to be patched; nothing was done.");
    }

    private static Effect? Refusal(ObjectChange change, JsonObject? live, string expected, bool alsoManaged)
    {
        if (live is null) return new Effect(EffectKind.PreconditionFailed, $"{change.Title} does not exist any more.");
        var metadata = (JsonObject)live["metadata"]!;
        if (Text(metadata, "uid") != change.Uid) return new Effect(EffectKind.PreconditionFailed, $"{change.Title} is another object now (uid {Text(metadata, "uid")}, planned {change.Uid}).");
        if (metadata["deletionTimestamp"] is not null) return new Effect(EffectKind.PreconditionFailed, $"{change.Title} is being deleted.");
        if (ObjectDigest.Of(live, change.WithReplicas) != expected) return new Effect(EffectKind.PreconditionFailed, $"{change.Title} was changed by someone else since it was read.");
        return !alsoManaged && ManagerOf(live) is { } manager ? new Effect(EffectKind.Rejected, $"{change.Title} is managed by {manager} and is not patched.") : null;
    }

    /// <summary>Whether the object, still the same one, carries the mark of the execution.</summary>
    internal async Task<bool> CarriesMarkAsync(ObjectChange change, ExecutionId execution, CancellationToken cancellation)
    {
        var live = await api.FindAsync(KindOf(change), change.Namespace, change.Name, cancellation);
        return live?["metadata"] is JsonObject metadata && Text(metadata, "uid") == change.Uid && Text(metadata["annotations"] as JsonObject, Marks.Execution) == execution.ToString();
    }

    /// <summary>Restores what was there before, when the object is as the execution left it.</summary>
    internal async Task<Effect> UndoAsync(ObjectChange change, ExecutionId execution, CancellationToken cancellation)
    {
        if (change.Undo is null) return new Effect(EffectKind.Applied, $"{change.Title} needs no undoing.");
        var live = await api.FindAsync(KindOf(change), change.Namespace, change.Name, cancellation);
        if (live is not null && ObjectDigest.Of(live, change.WithReplicas) == change.DigestBefore) return new Effect(EffectKind.Applied, $"{change.Title} is as it was before.");
        var effect = await ApplyAsync(change, change.Undo, change.DigestAfter, alsoManaged: false, execution, cancellation);
        return effect.Kind == EffectKind.Applied ? effect with { Text = $"{change.Title} was put back." } : effect;
    }

    internal static string? ManagerOf(JsonObject live) => live["metadata"] is { } metadata ? Management.Of(ObjectJson.Read<V1ObjectMeta>(metadata) ?? new()) : null;

    internal static ApiKind KindOf(ObjectChange change) => (change.GroupVersion is { } version ? ApiKind.Find(change.Kind)! with { GroupVersion = version } : ApiKind.Find(change.Kind)) ?? throw new ActionFailedException($"{change.Title} is of a kind that is not patched.");

    private static JsonObject WithMetadata(JsonObject patch, string uid, string? resourceVersion, ExecutionId? execution)
    {
        var copy = (JsonObject)patch.DeepClone();
        if (copy["metadata"] is not JsonObject metadata) copy["metadata"] = metadata = [];
        metadata["uid"] = uid;
        if (resourceVersion is not null) metadata["resourceVersion"] = resourceVersion;
        if (execution is not null)
        {
            if (metadata["annotations"] is not JsonObject annotations) metadata["annotations"] = annotations = [];
            annotations[Marks.Execution] = execution.ToString();
        }
        return copy;
    }

    internal static string Text(JsonObject? item, string key) => item?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
