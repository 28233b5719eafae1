using Prunella.Traces.Advice;
using Prunella.Traces.CriticalPath;
using Prunella.Traces.Detectors;
using Prunella.Traces.Model;
using Prunella.Traces.Statistics;

namespace Prunella.Traces.Analysis;

/// <summary>
/// Analyses traces one after another into a report: critical paths, statistics, findings, the map. One analyzer goes with
/// one reader, whose names it uses as keys; several run side by side and their reports are merged.
/// </summary>
/// <remarks>Not thread-safe. Memory grows with distinct operations, call paths and findings, not with traces.</remarks>
public sealed class TraceAnalyzer
{
    private readonly AnalysisOptions _options;
    private readonly TraceTreeBuilder _builder;
    private readonly CriticalPathFinder _paths;
    private readonly TraceDetectors _detectors;
    private readonly StartSpans _starts;
    private readonly SelfTime _selfTime = new();
    private readonly Retiming _retiming = new();
    private readonly Dictionary<(int Service, int Operation), OperationStatistics> _operations = [];
    private readonly Dictionary<(DetectorKind Kind, int Service, int Operation, int Pattern), FindingGroup> _findings = [];
    private readonly Dictionary<int, long> _queries = [];
    private int[] _nodeOf = [];
    private long[] _critical = [];

    /// <param name="options">Null for the defaults.</param>
    public TraceAnalyzer(AnalysisOptions? options = null)
    {
        _options = options ?? new AnalysisOptions();
        _builder = new TraceTreeBuilder(_options.Repair);
        _paths = new CriticalPathFinder(_options.Mode);
        _detectors = new TraceDetectors(_options.Detectors);
        _starts = new StartSpans(_options);
    }

    /// <summary>What was found so far.</summary>
    public TraceReport Report { get; } = new();

    /// <summary>Analyses one trace. All traces given to one analyzer must come from one reader.</summary>
    public void Add(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        if (!ReferenceEquals(Report.Names, trace.Table.Names))
        {
            if (Report.Traces + Report.TracesLeftOut > 0)
                throw new InvalidOperationException("The traces come from different readers.");
            Report.Names = trace.Table.Names;
        }

        var tree = _builder.Build(trace);
        var starts = _starts.Of(tree);
        if (starts.Count == 0)
        {
            Report.TracesLeftOut++;
            return;
        }

        foreach (var warning in tree.Warnings)
            Report.Warn(trace.TraceId, warning);
        Report.Traces++;
        Report.Spans += tree.Included;
        _detectors.ReadFacts(tree);
        Walk(tree);
        FollowPaths(tree, starts);
        Report.Map.Add(tree, _detectors.Facts);
        if (_options.Detect)
            Find(tree);
    }

    /// <summary>Puts what was counted by id into the report. Call once, after the last trace.</summary>
    public TraceReport Finish()
    {
        foreach (var (service, count) in _queries)
        {
            var name = Report.Names.Text(service);
            Report.Queries[name] = Report.Queries.GetValueOrDefault(name) + count;
        }

        _queries.Clear();
        return Report;
    }

    private void Walk(TraceTree tree)
    {
        if (_nodeOf.Length < tree.Count)
        {
            _nodeOf = new int[Math.Max(tree.Count, _nodeOf.Length * 2)];
            _critical = new long[_nodeOf.Length];
        }

        var trace = tree.Trace;
        var names = trace.Table.Names;
        var failed = false;
        var facts = _detectors.Facts;
        foreach (var span in tree.Order)
        {
            _critical[span] = 0;
            var service = trace.ServiceId(span);
            var operation = trace.Row(span).Operation;
            var parent = tree.ParentOf[span];
            var node = Report.CallPaths.Child(parent < 0 ? 0 : _nodeOf[parent], service, operation, names);
            _nodeOf[span] = node;
            var duration = tree.Duration(span);
            var self = _selfTime.Of(tree, span);
            var path = Report.CallPaths[node];
            path.Self.Add(self);
            path.Durations.Add(duration);
            var entry = Entry(service, operation, names);
            entry.Durations.Add(duration);
            entry.SelfUs += self;
            if (tree.Failed(span))
            {
                failed = true;
                path.Errors++;
                entry.Errors++;
            }

            if (facts[span].Call == CallKind.Database)
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_queries, service, out _)++;
            if (_options.Tag is { } tag && trace.Attribute(span, tag) is { } value)
            {
                var counted = Report.Tag(value);
                counted.Durations.Add(duration);
                counted.SelfUs += self;
                if (tree.Failed(span))
                    counted.Errors++;
            }
        }

        if (failed)
            Report.FailedTraces++;
    }

    private OperationStatistics Entry(int service, int operation, TextPool names)
    {
        ref var entry = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_operations, (service, operation), out var known);
        if (!known)
            entry = Report.Operation(names.Text(service), names.Text(operation));
        return entry!;
    }

    private void FollowPaths(TraceTree tree, List<int> starts)
    {
        foreach (var start in starts)
        {
            Report.Durations.Add(tree.Duration(start));
            foreach (var section in _paths.FindSections(tree, start))
            {
                var entry = Entry(tree.Trace.ServiceId(section.Span), tree.Trace.Row(section.Span).Operation, tree.Trace.Table.Names);
                if (_critical[section.Span] == 0)
                    entry.CriticalTraces++;
                _critical[section.Span] += section.DurationUs;
                entry.CriticalUs += section.DurationUs;
                Report.CallPaths[_nodeOf[section.Span]].CriticalUs += section.DurationUs;
                Report.CriticalUs += section.DurationUs;
            }
        }
    }

    private void Find(TraceTree tree)
    {
        var found = _detectors.Find(tree);
        if (found.Count == 0)
            return;
        _retiming.Begin(tree);
        foreach (var occurrence in found)
            Keep(tree, occurrence);
    }

    private void Keep(TraceTree tree, in Occurrence occurrence)
    {
        var trace = tree.Trace;
        var names = trace.Table.Names;
        var service = occurrence.Service != 0 ? occurrence.Service : trace.ServiceId(occurrence.Parent);
        var operation = trace.Row(occurrence.Parent).Operation;
        ref var group = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
            _findings, (occurrence.Kind, service, operation, occurrence.Pattern), out var known);
        if (!known)
            group = Report.Finding(occurrence.Kind, names.Text(service), names.Text(operation), names.Text(occurrence.Pattern));
        group!.Count++;
        group.Spans += occurrence.Spans.Length;
        if (group.LastTrace != trace.TraceId)
        {
            group.Traces++;
            group.LastTrace = trace.TraceId;
        }

        group.Waste.Add(occurrence.WasteUs);
        var gain = _retiming.GainUs(tree, occurrence, out var root);
        if (gain >= 0)
        {
            group.Gain.Add(gain);
            var duration = tree.Duration(root);
            group.GainShare.Add(duration == 0 ? 0 : (long)((decimal)gain * 1_000_000 / duration));
        }

        if (Language(trace, occurrence.Parent) is { } language && (group.Language is null || string.CompareOrdinal(language, group.Language) < 0))
            group.Language = language;
        if (!group.WantsExample(occurrence.WasteUs, trace.TraceId))
            return;
        group.AddExample(new FindingExample(trace.TraceId, [.. occurrence.Spans.Take(20).Select(tree.SpanId)], occurrence.WasteUs, gain, occurrence.Detail));
    }

    private static string? Language(Trace trace, int span)
    {
        var process = trace.Row(span).Process;
        var language = process < 0 ? 0 : trace.Table.Processes[process].Language;
        return language == 0 ? null : trace.Table.Values.Text(language);
    }
}
