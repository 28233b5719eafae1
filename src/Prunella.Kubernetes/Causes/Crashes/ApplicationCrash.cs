using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>The program ends with a panic or an unhandled exception of its own.</summary>
public sealed partial class ApplicationCrash : CrashCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("application-crash", 70, CauseLayer.Failure,
        "The log of the run that ended shows a panic, an unhandled exception or a fatal signal; the first frame of the program's own code is named.",
        "Back to the last revision when an earlier one is there; else a person mends the named place.", "rollback-rollout");

    private protected override CrashSign? Look(ClusterSnapshot snapshot, Container container, ContainerLog log)
    {
        // The last crash of the log, but its first line: what follows are frames and causes.
        foreach (var (index, line) in Backwards(log))
        {
            if (Start().Match(line) is not { Success: true }) continue;
            // Python tells the error last, after its frames.
            var traceback = line.StartsWith("Traceback", StringComparison.Ordinal) ? index : TracebackBefore(log, index);
            var own = StackFrames.FirstOwn(log, traceback ?? index);
            var what = traceback == index ? PythonError(log, index) ?? index : index;
            return new CrashSign(what, own?.Frame ?? log.Show(what), $"{container.Words} crashes: {log.Show(what)}{(own is { } frame ? $", first in its own code at {frame.Frame}" : "")}",
                own is { } place ? $"Mend the program at {place.Frame}." : "Read the trace and mend the program.") { Second = own?.Index, Confidence = 0.88 };
        }
        return null;
    }

    private static int? TracebackBefore(ContainerLog log, int index)
    {
        for (var before = index - 1; before >= Math.Max(0, index - 60); before--)
        {
            if (log.Lines[before].StartsWith("Traceback", StringComparison.Ordinal)) return before;
            if (!char.IsWhiteSpace(log.Lines[before][0])) return null;
        }
        return null;
    }

    private static int? PythonError(ContainerLog log, int from)
    {
        for (var index = from + 1; index < log.Lines.Count; index++) if (PythonEnd().IsMatch(log.Lines[index])) return index;
        return null;
    }

    [GeneratedRegex(@"^(?:panic: |fatal error: |Traceback \(most recent call last\)|Unhandled exception|Exception in thread |thread '[^']{1,60}' panicked|Uncaught |Segmentation fault|SIGSEGV|FATAL EXCEPTION)|UnhandledPromiseRejection|Unhandled exception\.|^(?:\w+\.)*\w*(?:Error|Exception): |goroutine \d+ \[running\]", RegexOptions.CultureInvariant)]
    private static partial Regex Start();

    [GeneratedRegex(@"^[\w.]+(?:Error|Exception|Exit)\b", RegexOptions.CultureInvariant)]
    private static partial Regex PythonEnd();
}
