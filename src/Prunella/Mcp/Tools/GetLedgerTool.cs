using System.Globalization;
using Prunella.Api;
using Prunella.Remediation.Storage;

namespace Prunella.Mcp.Tools;

/// <summary>Entries of the ledger.</summary>
internal sealed class GetLedgerTool(IRemediationStore store) : DoorTool
{
    internal override string Name => "get_ledger";

    internal override string Title => "Get the ledger";

    internal override string Description => "Entries of the ledger, in order: those of one incident, or those from a number on. Every decision is one, with who took it.";

    internal override IReadOnlyList<ToolParameter> Parameters { get; } =
    [
        new("incident", ToolValue.Text, "An incident's id, or its short form inc-….") { Max = 64 },
        new("from", ToolValue.Text, "The number of the first entry; 1 if neither is said.") { Max = 19 },
        new("limit", ToolValue.Number, "How many at most; 50 if not said.") { Min = 1, Max = 200 },
    ];

    internal override async Task<ToolOutcome> CallAsync(ToolCall call, CancellationToken cancellation)
    {
        var limit = call.Number("limit", 50);
        if (call.Text("incident") is { Length: > 0 } name)
        {
            if (await store.FindByNameAsync(name, cancellation) is not { } incident) return ToolOutcome.Refused("There is no such incident.");
            return ToolOutcome.Found((await store.ReadLedgerAsync(incident.Id.ToString(), limit, cancellation)).Select(LedgerEntryView.Of).ToList());
        }
        long from = 1;
        if (call.Text("from") is { Length: > 0 } given && (!long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out from) || from < 1)) return ToolOutcome.Refused("\"from\" is a number from 1 on.");
        return ToolOutcome.Found((await store.ReadLedgerAsync(from, limit, cancellation)).Select(LedgerEntryView.Of).ToList());
    }
}
