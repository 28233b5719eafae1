using System.Buffers;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Snapshot;

/// <summary>The end of a container's log. Text of others: every line that leaves is inert and bounded.</summary>
internal sealed class ContainerLog
{
    private const int CharactersMax = 512 * 1024;
    private const int LinesMax = 4_000;
    private const int LineCharactersMax = 2_000;

    // One vectorised pass finds the few lines that may tell of trouble: 500 pods log 50 000 lines, and ten expressions over
    // each of them would take a second.
    private static readonly SearchValues<string> TellingWords = SearchValues.Create(
        [
            "error", "exception", "fail", "timeout", "timed out", "timedout", "time-out", "refused", "denied", "exhausted", "pool", "too many", "toomany", "429", "limit", "throttl", "slowdown", "slots",
            "expired", "not yet valid", "lookup", "eai_again", "name resolution", "servfail", "dns", "try again", "exceeded", "cannot", "hit rate", "hit_rate", "hit-rate", "hitrate", "hit ratio", "hit_ratio", "hit-ratio",
            "hitratio", "reload", "config", "settings", "sighup", "breaker", "504", "cancel", "con_count", "notafter", "unavailable",
        ], StringComparison.OrdinalIgnoreCase);

    private readonly List<string> lines;
    private readonly Lazy<List<int>> telling;

    /// <param name="path"><c>namespace/pod/container</c>.</param>
    /// <param name="previous">Whether it is of the run before the present one.</param>
    /// <param name="text">The log; its end is what is kept.</param>
    internal ContainerLog(string path, bool previous, string text)
    {
        Path = path;
        Previous = previous;
        var tail = text.Length > CharactersMax ? text.AsSpan(text.Length - CharactersMax) : text.AsSpan();
        lines = [];
        foreach (var range in tail.Split('\n'))
        {
            var line = tail[range].TrimEnd('\r');
            if (!line.IsWhiteSpace()) lines.Add(line.Length > LineCharactersMax ? line[..LineCharactersMax].ToString() : line.ToString());
        }
        if (lines.Count > LinesMax) lines.RemoveRange(0, lines.Count - LinesMax);
        telling = new Lazy<List<int>>(() =>
        {
            var found = new List<int>();
            for (var index = 0; index < lines.Count; index++) if (lines[index].AsSpan().ContainsAny(TellingWords)) found.Add(index);
            return found;
        });
    }

    internal string Path { get; }

    internal bool Previous { get; }

    /// <summary>Lines as they were written, oldest first; for looking, not for showing.</summary>
    internal IReadOnlyList<string> Lines => lines;

    /// <summary>The indices of the lines that hold a word of trouble, in order. What no such word stands in is no cause's business.</summary>
    internal IReadOnlyList<int> Telling => telling.Value;

    /// <summary>A line as it may be shown.</summary>
    internal string Show(int index) => InertText.OneLine(lines[index], 400);

    /// <summary>As evidence names it.</summary>
    internal string Object => Previous ? $"{Path} (previous)" : Path;
}
