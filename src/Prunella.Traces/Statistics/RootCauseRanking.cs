using System.Globalization;
using Prunella.Traces.Detectors;
using Prunella.Traces.Model;

namespace Prunella.Traces.Statistics;

/// <summary>A suspect of a fault.</summary>
/// <param name="Service">The service, database or peer.</param>
/// <param name="Operation">Its operation.</param>
/// <param name="Score">0 to 1; suspects' scores add up to at most 1.</param>
/// <param name="AddedUs">Microseconds it adds to a trace of the fault window over a normal one.</param>
/// <param name="ErrorsAdded">Errors of its own it adds to a trace.</param>
/// <param name="Reasons">What the score rests on, for people.</param>
public sealed record Suspect(string Service, string Operation, double Score, long AddedUs, double ErrorsAdded, IReadOnlyList<string> Reasons);

/// <summary>
/// Collects what root-cause ranking compares: self time and own errors by service and operation. Time a caller spends
/// in a call while nobody below works (network, queue, an uninstrumented callee) is charged to the callee.
/// </summary>
public sealed class RankWindow
{
    private readonly Dictionary<(string Service, string Operation), Cell> _cells = [];
    private readonly Dictionary<(int Service, int Operation), Cell> _byId = [];
    private readonly TraceTreeBuilder _builder = new();
    private readonly FactReader _facts = new();
    private readonly SelfTime _selfTime = new();
    private TextPool? _names;

    internal sealed class Cell
    {
        public long Count;
        public long Errors;
        public long SumUs;
        // Squares of microseconds overflow a long after a few thousand spans of an hour; Int128 adds exactly in any order.
        public Int128 SquaresUs;
    }

    /// <summary>Traces seen.</summary>
    public long Traces { get; private set; }

    /// <summary>Sum of the roots' durations, microseconds.</summary>
    public long DurationUs { get; private set; }

    internal IReadOnlyDictionary<(string Service, string Operation), Cell> Cells => _cells;

    /// <summary>Adds a trace.</summary>
    public void Add(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        if (!ReferenceEquals(_names, trace.Table.Names))
        {
            _names = trace.Table.Names;
            _byId.Clear();
        }

        var tree = _builder.Build(trace);
        _facts.Read(tree);
        Traces++;
        foreach (var root in tree.Roots)
            DurationUs += tree.Duration(root);
        foreach (var span in tree.Order)
        {
            var (service, operation) = Charged(tree, span);
            var cell = CellOf(service, operation);
            var self = _selfTime.Of(tree, span);
            cell.Count++;
            cell.SumUs += self;
            cell.SquaresUs += (Int128)self * self;
            if (tree.Failed(span) && IsOrigin(tree, span))
                cell.Errors++;
        }
    }

    /// <summary>Adds another window's traces.</summary>
    public void Add(RankWindow other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Traces += other.Traces;
        DurationUs += other.DurationUs;
        foreach (var (key, from) in other._cells)
        {
            if (!_cells.TryGetValue(key, out var to))
                _cells.Add(key, to = new Cell());
            to.Count += from.Count;
            to.Errors += from.Errors;
            to.SumUs += from.SumUs;
            to.SquaresUs += from.SquaresUs;
        }
    }

    private (int Service, int Operation) Charged(TraceTree tree, int span)
    {
        var own = tree.Trace.ServiceId(span);
        var operation = tree.Trace.Row(span).Operation;
        if (tree.Kind(span) is not (SpanKind.Client or SpanKind.Producer) && _facts.Facts[span].Call == CallKind.None)
            return (own, operation);
        foreach (var child in tree.Children(span))
        {
            if (tree.Trace.ServiceId(child) != own)
                return (tree.Trace.ServiceId(child), tree.Trace.Row(child).Operation);
        }

        var peer = _facts.Facts[span].Peer;
        return peer != 0 ? (peer, operation) : (own, operation);
    }

    // An error passed on by a callee is the callee's.
    private static bool IsOrigin(TraceTree tree, int span)
    {
        foreach (var child in tree.Children(span))
        {
            if (tree.Failed(child))
                return false;
        }

        return true;
    }

    private Cell CellOf(int service, int operation)
    {
        if (_byId.TryGetValue((service, operation), out var cell))
            return cell;
        var key = (_names!.Text(service), _names.Text(operation));
        if (!_cells.TryGetValue(key, out cell))
            _cells.Add(key, cell = new Cell());
        _byId.Add((service, operation), cell);
        return cell;
    }
}

/// <summary>Ranks who changed most between a normal window and a fault.</summary>
public static class RootCauseRanking
{
    // Differences below three standard errors are chance; with tens of operations that still leaves one wrong in a few hundred.
    private const double StandardErrorsMin = 3;

    /// <summary>The likeliest causes, best first.</summary>
    /// <param name="normal">Traces from before.</param>
    /// <param name="abnormal">Traces of the fault.</param>
    /// <param name="top">Suspects to return.</param>
    public static IReadOnlyList<Suspect> Rank(RankWindow normal, RankWindow abnormal, int top = 10)
    {
        ArgumentNullException.ThrowIfNull(normal);
        ArgumentNullException.ThrowIfNull(abnormal);
        if (normal.Traces == 0 || abnormal.Traces == 0)
            return [];
        var changes = abnormal.Cells.Select(cell => Compare(cell.Key, normal.Cells.GetValueOrDefault(cell.Key), cell.Value, normal, abnormal)).ToList();
        var addedUs = changes.Sum(change => change.AddedUs);
        var addedErrors = changes.Sum(change => change.Errors);
        // Both signals count as far as they are there: a tenth more time, or errors in 2 % of the traces, is a full signal.
        var latencyWeight = Math.Min(1, addedUs / Math.Max(1, 0.1 * normal.DurationUs / normal.Traces));
        var errorWeight = Math.Min(1, addedErrors / 0.02);
        var weight = latencyWeight + errorWeight;
        if (weight <= 0)
            return [];
        return [.. changes.Select(change => new Suspect(change.Key.Service, change.Key.Operation,
                Math.Round((latencyWeight * Part(change.AddedUs, addedUs) + errorWeight * Part(change.Errors, addedErrors)) / weight, 4),
                (long)change.AddedUs, Math.Round(change.Errors, 4), change.Reasons))
            .Where(suspect => suspect.Score > 0)
            .OrderByDescending(suspect => suspect.Score).ThenByDescending(suspect => suspect.AddedUs)
            .ThenBy(suspect => suspect.Service, StringComparer.Ordinal).ThenBy(suspect => suspect.Operation, StringComparer.Ordinal).Take(top)];
    }

    private sealed record Change((string Service, string Operation) Key, double AddedUs, double Errors, List<string> Reasons);

    private static Change Compare((string Service, string Operation) key, RankWindow.Cell? before, RankWindow.Cell after, RankWindow normal, RankWindow abnormal)
    {
        var reasons = new List<string>();
        var (meanBefore, varianceBefore) = Moments(before);
        var (meanAfter, varianceAfter) = Moments(after);
        var callsBefore = (double)(before?.Count ?? 0) / normal.Traces;
        var callsAfter = (double)after.Count / abnormal.Traces;
        double added = 0;
        var error = Math.Sqrt(varianceBefore / Math.Max(1, before?.Count ?? 1) + varianceAfter / after.Count);
        // Clocks tick in microseconds: a difference below one is none.
        if (meanAfter - meanBefore > Math.Max(1, StandardErrorsMin * error))
        {
            added += (meanAfter - meanBefore) * callsAfter;
            reasons.Add(before is null
                ? string.Create(CultureInfo.InvariantCulture, $"not seen before, {meanAfter / 1_000:0.##} ms of its own a call")
                : string.Create(CultureInfo.InvariantCulture, $"own time {meanBefore / 1_000:0.##} → {meanAfter / 1_000:0.##} ms a call"));
        }

        if (before is not null && callsAfter > callsBefore * 1.2 && callsAfter - callsBefore > StandardErrorsMin * Math.Sqrt(callsAfter / abnormal.Traces))
        {
            added += (callsAfter - callsBefore) * meanBefore;
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{callsBefore:0.##} → {callsAfter:0.##} calls a trace"));
        }

        var failedBefore = before is null || before.Count == 0 ? 0 : (double)before.Errors / before.Count;
        var failedAfter = (double)after.Errors / after.Count;
        var failedError = Math.Sqrt((failedBefore * (1 - failedBefore) / Math.Max(1, before?.Count ?? 1)) + (failedAfter * (1 - failedAfter) / after.Count));
        double errors = 0;
        if (after.Errors > 0 && failedAfter - failedBefore > StandardErrorsMin * failedError * (failedAfter >= 1 ? 0 : 1) && failedAfter > failedBefore)
        {
            errors = (failedAfter - failedBefore) * callsAfter;
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"own errors {failedBefore * 100:0.##} → {failedAfter * 100:0.##} % of calls"));
        }

        return new Change(key, added, errors, reasons);
    }

    private static (double Mean, double Variance) Moments(RankWindow.Cell? cell)
    {
        if (cell is null || cell.Count == 0)
            return (0, 0);
        var mean = (double)cell.SumUs / cell.Count;
        return (mean, Math.Max(0, (double)cell.SquaresUs / cell.Count - mean * mean));
    }

    private static double Part(double value, double sum) => sum <= 0 ? 0 : value / sum;
}
