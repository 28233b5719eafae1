using Prunella.Logs.Classification;

namespace Prunella.Logs.Pipeline;

/// <summary>What one file of the spool came to.</summary>
internal sealed class DrainCounts
{
    private readonly long[] byClass = new long[3];

    internal long Lines { get; private set; }

    internal long Bytes { get; private set; }

    /// <summary>Events chosen for the index, each one document.</summary>
    internal long Indexed { get; private set; }

    internal long IndexedBytes { get; private set; }

    /// <summary>Events in which a value was replaced.</summary>
    internal long Redacted { get; private set; }

    internal long Of(LineClass lineClass) => byClass[(int)lineClass];

    internal void Add(LineClass lineClass, bool keep, int bytes, int lines, bool changed)
    {
        byClass[(int)lineClass] += lines;
        Lines += lines;
        Bytes += bytes;
        Indexed += keep ? 1 : 0;
        IndexedBytes += keep ? bytes : 0;
        Redacted += changed ? 1 : 0;
    }
}
