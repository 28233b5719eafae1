using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Proposals;
using Prunella.Remediation.Storage;

namespace Prunella.Mcp.Tools;

/// <summary>Hands one action to the gate. The only tool that changes anything, and all it makes is a question to people.</summary>
internal sealed class ProposeTool(IRemediationStore store, ProposalDesk desk) : IncidentTool(store)
{
    internal override string Name => "propose";

    internal override string Title => "Propose an action";

    internal override string Description => "Proposes one action of the catalogue for an incident that is open or escalated. It goes to the safety gate like every other proposal, and executes only when a person other than the owner of this token approves it. See \"diagnose\" for the actions and their parameters.";

    internal override IReadOnlyList<ToolParameter> Parameters { get; } =
    [
        Id,
        new("action", ToolValue.Text, "A name of the catalogue.") { Required = true, Max = 64 },
        new("parameters", ToolValue.Texts, "Its parameters, as texts by name.") { Max = 1_024 },
        new("why", ToolValue.Text, "Why, for the person who is asked.") { Required = true, Max = ProposalDesk.WhyCharactersMax },
    ];

    internal override Role Needs => Role.Operator;

    internal override bool ReadsOnly => false;

    private protected override async Task<ToolOutcome> CallAsync(ToolCall call, Incident incident, CancellationToken cancellation)
    {
        var answer = await desk.ProposeAsync(incident, call.Person, call.Text("action"), call.Texts("parameters"), call.Text("why"), cancellation);
        return answer.Incident is { } carrying ? ToolOutcome.Found(new { proposal = carrying.Id.Short, id = carrying.Id.ToString(), answer.Text }) : ToolOutcome.Refused(answer.Text);
    }
}
