namespace Prunella.Traces.Sources;

/// <summary>An input that cannot be read as traces. Traces read before the fault were already handed on.</summary>
public sealed class TraceFormatException : Exception
{
    /// <param name="source">File or URL.</param>
    /// <param name="offset">Bytes from the start of the (unpacked) input, or -1.</param>
    /// <param name="traceId">The trace being read, or null.</param>
    /// <param name="problem">What is wrong and what was expected.</param>
    /// <param name="inner">The cause, if any.</param>
    public TraceFormatException(string source, long offset, string? traceId, string problem, Exception? inner = null)
        : base(Describe(source, offset, traceId, problem), inner)
    {
        InputName = source;
        Offset = offset;
        TraceId = traceId;
        Problem = problem;
    }

    /// <summary>File or URL.</summary>
    public string InputName { get; }

    /// <summary>Bytes from the start of the unpacked input, or -1 when not known.</summary>
    public long Offset { get; }

    /// <summary>The trace being read, or null.</summary>
    public string? TraceId { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; }

    private static string Describe(string source, long offset, string? traceId, string problem)
    {
        var place = offset < 0 ? source : FormattableString.Invariant($"{source}: byte {offset}");
        return string.IsNullOrEmpty(traceId) ? $"{place}: {problem}" : $"{place}: trace {traceId}: {problem}";
    }
}
