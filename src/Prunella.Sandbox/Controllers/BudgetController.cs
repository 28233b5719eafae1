using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Selectors;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Computes how many pods each disruption budget can spare.</summary>
internal sealed class BudgetController : Controller
{
    private static readonly TimeSpan evictionSettles = TimeSpan.FromMinutes(2); // upstream's DeletionTimeout

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.Budgets) Enqueue(ObjectKey.Of(item));
        else if (item.Type == ResourceCatalogue.Pods)
        {
            foreach (var budget in Store.List(ResourceCatalogue.Budgets, item.Namespace))
            {
                var selector = LabelSelector.From(budget.Body.At("spec", "selector"));
                if (selector.Matches(item.Labels) || (before is not null && selector.Matches(before.Labels))) Enqueue(ObjectKey.Of(budget));
            }
        }
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.Budgets, key.Namespace, key.Name) is not { } budget) return;
        var selector = LabelSelector.From(budget.Body.At("spec", "selector"));
        var pods = Store.List(ResourceCatalogue.Pods, key.Namespace).Where(pod => selector.Matches(pod.Labels) && !PodFactory.IsFinished(pod.Body)).ToArray();
        var evicted = budget.Body.Map("status", "disruptedPods") ?? [];
        var pending = new JsonObject();
        foreach (var (name, at) in evicted)
        {
            if (pods.Any(pod => pod.Name == name && !pod.Body.Deleting()) && at.Time() is { } when && Now - when < evictionSettles) pending[name] = at.Copy();
        }

        var healthy = pods.Count(pod => PodFactory.IsReady(pod.Body) && !pod.Body.Deleting() && !pending.ContainsKey(pod.Name));
        var expected = Expected(pods);
        int desired;
        if (budget.Body.At("spec", "maxUnavailable") is { } most) desired = Math.Max(0, expected - PodFactory.Resolve(most, expected, roundUp: true));
        else if (budget.Body.At("spec", "minAvailable") is { } least)
        {
            if (least.Number() is { } number)
            {
                desired = (int)number;
                expected = pods.Length;
            }
            else desired = PodFactory.Resolve(least, expected, roundUp: true);
        }
        else desired = 1;

        var allowed = expected > 0 && healthy > desired ? healthy - desired : 0;
        Registry.Change(budget, body =>
        {
            var status = body.Ensure("status");
            status["observedGeneration"] = body.Number("metadata", "generation") ?? 1;
            status["disruptionsAllowed"] = (long)allowed;
            status["currentHealthy"] = (long)healthy;
            status["desiredHealthy"] = (long)desired;
            status["expectedPods"] = (long)expected;
            status.Put("disruptedPods", pending.Count == 0 ? null : pending);
        }, "status");
    }

    // Shares are of what the owners want, not of what happens to exist.
    private int Expected(StoredObject[] pods)
    {
        var owners = new Dictionary<string, int>(StringComparer.Ordinal);
        var alone = 0;
        foreach (var pod in pods)
        {
            var owner = PodFactory.ControllerOf(Store, pod);
            if (owner is not null && owner.Type == ResourceCatalogue.ReplicaSets) owner = PodFactory.ControllerOf(Store, owner) ?? owner;
            if (owner?.Body.Number("spec", "replicas") is { } replicas) owners[owner.Uid] = (int)replicas;
            else alone++;
        }

        return owners.Values.Sum() + alone;
    }
}
