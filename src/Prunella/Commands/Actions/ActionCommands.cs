using System.CommandLine;
using Prunella.Hosting;
using Prunella.Incidents.Actions;
using Spectre.Console;

namespace Prunella.Commands.Actions;

/// <summary><c>prunella action</c>: the closed catalogue.</summary>
internal static class ActionCommands
{
    internal static Command Create() => new("action", "See what Prunella can do, what needs an approval, and what it never does.") { List(), Show() };

    private static Command List() => new VerbCommand("list", "List the action catalogue.").Such("prunella action list", "every action with its class")
        .Asks(async (parsed, server, cancellation) =>
        {
            Output.Print(parsed, await server.GetAsync<List<ActionDescriptor>>("api/v1/actions", cancellation), list =>
            {
                var table = Output.Table("action", "class", "reversible", "summary");
                foreach (var action in list) table.Row(action.Name, action.Class.ToString(), action.Reversible ? "yes" : "no", action.Summary);
                return table;
            });
            return ExitCode.Ok;
        });

    private static Command Show()
    {
        var name = new Argument<string>("name") { Description = "The action's name." };
        return new VerbCommand("show", "Show one action with its parameters and risks.") { name }
            .Such("prunella action show raise-memory-limit", "what it does, within which bounds")
            .Asks(async (parsed, server, cancellation) =>
            {
                var action = await server.GetAsync<ActionDescriptor>($"api/v1/actions/{Uri.EscapeDataString(parsed.GetRequiredValue(name))}", cancellation);
                Output.Print(parsed, action, Describe);
                return ExitCode.Ok;
            });
    }

    private static Rows Describe(ActionDescriptor action)
    {
        var head = Output.Table("", "");
        head.ShowHeaders = false;
        head.Row("action", action.Name);
        head.Row("does", action.Summary);
        head.Row("class", action.Class.ToString());
        head.Row("touches", action.Radius.ToString());
        head.Row("targets", action.TargetKinds.Count == 0 ? "any" : string.Join(", ", action.TargetKinds));
        head.Row("reversible", action.Reversible ? "yes" : "no");
        head.Row("approval holds", OptionValue.Write(action.ApprovalExpiry));
        head.Row("has to stay well", OptionValue.Write(action.Soak));
        if (action.Risks.Length > 0) head.Row("risks", action.Risks);
        var parameters = Output.Table("parameter", "type", "default", "meaning");
        foreach (var parameter in action.Parameters) parameters.Row(parameter.Name + (parameter.Required ? " (required)" : ""), parameter.Kind.ToString(), parameter.Default ?? "–", parameter.Description);
        return new Rows(head, new Text(""), parameters);
    }
}
