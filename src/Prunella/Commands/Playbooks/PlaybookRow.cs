using System.Globalization;
using Prunella.Remediation.Playbooks;

namespace Prunella.Commands.Playbooks;

/// <summary>A playbook as <c>list</c> and <c>show</c> print it.</summary>
internal sealed class PlaybookRow(Playbook playbook)
{
    public string Name => playbook.Name;

    public string Version => playbook.Version;

    public string Description => playbook.Description;

    public string Cause => playbook.Cause;

    public string Family => playbook.Family;

    public IReadOnlyList<string> Actions => playbook.ActionNames;

    public string Escalates => playbook.NoAction ? "never" : playbook.EscalateAtOnce ? "at once" : string.Create(CultureInfo.InvariantCulture, $"after {playbook.EscalateAfter}");

    public string File => playbook.File;

    public int Line => playbook.Line;

    public bool Shipped => playbook.Shipped;
}
