using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions.Firewall;

/// <summary>Keeps an address block away from a workload, or lets one in, by a network policy that expires by itself.</summary>
internal sealed class ChangeFirewall(ActionTools tools) : IKubernetesAction
{
    internal const string Name = "change-firewall";

    /// <summary>On policies that keep someone out, so that they are removed when another policy would make them widen.</summary>
    internal const string DenyAnnotation = "prunella.dev/denies";

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = Name,
        Summary = "Keeps an address block away from a workload's pods, or lets one in, for a time.",
        Class = ActionClass.NeedsApproval,
        Radius = BlastRadius.Dependency,
        TargetKinds = ["Deployment", "StatefulSet", "DaemonSet"],
        Parameters =
        [
            new("mode", ParameterKind.Text, "deny (default) or allow.") { Default = "deny" },
            new("cidr", ParameterKind.Text, "The address block, as 203.0.113.0/24; never shorter than /8 (IPv6 /32)."),
            new("from-pods", ParameterKind.Text, "For allow, in place of cidr: labels of pods of the same namespace, as app=web,tier=front."),
            new("port", ParameterKind.Integer, "For allow: the only port; all by default.") { Minimum = 1, Maximum = 65_535 },
            new("protocol", ParameterKind.Text, "TCP (default), UDP or SCTP.") { Default = "TCP" },
            new("expires-in", ParameterKind.Duration, "When the policy is removed again; default 30m, at most 24h.") { Default = "30m", Minimum = 60, Maximum = 86_400 },
        ],
        Reversible = true,
        ApprovalExpiry = TimeSpan.FromMinutes(3),
        Risks = "A wrong block cuts off users or lets strangers in until it expires. It only has an effect where the cluster's network enforces policies.",
    };

    public async Task<ActionPlan> PlanAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        if (await tools.Reader.ReadAsync(proposal.Target, cancellation) is not { Template: { } template } snapshot) return ActionPlan.Blocked(proposal, $"{proposal.Target} does not exist.");
        var mode = values.Text("mode");
        if (mode is not ("deny" or "allow")) return ActionPlan.Blocked(proposal, "Parameter mode must be deny or allow.");
        if (values.Text("protocol") is not ("TCP" or "UDP" or "SCTP")) return ActionPlan.Blocked(proposal, "Parameter protocol must be TCP, UDP or SCTP.");
        IPNetwork? block = null;
        if (values.Text("cidr") is { } cidr)
        {
            (block, var why) = AddressBlocks.Parse(cidr);
            if (block is null) return ActionPlan.Blocked(proposal, $"Parameter cidr is \"{InertText.OneLine(cidr, 60)}\": {why}.");
        }
        var pods = values.Text("from-pods") is { } text ? FirewallPolicy.Labels(text) : null;
        if (values.Has("from-pods") && pods is null) return ActionPlan.Blocked(proposal, "Parameter from-pods must be labels such as app=web,tier=front.");
        if (block is null == pods is null) return ActionPlan.Blocked(proposal, "Give either cidr or from-pods.");

        var policies = await tools.Api.ListAsync<V1NetworkPolicy>(ApiKind.NetworkPolicy, proposal.Target.Namespace, cancellation);
        var isolating = FirewallPolicy.Isolating(policies, template.Metadata?.Labels).ToList();
        if (mode == "deny" && DenyBlocker(proposal, snapshot, block, isolating) is { } denied) return ActionPlan.Blocked(proposal, denied);
        if (mode == "allow" && isolating.Count == 0) return ActionPlan.Blocked(proposal, $"No policy keeps anybody from {proposal.Target}: everybody is let in already, and a first policy would shut out all others.");

        var rules = mode == "deny" ? FirewallPolicy.Deny(block!.Value) : FirewallPolicy.Allow(block, pods ?? new Dictionary<string, string>(), values.Integer("port"), values.Text("protocol")!);
        if (FirewallPolicy.OpensToAll(rules, clusterIsOpenAlready: mode == "deny")) return ActionPlan.Blocked(proposal, "It would let everybody in.");
        return await WithDryRunAsync(proposal, values, snapshot, mode, rules, cancellation);
    }

    private static string? DenyBlocker(Proposal proposal, WorkloadSnapshot snapshot, IPNetwork? block, List<V1NetworkPolicy> isolating)
    {
        if (block is not { } denied) return "Pods are kept away by taking them out of the policy that lets them in, or by scaling them down; deny takes cidr.";
        // Policies add up: beside one that selects the pods already, ours would open instead of close.
        if (isolating.Count > 0) return $"{proposal.Target} is guarded by {string.Join(", ", isolating.Select(policy => policy.Metadata.Name))} already; a denial has to be made there, because policies only add up.";
        return snapshot.Pods.Any(pod => IPAddress.TryParse(pod.Status?.PodIP, out var address) && denied.Contains(address)) ? $"{denied} covers addresses of the cluster's own pods." : null;
    }

    private async Task<ActionPlan> WithDryRunAsync(Proposal proposal, ParameterValues values, WorkloadSnapshot snapshot, string mode, JsonArray rules, CancellationToken cancellation)
    {
        var live = await tools.Api.GetAsync(ApiKind.Find(proposal.Target.Kind)!, proposal.Target.Namespace, proposal.Target.Name, cancellation);
        var selector = (JsonObject)live["spec"]!["selector"]!.DeepClone();
        var name = $"prunella-{proposal.Digest[..16]}";
        var lifetime = values.Duration("expires-in")!.Value;
        var notes = new Dictionary<string, string> { [Marks.ExpiresAt] = FirewallPolicy.Time(tools.Time.GetUtcNow() + lifetime) };
        if (mode == "deny") notes[DenyAnnotation] = values.Text("cidr")!;
        var body = FirewallPolicy.Build(proposal.Target.Namespace, name, selector, rules, notes);
        var dry = await tools.Api.CreateAsync(ApiKind.NetworkPolicy, proposal.Target.Namespace, body, dryRun: true, cancellation);
        var planned = new PlannedPolicy(name, body, snapshot.State.Uid, mode, lifetime, ObjectDigest.Of(dry, withReplicas: true));
        var state = JsonSerializer.SerializeToElement(planned);
        return new ActionPlan
        {
            Proposal = proposal,
            Diff = UnifiedDiff.Of("", ObjectText.Of(dry), $"NetworkPolicy {proposal.Target.Namespace}/{name}"),
            Objects = [new PlannedObject("NetworkPolicy", proposal.Target.Namespace, name, "", null)],
            PodsAffected = snapshot.LivePods,
            PodsTotal = snapshot.LivePods,
            ManagedBy = snapshot.State.ManagedBy,
            DriverState = state,
            Undo = new UndoRecord(Name, proposal.Target, $"network policy {name} is removed", state),
        };
    }

    public async Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var planned = Read(plan.DriverState);
        var target = plan.Proposal.Target;
        if (await tools.Reader.ReadAsync(target, cancellation) is not { Template: { } template } snapshot || snapshot.State.Uid != planned.WorkloadUid) return new Effect(EffectKind.PreconditionFailed, $"{target} is gone or another one now.");
        var policies = await tools.Api.ListAsync<V1NetworkPolicy>(ApiKind.NetworkPolicy, target.Namespace, cancellation);
        var isolated = FirewallPolicy.Isolating(policies.Where(policy => policy.Metadata.Name != planned.Name), template.Metadata?.Labels).Any();
        if (isolated == (planned.Mode == "deny")) return new Effect(EffectKind.PreconditionFailed, $"Who guards {target} has changed since the plan.");
        if (FirewallPolicy.OpensToAll((JsonArray)planned.Body["spec"]!["ingress"]!, planned.Mode == "deny")) return new Effect(EffectKind.Rejected, "It would let everybody in.");
        var body = (JsonObject)planned.Body.DeepClone();
        body["metadata"]!["annotations"]![Marks.Execution] = execution.ToString();
        // The time to live counts from the effect, not from the plan.
        body["metadata"]!["annotations"]![Marks.ExpiresAt] = FirewallPolicy.Time(tools.Time.GetUtcNow() + planned.Lifetime);
        try
        {
            await tools.Api.CreateAsync(ApiKind.NetworkPolicy, target.Namespace, body, dryRun: false, cancellation);
        }
        catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.Conflict)
        {
            return await CarriesAsync(target.Namespace, planned.Name, execution, cancellation)
                ? new Effect(EffectKind.Applied, $"Network policy {planned.Name} is there.")
                : new Effect(EffectKind.PreconditionFailed, $"A network policy {planned.Name} exists already.");
        }
        await tools.Events.WriteAsync(ApiKind.Find(target.Kind)!, target.Namespace, target.Name, planned.WorkloadUid, execution, $"{Name} (execution {execution}): network policy {planned.Name}, {planned.Mode}, for {Duration.Format(planned.Lifetime)}", cancellation);
        return new Effect(EffectKind.Applied, $"Network policy {target.Namespace}/{planned.Name} was made for {Duration.Format(planned.Lifetime)}.");
    }

    public async Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var planned = Read(plan.DriverState);
        var there = await tools.SeenAsync(() => CarriesAsync(plan.Proposal.Target.Namespace, planned.Name, execution, cancellation), cancellation);
        return new Observation(there ? ObservationKind.Applied : ObservationKind.NotApplied, $"Network policy {planned.Name} of execution {execution} is {(there ? "" : "not ")}there.");
    }

    public async Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation)
    {
        var planned = Read(undo.Before);
        var live = await tools.Api.FindAsync(ApiKind.NetworkPolicy, undo.Target.Namespace, planned.Name, cancellation);
        if (live is null) return new Effect(EffectKind.Applied, $"Network policy {planned.Name} is not there any more.");
        if (ObjectDigest.Of(live, withReplicas: true) != planned.Digest) return new Effect(EffectKind.PreconditionFailed, $"Network policy {planned.Name} was changed by someone else since it was made.");
        await tools.Api.DeleteAsync(ApiKind.NetworkPolicy, undo.Target.Namespace, planned.Name, ObjectPatcher.Text((JsonObject)live["metadata"]!, "uid"), cancellation);
        return new Effect(EffectKind.Applied, $"Network policy {planned.Name} was removed.");
    }

    private async Task<bool> CarriesAsync(string @namespace, string name, ExecutionId execution, CancellationToken cancellation)
    {
        var live = await tools.Api.FindAsync(ApiKind.NetworkPolicy, @namespace, name, cancellation);
        return ObjectPatcher.Text(live?["metadata"]?["annotations"] as JsonObject, Marks.Execution) == execution.ToString();
    }

    private static PlannedPolicy Read(JsonElement? state) => state?.Deserialize<PlannedPolicy>() ?? throw new ActionFailedException("The plan names no policy.");

    private sealed record PlannedPolicy(string Name, JsonObject Body, string WorkloadUid, string Mode, TimeSpan Lifetime, string Digest);
}
