using Prunella.Logs.Classification;
using Prunella.Logs.Redaction;

namespace Prunella.Logs.Pipeline;

/// <summary>What a pipeline does with lines beside archiving them.</summary>
public sealed class LogPipelineParts
{
    /// <summary>Classes given to templates; null for none.</summary>
    public ClassOverrides? Overrides { get; init; }

    /// <summary>Replaces sensitive values before anything leaves for a sink, a signal or evidence; null replaces nothing.</summary>
    public LineRedactor? Redactor { get; init; }

    /// <summary>True archives lines redacted too: their originals are then nowhere.</summary>
    public bool RedactArchive { get; init; }

    /// <summary>How patient the watcher is; null for the defaults.</summary>
    public PatternWatcherOptions? Watching { get; init; }

    /// <summary>File of what the parser learned, kept over restarts; null keeps nothing.</summary>
    public string? StatePath { get; init; }

    /// <summary>Sinks that get critical and interesting lines and a sample of the routine ones.</summary>
    public IReadOnlyList<SinkFeed> Feeds { get; init; } = [];

    /// <summary>Names for the values of what goes to the sinks; null names nothing.</summary>
    public IValueNames? Names { get; init; }

    /// <summary>Where patterns that matter are noted by source, as evidence; null notes nothing.</summary>
    public LogPatternBook? Book { get; init; }

    /// <summary>Where people see lines as they come; null shows none.</summary>
    public LogTail? Tail { get; init; }
}
