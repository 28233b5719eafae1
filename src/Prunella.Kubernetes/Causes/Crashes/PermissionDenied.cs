using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>The program ends because it may not read or write a file, or bind a port.</summary>
public sealed partial class PermissionDenied : CrashCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("permission-denied", 40, CauseLayer.Root,
        "The log of the run that ended says permission denied or read-only file system, with the path; refused API requests are told as rbac-denied.",
        "Back to the last revision when an earlier one is there; else a person sets the file's owner, fsGroup or a writable volume.", "rollback-rollout");

    private protected override CrashSign? Look(ClusterSnapshot snapshot, Container container, ContainerLog log)
    {
        if (container.ExitCode == 126) return null;
        foreach (var (index, line) in Backwards(log))
        {
            if (Denied().Match(line) is not { Success: true } match || line.Contains("is forbidden", StringComparison.Ordinal)) continue;
            var path = Path().Match(line) is { Success: true } quoted ? quoted.Groups[1].Value : Bare().Match(line) is { Success: true } bare ? bare.Value : "";
            var readOnly = match.Value.Contains("ead-only", StringComparison.Ordinal) || match.Value == "EROFS";
            var offender = path.Length > 0 ? path : match.Value;
            return new CrashSign(index, offender, readOnly
                ? $"{container.Words} ends because {(path.Length > 0 ? path : "a path it writes to")} is on a read-only file system."
                : $"{container.Words} ends because it may not use {(path.Length > 0 ? path : "something")}: permission denied{UserOf(container)}.",
                readOnly ? $"Mount a writable volume (emptyDir) at {(path.Length > 0 ? path : "that path")}, or drop readOnlyRootFilesystem." : "Set fsGroup or runAsUser to the owner of the path, or correct its mode in the image or volume.");
        }
        return null;
    }

    private static string UserOf(Container container)
    {
        var user = container.Spec["securityContext"]["runAsUser"].TextOrNull ?? container.Pod.Spec["securityContext"]["runAsUser"].TextOrNull;
        return user is null ? "" : $" (it runs as user {user})";
    }

    [GeneratedRegex(@"[Pp]ermission denied|EACCES|AccessDeniedException|UnauthorizedAccessException|Operation not permitted|EPERM|[Rr]ead-only file ?system|EROFS|PermissionError", RegexOptions.CultureInvariant)]
    private static partial Regex Denied();

    [GeneratedRegex(@"['""](/[^'""]{1,250}|[\w-]{1,60}(?:/[\w.-]+){0,8})['""]", RegexOptions.CultureInvariant)]
    private static partial Regex Path();

    [GeneratedRegex(@"(?<![\w/])/(?:[\w.-]+/)*[\w.-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Bare();
}
