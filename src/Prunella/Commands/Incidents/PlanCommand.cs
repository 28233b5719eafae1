using System.CommandLine;
using System.Globalization;
using System.Text;
using Prunella.Api;
using Prunella.Commands.Reasoning;
using Spectre.Console;

namespace Prunella.Commands.Incidents;

/// <summary><c>prunella incident plan</c>: several steps for an incident, as proposals for people.</summary>
internal static class PlanCommand
{
    internal static Command Create()
    {
        var id = new Argument<string>("id") { Description = "An incident's id, or its short form inc-…" };
        return new VerbCommand("plan", "Plan several steps for an incident that is open or escalated, each with its class and what the gate would say of it now. Nothing is proposed and nothing is done.") { id }
            .Such("prunella incident plan inc-0199a1b2-5e6f7a8b", "what to try in which order, and what may be tried at all")
            .Asks(async (parsed, server, cancellation) =>
            {
                var plan = await server.SendAsync<PlanView>(HttpMethod.Post, $"api/v1/incidents/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/plan", body: null, cancellation);
                Output.Print(parsed, plan, view => new Text(Terminal.InertText.Block(Write(view))));
                Who.Say(parsed, "Planned", plan.By, plan.Note);
                return ExitCode.Ok;
            });
    }

    private static string Write(PlanView plan)
    {
        var text = new StringBuilder().Append(plan.Summary).Append("\n\n");
        foreach (var step in plan.Steps)
        {
            var with = string.Join(' ', step.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"));
            text.Append(CultureInfo.InvariantCulture, $"{step.Number}. {step.Action}{(with.Length > 0 ? " " + with : "")}  ({step.Class}, the gate says {step.Verdict})\n   {step.Why}\n   Helped when: {step.Check}\n   {string.Join("; ", step.Reasons)}\n");
        }
        return text.Append(CultureInfo.InvariantCulture, $"\nOtherwise: {plan.Otherwise}\n").ToString();
    }
}
