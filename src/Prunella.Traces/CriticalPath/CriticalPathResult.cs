namespace Prunella.Traces.CriticalPath;

/// <summary>A stretch of time during which the root waited for this span itself.</summary>
/// <param name="Span">Index into the tree.</param>
/// <param name="StartUs">Microseconds since 1970.</param>
/// <param name="EndUs">Microseconds since 1970; greater than the start.</param>
public readonly record struct PathSection(int Span, long StartUs, long EndUs)
{
    /// <summary>Microseconds.</summary>
    public long DurationUs => EndUs - StartUs;
}

/// <summary>The critical path below one span. Sections are in order of time, do not overlap and cover the root exactly.</summary>
public sealed class CriticalPathResult
{
    /// <summary>The span the path starts from.</summary>
    public required int Root { get; init; }

    /// <summary>Microseconds.</summary>
    public required long DurationUs { get; init; }

    /// <summary>The path.</summary>
    public required IReadOnlyList<PathSection> Sections { get; init; }

    /// <summary>Exclusive time on the path by "[service] operation", microseconds.</summary>
    public required IReadOnlyDictionary<string, long> ExclusiveUs { get; init; }

    /// <summary>Exclusive time on the path by call path, parts joined by "->", microseconds.</summary>
    public IReadOnlyDictionary<string, long> CallPathExclusiveUs => CallPaths.Value;

    internal Lazy<SortedDictionary<string, long>> CallPaths { private get; init; } = new(() => []);

    /// <summary>Sum of all spans' durations, microseconds: concurrent work counts each time.</summary>
    public required long TotalWorkUs { get; init; }

    /// <summary>Work that erring spans did, microseconds.</summary>
    public required long SavedOnWorkUs { get; init; }

    /// <summary>By how much the root would be shorter if erring spans took no time and the order of siblings stayed, microseconds.</summary>
    public required long SavedOnPathUs { get; init; }

    /// <summary>For spans on the path: by how much each could shrink before a sibling becomes the one waited for, microseconds.</summary>
    public required IReadOnlyDictionary<int, long> DragUs { get; init; }
}
