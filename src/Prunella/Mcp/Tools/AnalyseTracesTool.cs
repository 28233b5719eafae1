using Microsoft.Extensions.Options;
using Prunella.Traces;
using Prunella.Traces.Advice;
using Prunella.Traces.Sources;

namespace Prunella.Mcp.Tools;

/// <summary>The slowest operations of what was received lately, and what is wrong with them.</summary>
internal sealed class AnalyseTracesTool(IOptions<TraceStoreOptions> store, TimeProvider time) : DoorTool
{
    private const int OperationsMax = 25;
    private const int FindingsMax = 20;

    internal override string Name => "analyse_traces";

    internal override string Title => "Analyse traces";

    internal override string Description => "What the traces received lately show: operations by time with calls, failures, P50 and P95, and findings such as slow queries, N+1 and retry storms with what to do about them.";

    internal override IReadOnlyList<ToolParameter> Parameters { get; } =
    [
        new("service", ToolValue.Text, "Only this service."),
        new("minutes", ToolValue.Number, "How far back; 60 if not said.") { Min = 1, Max = 1_440 },
    ];

    internal override async Task<ToolOutcome> CallAsync(ToolCall call, CancellationToken cancellation)
    {
        var (report, why) = await ReceivedTraces.AnalyseAsync(store.Value.Directory, time.GetUtcNow().AddMinutes(-call.Number("minutes", 60)), time, cancellation);
        if (report is null) return ToolOutcome.Refused(char.ToUpperInvariant(why[0]) + why[1..] + ".");
        var service = call.Text("service");
        bool IsMeant(string name) => service.Length == 0 || name.Equals(service, StringComparison.OrdinalIgnoreCase);
        return ToolOutcome.Found(new
        {
            report.Traces, report.Spans, report.FailedTraces,
            operations = report.Operations.Where(operation => IsMeant(operation.Service)).Take(OperationsMax)
                .Select(operation => new { operation.Service, operation.Operation, Calls = operation.Durations.Count, Failed = operation.Errors, P50Ms = operation.Durations.PercentileUs(0.5) / 1_000.0, P95Ms = operation.Durations.PercentileUs(0.95) / 1_000.0 }),
            findings = Advisor.Of(report).Where(advice => IsMeant(advice.Finding.Service)).Take(FindingsMax).Select(advice => new { advice.Finding.Service, advice.Title, advice.Problem }),
        });
    }
}
