using Prunella.Incidents.Actions;
using Prunella.Integrations.Http;

namespace Prunella.Integrations.Webhook;

/// <summary><c>call-webhook</c>: hands the incident to an automation outside, by a configured name.</summary>
public sealed class CallWebhookDriver(HookOptions options, TimeProvider time) : HttpActionDriver(Descriptor, options.Hooks, time)
{
    internal static readonly ActionDescriptor Descriptor = new()
    {
        Name = "call-webhook",
        Summary = "Calls a configured webhook with the incident, the target and the diagnosis.",
        Class = ActionClass.NeedsApproval,
        Radius = BlastRadius.None,
        Parameters = [new("hook", ParameterKind.Text, "The name of a configured webhook.") { Required = true }, new("note", ParameterKind.Text, "A text for the receiver.")],
        Risks = "What the receiver does is not known to Prunella, and cannot be undone by it.",
    };

    private protected override string Noun => "webhook";

    private protected override string NameIn(Proposal proposal) => proposal.Parameters.GetValueOrDefault("hook") ?? "";
}
