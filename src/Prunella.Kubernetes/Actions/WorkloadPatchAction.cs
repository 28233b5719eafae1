using System.Text.Json.Nodes;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>A workload as an action looks at it: raw for patching, typed for deciding.</summary>
internal sealed record WorkloadView(Proposal Proposal, ParameterValues Values, ApiKind Kind, JsonObject Live, WorkloadSnapshot Snapshot)
{
    internal JsonObject Template => (JsonObject)Live["spec"]!["template"]!;

    /// <summary>A design that replaces pods a few at a time.</summary>
    internal Design Rolling(JsonObject patch, JsonObject? undo) => new()
    {
        Edits = [new ObjectEdit(Kind, Live, patch, undo)],
        PodsAffected = Snapshot.PodsAtOnce,
        PodsTotal = Snapshot.LivePods,
        PodsAffectedNotReady = Math.Min(Snapshot.PodsAtOnce, Snapshot.NotReadyPods),
        ManagedBy = Snapshot.State.ManagedBy,
    };
}

/// <summary>An action that patches one workload.</summary>
internal abstract class WorkloadPatchAction(ActionTools tools) : PatchAction(tools)
{
    protected static readonly string[] RollingKinds = ["Deployment", "StatefulSet", "DaemonSet"];

    protected abstract Task<Design> DesignAsync(WorkloadView view, CancellationToken cancellation);

    protected override async Task<Design> DesignAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var target = proposal.Target;
        if (ApiKind.Find(target.Kind) is not { } kind) return Design.Blocked($"{Descriptor.Name} does not apply to {target}.");
        var snapshot = await Tools.Reader.ReadAsync(target, cancellation);
        var live = snapshot is null ? null : await Tools.Api.FindAsync(kind, target.Namespace, target.Name, cancellation);
        if (snapshot is null || live is null) return Design.Blocked($"{target} does not exist.");
        if (snapshot.Metadata.DeletionTimestamp is not null) return Design.Blocked($"{target} is being deleted.");
        return await DesignAsync(new WorkloadView(proposal, values, kind, live, snapshot), cancellation);
    }

    /// <summary>A patch of the pod template's metadata that makes a new rollout of the same specification.</summary>
    protected JsonObject RestartPatch() => RestartPatch(Tools.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The patch that brings back the template from before a restart, and with it the former pods' revision.</summary>
    protected static JsonObject RestartUndo(WorkloadView view) => RestartPatch(ObjectPatcher.Text(view.Template["metadata"]?["annotations"] as JsonObject, Marks.RestartedAt) is { Length: > 0 } before ? before : null);

    private static JsonObject RestartPatch(string? at) => new()
    {
        ["spec"] = new JsonObject { ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Marks.RestartedAt] = at } } } },
    };

    /// <summary>Why a rolling restart would do nothing or too much; null when it may.</summary>
    protected static string? RestartBlocker(WorkloadView view)
    {
        var spec = (JsonObject)view.Live["spec"]!;
        if (spec["paused"]?.GetValue<bool>() == true) return $"{view.Proposal.Target} is paused: a restart would wait until somebody resumes it.";
        if (spec["updateStrategy"]?["type"]?.GetValue<string>() == "OnDelete") return $"{view.Proposal.Target} updates only deleted pods (OnDelete): a rolling restart would do nothing.";
        return view.Snapshot.State.Desired == 0 ? $"{view.Proposal.Target} is scaled to zero: there is nothing to restart." : null;
    }
}
