using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Incidents;
using Prunella.Incidents.Workloads;

namespace Prunella.Reasoning.Tools;

/// <summary>Describes a workload of the incident's own namespace: its pods, events and the end of their logs. Other namespaces are out of reach, whatever a text in the evidence asks for.</summary>
public sealed class WorkloadTool(IWorkloadSource workloads, Target incident, DateTimeOffset around) : ReadOnlyTool
{
    private const int FactsMax = 40;

    /// <inheritdoc/>
    public override string Name => "describe_workload";

    /// <inheritdoc/>
    public override string Description => "Describes a workload in the namespace of the incident: replicas, pods, container states, events and the last lines of their logs.";

    /// <inheritdoc/>
    public override string Schema => """
        {"type":"object","additionalProperties":false,"required":["kind","name"],
         "properties":{"kind":{"type":"string","enum":["Deployment","StatefulSet","DaemonSet","Job"]},"name":{"type":"string","pattern":"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$","maxLength":253}}}
        """;

    /// <inheritdoc/>
    public override async Task<string> ReadAsync(JsonElement arguments, CancellationToken cancellation)
    {
        var target = new Target(incident.Cluster, incident.Namespace, arguments.GetProperty("kind").GetString()!, arguments.GetProperty("name").GetString()!);
        if (target.Namespace.Length == 0) return "the incident is in no namespace";
        try
        {
            if (await workloads.ReadAsync(target, cancellation).ConfigureAwait(false) is not { } state) return $"there is no {target}";
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"{target}: {state.Ready} of {state.Desired} ready, {state.Updated} updated, revision {state.Revision}, rolled out {state.RolledOutAt:u}, managed by {state.ManagedBy ?? "nobody"}\n");
            foreach (var pod in state.Pods)
            {
                text.Append(CultureInfo.InvariantCulture, $"pod {pod.Name} on {pod.Node}: {pod.Phase}, {(pod.Ready ? "ready" : "not ready")}\n");
                foreach (var container in pod.Containers)
                    text.Append(CultureInfo.InvariantCulture, $"  {container.Name} {container.Image}: {container.Restarts} restarts, waiting {container.WaitingReason ?? "no"}, last ended {container.LastTerminationReason ?? "never"} {container.LastExitCode}, memory limit {container.MemoryLimit}, CPU limit {container.CpuLimit}\n");
            }
            foreach (var fact in (await workloads.GatherAsync(target, around, cancellation).ConfigureAwait(false)).Take(FactsMax)) text.Append(CultureInfo.InvariantCulture, $"{fact.Time:HH:mm:ss} {fact.Source} {fact.Object}: {fact.Text}\n");
            return text.ToString();
        }
        catch (WorkloadUnreadableException unreadable)
        {
            return $"it cannot be read: {unreadable.Message}";
        }
    }
}
