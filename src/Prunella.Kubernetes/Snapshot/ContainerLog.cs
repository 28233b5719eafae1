using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Snapshot;

/// <summary>The end of a container's log. Text of others: every line that leaves is inert and bounded.</summary>
internal sealed class ContainerLog
{
    private const int CharactersMax = 512 * 1024;
    private const int LinesMax = 4_000;
    private const int LineCharactersMax = 2_000;

    private readonly List<string> lines;

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
    }

    internal string Path { get; }

    internal bool Previous { get; }

    /// <summary>Lines as they were written, oldest first; for looking, not for showing.</summary>
    internal IReadOnlyList<string> Lines => lines;

    /// <summary>A line as it may be shown.</summary>
    internal string Show(int index) => InertText.OneLine(lines[index], 400);

    /// <summary>As evidence names it.</summary>
    internal string Object => Previous ? $"{Path} (previous)" : Path;
}
