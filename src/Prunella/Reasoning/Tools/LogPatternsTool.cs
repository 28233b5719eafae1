using System.Globalization;
using System.Text.Json;
using Prunella.Incidents;
using Prunella.Incidents.Workloads;

namespace Prunella.Reasoning.Tools;

/// <summary>New and rising log patterns of a workload in the incident's own namespace, as the pipeline saw them.</summary>
internal sealed class LogPatternsTool(IReadOnlyList<IEvidenceSource> sources, Target incident) : ReadOnlyTool
{
    public override string Name => "log_patterns";

    public override string Description => "Lists new, rare and rising log patterns of a workload in the namespace of the incident.";

    public override string Schema => """
        {"type":"object","additionalProperties":false,"required":["kind","name"],"properties":{"kind":{"type":"string","enum":["Deployment","StatefulSet","DaemonSet","Job"]},"name":{"type":"string","maxLength":253}}}
        """;

    public override Task<string> ReadAsync(JsonElement arguments, CancellationToken cancellation)
    {
        var target = new Target(incident.Cluster, incident.Namespace, arguments.GetProperty("kind").GetString()!, arguments.GetProperty("name").GetString()!);
        var facts = sources.SelectMany(source => source.Gather(target)).Select(fact => string.Create(CultureInfo.InvariantCulture, $"{fact.Time:HH:mm:ss} {fact.Object}: {fact.Text}")).ToList();
        return Task.FromResult(facts.Count == 0 ? "none" : string.Join('\n', facts));
    }
}
