using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Incidents;
using Prunella.Traces;
using Prunella.Traces.Advice;
using Prunella.Traces.Analysis;

namespace Prunella.Reasoning.Tools;

/// <summary>What the traces received around an incident say of the service in trouble: its slowest operations, and what is wrong with them.</summary>
internal sealed class TraceFindingsTool(string store, Target incident, DateTimeOffset since, TimeProvider time) : ReadOnlyTool
{
    private const int OperationsMax = 8;
    private const int FindingsMax = 5;
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(15);

    public override string Name => "trace_findings";

    public override string Description => "Tells what recent traces of the service in trouble show: calls, failures and time of its operations, and findings such as slow queries and retry storms.";

    public override string Schema => """{"type":"object","additionalProperties":false,"properties":{}}""";

    public override async Task<string> ReadAsync(JsonElement arguments, CancellationToken cancellation)
    {
        var (report, why) = await ReceivedTraces.AnalyseAsync(store, since - Before, time, cancellation);
        return report is null ? why : Tell(report);
    }

    private string Tell(TraceReport report)
    {
        var text = new StringBuilder();
        foreach (var operation in report.Operations.Where(operation => IsMine(operation.Service)).Take(OperationsMax))
            text.Append(CultureInfo.InvariantCulture, $"{operation.Service} {operation.Operation}: {operation.Durations.Count} calls, {operation.Errors} failed, P50 {operation.Durations.PercentileUs(0.5) / 1_000.0:0.#} ms, P95 {operation.Durations.PercentileUs(0.95) / 1_000.0:0.#} ms\n");
        foreach (var advice in Advisor.Of(report).Where(advice => IsMine(advice.Finding.Service)).Take(FindingsMax)) text.Append(CultureInfo.InvariantCulture, $"finding: {advice.Title}: {advice.Problem}\n");
        return text.Length == 0 ? $"{report.Traces} traces, none of {incident.Name}" : text.ToString();
    }

    private bool IsMine(string service) => service.Equals(incident.Name, StringComparison.OrdinalIgnoreCase);
}
