using System.Globalization;
using System.Text;
using k8s.Models;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Actions;

/// <summary>Cordons a node and evicts its pods, as disruption budgets allow; never deletes one.</summary>
internal sealed class DrainNode(ActionTools tools) : CordonNode(tools)
{
    // Budgets often free up while the first replacements start; longer than this a person should look.
    private static readonly TimeSpan BudgetPatience = TimeSpan.FromSeconds(18);
    private static readonly TimeSpan BudgetPause = TimeSpan.FromSeconds(1);

    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "drain-node",
        Summary = "Cordons a node and evicts its pods as disruption budgets allow; daemon sets' pods stay.",
        Class = ActionClass.NeedsApproval,
        Radius = BlastRadius.Node,
        TargetKinds = ["Node"],
        Parameters = [new("local-storage", ParameterKind.Boolean, "Also evict pods with files on the node (emptyDir, hostPath), which are lost to them; default false.") { Default = "false" }],
        PatchesSpecification = true,
        Reversible = true,
        SettleWithin = TimeSpan.FromMinutes(10),
        Risks = "Every workload on the node loses a pod; the others need room for them. Undoing lets the node take pods again, it does not bring them back.",
    };

    protected override async Task<Design> DesignAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var design = await base.DesignAsync(proposal, values, cancellation);
        if (design.Blockers.Count > 0) return design;
        var pods = await PodsAsync(proposal.Target.Name, cancellation);
        var blockers = new List<string>();
        var evicted = new List<V1Pod>();
        foreach (var pod in pods)
        {
            var title = $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";
            switch (NodePods.FateOf(pod, values.Boolean("local-storage")))
            {
                case DrainFate.Bare: blockers.Add($"Pod {title} has no controller: nothing would start it elsewhere."); break;
                case DrainFate.LocalStorage: blockers.Add($"Pod {title} keeps files on the node, which it would lose (parameter local-storage)."); break;
                case DrainFate.Evict when !Tools.Options.Allows(pod.Metadata.NamespaceProperty): blockers.Add($"Pod {title} is outside kubernetes:namespaces."); break;
                case DrainFate.Evict: evicted.Add(pod); break;
            }
        }
        return design with
        {
            Blockers = blockers,
            MayBeUnchanged = true,
            Note = Note(proposal.Target, evicted, pods.Count),
            Evictions = evicted,
            PodsAffected = evicted.Count,
            PodsTotal = pods.Count,
            PodsAffectedNotReady = evicted.Count(pod => !pod.Status.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) ?? true),
            WorkloadsAffected = evicted.Select(pod => pod.Metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true)?.Uid).Distinct().Count(),
        };
    }

    private static string Note(Target target, List<V1Pod> evicted, int all)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{target}: {evicted.Count} of {all} pods are evicted.");
        foreach (var pod in evicted.Take(50)) text.Append(CultureInfo.InvariantCulture, $"\n- {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}");
        if (evicted.Count > 50) text.Append(CultureInfo.InvariantCulture, $"\n- and {evicted.Count - 50} more");
        return text.ToString();
    }

    public override async Task<ActionPlan> PlanAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var plan = await base.PlanAsync(proposal, values, cancellation);
        if (plan.Blockers.Count > 0) return plan;
        var refused = new List<string>();
        foreach (var pod in plan.Objects.Where(planned => planned.Kind == "Pod"))
        {
            try
            {
                await Evictions.EvictAsync(Tools.Api, pod.Namespace, pod.Name, pod.Uid, dryRun: true, cancellation);
            }
            catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.DisruptionBudget)
            {
                refused.Add($"{pod.Namespace}/{pod.Name}");
            }
            catch (ClusterApiException exception) when (exception.Failure is ClusterFailure.NotFound or ClusterFailure.Conflict)
            {
                // It ended meanwhile, which is all that was wanted of it.
            }
        }
        return plan with
        {
            DisruptionAllowed = refused.Count == 0,
            Diff = refused.Count == 0 ? plan.Diff : $"{plan.Diff}Disruption budgets refuse now: {string.Join(", ", refused)}\n",
        };
    }

    public override async Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var cordoned = await base.ExecuteAsync(plan, execution, cancellation);
        if (cordoned.Kind != EffectKind.Applied) return cordoned;
        var waiting = plan.Objects.Where(planned => planned.Kind == "Pod").ToList();
        var started = Tools.Time.GetTimestamp();
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        var evicted = 0;
        while (waiting.Count > 0)
        {
            foreach (var pod in waiting.ToList())
            {
                try
                {
                    await Evictions.EvictAsync(Tools.Api, pod.Namespace, pod.Name, pod.Uid, dryRun: false, cancellation);
                    evicted++;
                    waiting.Remove(pod);
                }
                catch (ClusterApiException exception) when (exception.Failure is ClusterFailure.NotFound or ClusterFailure.Conflict)
                {
                    waiting.Remove(pod);
                }
                catch (ClusterApiException exception)
                {
                    problems[$"{pod.Namespace}/{pod.Name}"] = exception.Message;
                    if (exception.Failure != ClusterFailure.DisruptionBudget && !exception.Transient) waiting.Remove(pod);
                }
            }
            if (waiting.Count == 0 || Tools.Time.GetElapsedTime(started) > BudgetPatience) break;
            await Task.Delay(BudgetPause, Tools.Time, cancellation);
        }
        var text = string.Create(CultureInfo.InvariantCulture, $"{plan.Proposal.Target} is cordoned, {evicted} pods were evicted");
        return new Effect(EffectKind.Applied, waiting.Count == 0 ? text + "." : $"{text}; {waiting.Count} still run there: {string.Join(" ", waiting.Take(5).Select(pod => problems.GetValueOrDefault($"{pod.Namespace}/{pod.Name}", pod.Name)))}");
    }

    public override async Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var cordon = await base.ObserveAsync(plan, execution, cancellation);
        if (cordon.Kind != ObservationKind.Applied) return cordon;
        var planned = plan.Objects.Where(item => item.Kind == "Pod").Select(item => item.Uid).ToHashSet(StringComparer.Ordinal);
        var left = (await PodsAsync(plan.Proposal.Target.Name, cancellation)).Where(pod => planned.Contains(pod.Metadata.Uid) && pod.Metadata.DeletionTimestamp is null).ToList();
        return left.Count == 0
            ? cordon with { Text = $"{cordon.Text} None of the {planned.Count} pods is left there." }
            : new Observation(ObservationKind.Unknown, $"{cordon.Text} {left.Count} of {planned.Count} pods still run there, among them {left[0].Metadata.NamespaceProperty}/{left[0].Metadata.Name}: the drain was cut short or budgets hold them.");
    }

    private Task<List<V1Pod>> PodsAsync(string node, CancellationToken cancellation) => Tools.Api.ListAsync<V1Pod>(ApiKind.Pod, "", cancellation, fields: $"spec.nodeName={node}");
}
