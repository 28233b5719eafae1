using Prunella.Api;
using Prunella.Incidents;
using Prunella.Remediation.Storage;

namespace Prunella.Mcp.Tools;

/// <summary>Incidents, newest first.</summary>
internal sealed class ListIncidentsTool(IRemediationStore store) : DoorTool
{
    internal override string Name => "list_incidents";

    internal override string Title => "List incidents";

    internal override string Description => "Lists incidents, newest first: what is wrong, where, since when, the cause, and what was done. Give \"next\" of an answer as \"before\" for older ones.";

    internal override IReadOnlyList<ToolParameter> Parameters { get; } =
    [
        new("open", ToolValue.Flag, "Only those that are open (true) or over (false)."),
        new("namespace", ToolValue.Text, "Only those of this namespace.") { Max = 253 },
        new("before", ToolValue.Text, "The \"next\" of the answer before.") { Max = 36 },
        new("limit", ToolValue.Number, "How many at most; 20 if not said.") { Min = 1, Max = 50 },
    ];

    internal override async Task<ToolOutcome> CallAsync(ToolCall call, CancellationToken cancellation)
    {
        IncidentId? until = null;
        if (call.Text("before") is { Length: > 0 } before)
        {
            if (!Guid.TryParse(before, out var id)) return ToolOutcome.Refused("\"before\" is the \"next\" of the answer before.");
            until = new IncidentId(id);
        }
        var limit = call.Number("limit", 20);
        var page = await store.ListIncidentsAsync(new IncidentQuery { Open = call.Flag("open"), Namespace = call.Text("namespace") is { Length: > 0 } name ? name : null, Before = until, Max = limit }, cancellation);
        return ToolOutcome.Found(new Page<IncidentSummary>([.. page.Incidents.Select(IncidentSummary.Of)], page.Total, page.Incidents.Count == limit ? page.Incidents[^1].Id.ToString() : null));
    }
}

/// <summary>A tool about one incident.</summary>
internal abstract class IncidentTool(IRemediationStore store) : DoorTool
{
    private protected static readonly ToolParameter Id = new("incident", ToolValue.Text, "An incident's id, or its short form inc-….") { Required = true, Max = 64 };

    internal override IReadOnlyList<ToolParameter> Parameters { get; } = [Id];

    private protected IRemediationStore Store => store;

    internal sealed override async Task<ToolOutcome> CallAsync(ToolCall call, CancellationToken cancellation) =>
        await store.FindByNameAsync(call.Text("incident"), cancellation) is { } incident ? await CallAsync(call, incident, cancellation) : ToolOutcome.Refused("There is no such incident.");

    private protected abstract Task<ToolOutcome> CallAsync(ToolCall call, Incident incident, CancellationToken cancellation);
}

/// <summary>One incident with everything that is known, and its story.</summary>
internal sealed class GetIncidentTool(IRemediationStore store) : IncidentTool(store)
{
    private const int EntriesMax = 200;

    internal override string Name => "get_incident";

    internal override string Title => "Get an incident";

    internal override string Description => "One incident with evidence, diagnosis, attempts with their verdicts and diffs, and its story as the ledger tells it.";

    private protected override async Task<ToolOutcome> CallAsync(ToolCall call, Incident incident, CancellationToken cancellation) =>
        ToolOutcome.Found(new { incident = IncidentDetail.Of(incident), story = (await Store.ReadLedgerAsync(incident.Id.ToString(), EntriesMax, cancellation)).Select(Timeline.Tell).ToList() });
}
