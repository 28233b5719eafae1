using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>
/// Takes a workload back to an earlier revision of its pod template, as <c>kubectl rollout undo</c> does: deployments from
/// their replica sets, stateful and daemon sets from their controller revisions.
/// </summary>
internal sealed class RollbackRollout(ActionTools tools) : WorkloadPatchAction(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "rollback-rollout",
        Summary = "Takes a workload back to the last revision that was available, in a rollout.",
        Class = ActionClass.NeedsApproval,
        Radius = BlastRadius.Workload,
        TargetKinds = RollingKinds,
        Parameters = [new("to-revision", ParameterKind.Integer, "The revision; by default the newest earlier one with available pods, else the one before the present.") { Minimum = 1 }],
        PatchesSpecification = true,
        Disruptive = true,
        Reversible = true,
        ApprovalExpiry = TimeSpan.FromMinutes(5),
        Risks = "What the newer revision brought is gone; data that it migrated may not suit the older one.",
    };

    protected override async Task<Design> DesignAsync(WorkloadView view, CancellationToken cancellation)
    {
        if (RestartBlocker(view) is { } blocker) return Design.Blocked(blocker);
        var (template, revision, why) = view.Kind == ApiKind.Deployment ? await FromReplicaSetsAsync(view, cancellation) : FromRevisions(view);
        if (template is null) return Design.Blocked(why);
        return view.Rolling(Replace(template), Replace((JsonObject)view.Template.DeepClone())) with
        {
            Note = $"{why} Back to revision {revision}.",
            UndoSummary = $"forward again to the template of revision {view.Snapshot.State.Revision}",
        };
    }

    private async Task<(JsonObject? Template, long Revision, string Why)> FromReplicaSetsAsync(WorkloadView view, CancellationToken cancellation)
    {
        var earlier = view.Snapshot.ReplicaSets.Where(set => Rollout.Revision(set) > 0).Skip(1).ToList();
        if (earlier.Count == 0) return (null, 0, $"{view.Proposal.Target} has no earlier revision to go back to.");
        V1ReplicaSet? chosen;
        string why;
        if (view.Values.Integer("to-revision") is { } asked)
        {
            chosen = earlier.FirstOrDefault(set => Rollout.Revision(set) == asked);
            why = $"Revision {asked} was asked for.";
            if (chosen is null) return (null, 0, $"{view.Proposal.Target} keeps no earlier revision {asked}; it keeps {string.Join(", ", earlier.Select(Rollout.Revision))}.");
        }
        else
        {
            chosen = earlier.FirstOrDefault(set => set.Status?.AvailableReplicas > 0);
            why = chosen is null ? "No earlier revision has available pods now; the one before the present is taken." : $"Revision {Rollout.Revision(chosen)} still has {chosen.Status.AvailableReplicas} available pods.";
            chosen ??= earlier[0];
        }
        // Read raw: a field that the typed client does not know belongs to the template all the same.
        var raw = await Tools.Api.GetAsync(ApiKind.ReplicaSet, view.Proposal.Target.Namespace, chosen.Metadata.Name, cancellation);
        var template = (JsonObject)raw["spec"]!["template"]!.DeepClone();
        // The hash is the controller's label for the replica set, not a part of the template.
        (template["metadata"]?["labels"] as JsonObject)?.Remove("pod-template-hash");
        return (template, Rollout.Revision(chosen), why);
    }

    private static (JsonObject? Template, long Revision, string Why) FromRevisions(WorkloadView view)
    {
        var current = view.Live["status"]?["updateRevision"]?.GetValue<string>();
        var present = view.Snapshot.Revisions.FirstOrDefault(revision => revision.Metadata.Name == current) ?? (view.Snapshot.Revisions.Count > 0 ? view.Snapshot.Revisions[0] : null);
        var earlier = view.Snapshot.Revisions.Where(revision => present is not null && revision.Revision < present.Revision).ToList();
        if (earlier.Count == 0) return (null, 0, $"{view.Proposal.Target} has no earlier revision to go back to.");
        var chosen = view.Values.Integer("to-revision") is { } asked
            ? earlier.FirstOrDefault(revision => revision.Revision == asked)
            : earlier.FirstOrDefault(revision => view.Snapshot.Pods.Any(pod => pod.IsLive() && pod.IsReady() && RevisionOf(pod) is { } hash && revision.Metadata.Name.EndsWith(hash, StringComparison.Ordinal))) ?? earlier[0];
        if (chosen is null) return (null, 0, $"{view.Proposal.Target} keeps no such earlier revision; it keeps {string.Join(", ", earlier.Select(revision => revision.Revision))}.");
        // The data of a revision is the patch {"spec":{"template":{…,"$patch":"replace"}}}.
        var data = JsonSerializer.SerializeToNode(chosen.Data) as JsonObject;
        if (data?["spec"]?["template"] is not JsonObject template) return (null, 0, $"Revision {chosen.Metadata.Name} holds no pod template.");
        template = (JsonObject)template.DeepClone();
        template.Remove("$patch");
        return (template, chosen.Revision ?? 0, string.Create(CultureInfo.InvariantCulture, $"Revision {chosen.Revision} is the newest earlier one."));
    }

    private static string? RevisionOf(V1Pod pod) => pod.Metadata.Labels?.TryGetValue("controller-revision-hash", out var hash) == true ? hash : null;

    private static JsonObject Replace(JsonObject template)
    {
        template["$patch"] = "replace";
        return new JsonObject { ["spec"] = new JsonObject { ["template"] = template } };
    }

    /// <summary>
    /// After the template is back, a stateful set still waits for the broken pod of the newer revision to become ready
    /// (kubernetes/kubernetes#67250); those pods are evicted, as its documentation tells people to do by hand.
    /// </summary>
    public override async Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var effect = await base.ExecuteAsync(plan, execution, cancellation);
        return effect.Kind == EffectKind.Applied ? await UnblockAsync(plan.Proposal.Target, effect, cancellation) : effect;
    }

    public override async Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation)
    {
        var effect = await base.UndoAsync(undo, execution, cancellation);
        return effect.Kind == EffectKind.Applied ? await UnblockAsync(undo.Target, effect, cancellation) : effect;
    }

    private async Task<Effect> UnblockAsync(Target target, Effect effect, CancellationToken cancellation)
    {
        if (target.Kind != "StatefulSet" || await Tools.Reader.ReadAsync(target, cancellation) is not { } snapshot) return effect;
        var stuck = snapshot.Pods.Where(pod => pod.IsLive() && !pod.IsReady()).ToList();
        var freed = new List<string>();
        foreach (var pod in stuck)
        {
            try
            {
                await Evictions.EvictAsync(Tools.Api, pod.Metadata.NamespaceProperty, pod.Metadata.Name, pod.Metadata.Uid, dryRun: false, cancellation);
                freed.Add(pod.Metadata.Name);
            }
            catch (ClusterApiException exception)
            {
                return effect with { Text = $"{effect.Text} Pod {pod.Metadata.Name} of the newer revision could not be evicted and may block the rollout: {exception.Message}" };
            }
        }
        return freed.Count == 0 ? effect : effect with { Text = $"{effect.Text} Evicted what blocked it: {string.Join(", ", freed)}." };
    }
}
