using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>The program ends because a script or a configuration file cannot be read.</summary>
public sealed partial class SyntaxError : CrashCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("syntax-error", 45, CauseLayer.Root,
        "The log of the run that ended names a syntax error in a script or a file of its configuration.",
        "Back to the last revision when an earlier one is there; else a person corrects the named place.", "rollback-rollout");

    private protected override CrashSign? Look(ClusterSnapshot snapshot, Container container, ContainerLog log)
    {
        foreach (var (index, line) in Backwards(log))
        {
            if (Syntax().Match(line) is not { Success: true } match) continue;
            var place = Place().Match(line) is { Success: true } at ? at.Value : "";
            return new CrashSign(index, place.Length > 0 ? place : match.Value, $"{container.Words} ends because of a syntax error{(place.Length > 0 ? $" in {place}" : "")}: {log.Show(index)}", "Correct the script or file at the named place.");
        }
        return null;
    }

    [GeneratedRegex(@"[Ss]yntax ?[Ee]rror|unexpected token|unexpected end of (?:file|input|JSON)|yaml: line \d+|yaml: unmarshal errors|invalid character .{1,20} looking for|could not (?:parse|load) config|error parsing (?:config|yaml|json)|nginx: \[emerg\]|IndentationError|toml: |Unexpected character|unknown directive", RegexOptions.CultureInvariant)]
    private static partial Regex Syntax();

    [GeneratedRegex(@"[\w./-]{1,200}(?:\.(?:ya?ml|json|toml|conf|py|js|sh|xml|ini|rb|properties))(?::\d+|"", line \d+)?|(?:[\w./-]+: )?line \d+", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
