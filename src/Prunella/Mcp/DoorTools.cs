using Prunella.Mcp.Tools;

namespace Prunella.Mcp;

/// <summary>Every tool of the door. There is no other way to add one, and a test walks them all.</summary>
internal static class DoorTools
{
    internal static IReadOnlyList<DoorTool> All(IServiceProvider services) =>
    [
        ActivatorUtilities.CreateInstance<ListIncidentsTool>(services),
        ActivatorUtilities.CreateInstance<GetIncidentTool>(services),
        ActivatorUtilities.CreateInstance<DiagnoseTool>(services),
        ActivatorUtilities.CreateInstance<AskLogsTool>(services),
        ActivatorUtilities.CreateInstance<AnalyseTracesTool>(services),
        ActivatorUtilities.CreateInstance<GetLedgerTool>(services),
        ActivatorUtilities.CreateInstance<ProposeTool>(services),
    ];
}
