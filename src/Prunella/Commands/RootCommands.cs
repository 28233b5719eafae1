using System.CommandLine;
using Prunella.Commands.Serve;

namespace Prunella.Commands;

/// <summary>The command tree. One folder per noun below this one; each noun's class has a <c>Create()</c>.</summary>
internal static class RootCommands
{
    internal static RootCommand Create() => new("Prunella: remediation that asks, checks, undoes and proves what it did.")
    {
        ServeCommand.Create(),
        Logs.LogCommands.Create(),
        Playbooks.PlaybookCommands.Create(),
        Traces.TraceCommands.Create(),
    };
}
