using System.Text.RegularExpressions;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Pods;

/// <summary>What the container is to run is not in the image, or may not be run.</summary>
public sealed partial class CommandNotFound : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("command-not-found", "Pods", CauseLayer.Root)
    {
        RecognisedBy = "The runtime says that the command was not found or is not executable, or the container ends with exit code 127 or 126.",
        Done = "Back to the last revision when an earlier one is there; else a person corrects command or image.",
        Actions = ["rollback-rollout"],
        Family = "crash",
        Precedence = 10,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var container in Containers(snapshot))
        {
            var told = Told(container.WaitingMessage) ?? (container.Running ? null : Told(container.Ended["message"].Text));
            if (told is null && !(container.Crashing && container.ExitCode is 126 or 127 && container.EndedReason is "Error" or "")) continue;
            var log = snapshot.LastWords(container);
            var line = log is null ? -1 : LastIndex(log, container.ExitCode == 126 ? NotExecutableLine() : NotFoundLine());
            var command = told?.Command ?? (line >= 0 ? CommandOf(log!.Lines[line]) : null);
            var executable = told?.Executable ?? container.ExitCode != 126;
            var named = command ?? "the command";
            var evidence = new List<Evidence> { container.Ended.Exists ? Observed.Ended(snapshot, container) : Observed.Waiting(snapshot, container) };
            if (line >= 0) evidence.Add(Observed.Log(snapshot, container, log!, line));
            var code = told is null ? $" (exit code {container.ExitCode})" : "";
            yield return Found(snapshot, container.Pod, named, command is null ? 0.9 : 0.97, executable
                ? $"{named}, which {container.Words} is to run, is not in image {container.Image}{code}."
                : $"{named}, which {container.Words} is to run, is in image {container.Image} but may not be executed{code}.", evidence) with
            {
                Advice = executable ? "Correct command or args in the pod template, or build the image with the file in it." : "Make the file executable in the image (chmod +x), or run it through its interpreter.",
                Remedies = Rollouts.BackOrNone(snapshot, container.Pod),
            };
        }
    }

    /// <summary>What the runtime told about a command it could not start; null when it told nothing of the kind.</summary>
    internal static (string Command, bool Executable)? Told(string message)
    {
        if (RuntimeSays().Match(message) is not { Success: true } match) return null;
        return (match.Groups[1].Value, !message.Contains("permission denied", StringComparison.Ordinal));
    }

    private static int LastIndex(ContainerLog log, Regex sign)
    {
        for (var index = log.Lines.Count - 1; index >= Math.Max(0, log.Lines.Count - 20); index--) if (sign.IsMatch(log.Lines[index])) return index;
        return -1;
    }

    private static string? CommandOf(string line)
    {
        var match = ShellSays().Match(line);
        return match.Success ? match.Groups[1].Value : null;
    }

    [GeneratedRegex(@"exec: \\?""([^""\\]{1,300})\\?"":? ?(?:stat [^:]{1,300}: no such file|executable file not found|permission denied|[^\n]{0,200}no such file or directory|[^\n]{0,200}permission denied)", RegexOptions.CultureInvariant)]
    private static partial Regex RuntimeSays();

    [GeneratedRegex(@"not found|No such file or directory|not recognized", RegexOptions.CultureInvariant)]
    private static partial Regex NotFoundLine();

    [GeneratedRegex(@"[Pp]ermission denied|cannot execute|Exec format error", RegexOptions.CultureInvariant)]
    private static partial Regex NotExecutableLine();

    [GeneratedRegex(@"(?:line \d+: |\d+: |: )?([\w./-]{1,300}): (?:command not found|not found|No such file or directory|[Pp]ermission denied|cannot execute)", RegexOptions.CultureInvariant)]
    private static partial Regex ShellSays();
}
