using System.CommandLine;

namespace Prunella.Commands.Playbooks;

/// <summary><c>prunella playbook</c>: what playbooks say, without a server and without acting.</summary>
internal static class PlaybookCommands
{
    internal static Command Create() => new("playbook", "Check playbooks, list them, and explain what they would do about an alert.")
    {
        CheckCommand.Create(),
        ExplainCommand.Create(),
        ListCommand.Create(),
        ShowCommand.Create(),
        DraftCommand.Create(),
        AcceptCommand.Create(),
    };
}
