using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Selectors;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Registry;

/// <summary>Deletes a pod only when its disruption budgets allow it, and charges them for it in the same step.</summary>
internal static class Eviction
{
    /// <exception cref="ApiStatusException">404 no pod, 429 a budget forbids it, 500 two budgets, 409 preconditions.</exception>
    public static void Evict(ObjectRegistry registry, string ns, string name, DeleteOptions options)
    {
        var store = registry.Store;
        lock (store.Gate)
        {
            var pod = store.Find(ResourceCatalogue.Pods, ns, name) ?? throw new ApiStatusException(ApiStatus.NotFound(ResourceCatalogue.Pods, name));
            var finished = pod.Body.Text("status", "phase") is "Succeeded" or "Failed" or "Pending";
            var budgets = finished || pod.Body.Deleting() ? [] : store.List(ResourceCatalogue.Budgets, ns).Where(budget => LabelSelector.From(budget.Body.At("spec", "selector")).Matches(pod.Labels)).ToArray();
            if (budgets.Length > 1)
                throw new ApiStatusException(new ApiStatus(500, "InternalError", "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.") { HasDetails = true });
            if (budgets.Length == 1) Charge(registry, budgets[0], pod, options.DryRun);
            registry.Delete(ResourceCatalogue.Pods, ns, name, options);
        }
    }

    private static void Charge(ObjectRegistry registry, StoredObject budget, StoredObject pod, bool dryRun)
    {
        var status = budget.Body.Map("status");
        if ((status.Number("observedGeneration") ?? 0) < (budget.Body.Number("metadata", "generation") ?? 0))
        {
            throw new ApiStatusException(ApiStatus.TooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 10,
                new StatusCause("DisruptionBudget", $"The disruption budget {budget.Name} is still being processed by the server.", "")));
        }

        var allowed = status.Number("disruptionsAllowed") ?? 0;
        if (allowed <= 0)
        {
            throw new ApiStatusException(ApiStatus.TooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", null,
                new StatusCause("DisruptionBudget", $"The disruption budget {budget.Name} needs {status.Number("desiredHealthy") ?? 0} healthy pods and has {status.Number("currentHealthy") ?? 0} currently", "")));
        }

        if (dryRun) return;
        registry.Change(budget, body =>
        {
            var next = body.Ensure("status");
            next["disruptionsAllowed"] = allowed - 1;
            next.Ensure("disruptedPods")[pod.Name] = registry.Now().Stamp();
        }, "status");
    }
}
