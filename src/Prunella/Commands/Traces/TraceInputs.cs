using System.CommandLine;
using Prunella.Traces.Analysis;
using Prunella.Traces.Model;
using Prunella.Traces.Sources;

namespace Prunella.Commands.Traces;

/// <summary>Inputs of a command, with a progress bar and one way to report what could not be read.</summary>
internal sealed class TraceInputs(List<TraceOrigin> origins, List<IDisposable> owned) : IDisposable
{
    private readonly List<TraceFormatException> _failures = [];
    private ReadingProgress? _progress;

    internal IReadOnlyList<TraceOrigin> Origins => origins;

    internal int Failures => _failures.Count;

    /// <summary>A pipeline for one pass over the inputs, with a bar of its own where somebody watches.</summary>
    internal TracePipeline Pipeline(ParseResult parsed, TraceInputOptions options)
    {
        _progress?.Clear();
        if (!System.Console.IsErrorRedirected)
            _progress = new ReadingProgress(System.Console.Error, origins.Sum(origin => File.Exists(origin.Name) ? new FileInfo(origin.Name).Length : 0), TimeProvider.System);
        return new(threads: parsed.GetValue(options.Threads)) { Progress = _progress is null ? null : _progress.Read };
    }

    /// <summary>Analyses the inputs; of slow traces only, when that was asked for, which takes a pass to find them.</summary>
    internal TraceReport Analyze(ParseResult parsed, TraceInputOptions options, AnalysisOptions analysis, CancellationToken cancel)
    {
        KeepSlow(parsed, options, analysis, cancel);
        var report = Pipeline(parsed, options).Analyze(origins, analysis, _failures, cancel);
        _progress?.Clear();
        return report;
    }

    internal IReadOnlyList<T> Select<T>(ParseResult parsed, TraceInputOptions options, Func<Func<TraceBatch, IEnumerable<T>>> perWorker, CancellationToken cancel)
    {
        var results = Pipeline(parsed, options).Select(origins, perWorker, _failures, cancel);
        _progress?.Clear();
        return results;
    }

    internal IReadOnlyList<T> Collect<T>(ParseResult parsed, TraceInputOptions options, Func<T> create, Action<T, Trace> add, CancellationToken cancel)
    {
        var results = Pipeline(parsed, options).Collect(origins, create, add, _failures, cancel);
        _progress?.Clear();
        return results;
    }

    /// <summary>Says what could not be read. Nothing read at all is a failure; a part missing is said and the rest stands.</summary>
    internal ExitCode Report(ParseResult parsed, long traces)
    {
        foreach (var failure in _failures)
            parsed.Say(failure.Message);
        if (_failures.Count > 0)
            return ExitCode.Configuration;
        if (traces == 0)
            parsed.Say("No traces matched.");
        return ExitCode.Ok;
    }

    public void Dispose() => owned.ForEach(item => item.Dispose());

    internal void KeepSlow(ParseResult parsed, TraceInputOptions options, AnalysisOptions analysis, CancellationToken cancel)
    {
        var (percentile, slowest) = (parsed.GetValue(options.Percentile), parsed.GetValue(options.Slowest));
        if (percentile is null && slowest is null)
            return;
        var seen = new List<TraceFormatException>();
        var durations = Pipeline(parsed, options).Select<TraceDuration>(origins, () =>
        {
            var durations = new TraceDurations(analysis);
            return durations.Of;
        }, seen, cancel).OrderByDescending(entry => entry.Us).ThenBy(entry => entry.TraceId, StringComparer.Ordinal).ToList();
        var keep = slowest ?? int.MaxValue;
        if (percentile is { } share)
            keep = Math.Min(keep, durations.Count - Math.Clamp((int)Math.Ceiling(share / 100 * durations.Count), 1, Math.Max(1, durations.Count)) + 1);
        analysis.TraceIds = durations.Take(keep).Select(entry => entry.TraceId).ToHashSet(StringComparer.Ordinal);
    }
}
