using System.CommandLine;
using System.CommandLine.Help;
using Prunella.Commands.Actions;
using Prunella.Commands.Approvals;
using Prunella.Commands.Config;
using Prunella.Commands.Incidents;
using Prunella.Commands.Ledger;
using Prunella.Commands.Safety;
using Prunella.Commands.Serve;
using Prunella.Commands.Status;
using Prunella.Commands.Tokens;

namespace Prunella.Commands;

/// <summary>The command tree. One folder per noun below this one; each noun's class has a <c>Create()</c>.</summary>
internal static class RootCommands
{
    internal static RootCommand Create()
    {
        var root = new RootCommand("Prunella: remediation that asks, checks, undoes and proves what it did.")
        {
            ServeCommand.Create(),
            StatusCommands.Status(),
            IncidentCommands.Create(),
            ApprovalCommands.Create(),
            ApprovalCommands.Approve(),
            ApprovalCommands.Reject(),
            SafetyCommands.Breaker(),
            SafetyCommands.Limits(),
            SafetyCommands.Stage(),
            ShadowCommands.Create(),
            SafetyCommands.KillSwitch(),
            LedgerCommands.Create(),
            ActionCommands.Create(),
            Diagnose.DiagnoseCommand.Create(),
            Chaos.ChaosCommands.Create(),
            TokenCommands.Create(),
            ConfigCommands.Create(),
            Playbooks.PlaybookCommands.Create(),
            Reasoning.ReasoningCommands.Create(),
            Reasoning.CostCommand.Create(),
            Report.ReportCommand.Create(),
            Logs.LogCommands.Create(),
            Traces.TraceCommands.Create(),
            Mcp.McpCommand.Create(),
            StatusCommands.Version(),
        };
        var help = root.Options.OfType<HelpOption>().First();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    /// <summary>Runs a command line.</summary>
    /// <returns>See <see cref="ExitCode"/>.</returns>
    internal static async Task<int> RunAsync(string[] arguments)
    {
        var parsed = Create().Parse(arguments);
        // The library's own handling ends with an exception when a second signal comes.
        using var stop = new StopSignals(TimeSpan.FromSeconds(30), TimeProvider.System, Environment.Exit);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, stop.Token);
        return parsed.Errors.Count > 0 ? (int)ExitCode.Usage : code;
    }
}
