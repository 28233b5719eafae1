using Prunella.Incidents.Actions;

namespace Prunella.Kubernetes.Workloads;

/// <summary>Quantities as objects carry them: often absent.</summary>
internal static class Quantities
{
    /// <summary>Bytes, cores or counts; null for what is absent or no quantity.</summary>
    internal static double? Of(string? text) => text is not null && Quantity.TryParse(text, out var value) ? value : null;

    /// <summary>The amount of one resource; null when it is not set.</summary>
    internal static double? Of(IDictionary<string, k8s.Models.ResourceQuantity>? amounts, string resource) =>
        amounts is not null && amounts.TryGetValue(resource, out var amount) ? Of(amount.ToString()) : null;
}
