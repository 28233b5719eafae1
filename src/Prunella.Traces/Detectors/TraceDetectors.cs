using Prunella.Traces.Model;

namespace Prunella.Traces.Detectors;

/// <summary>Runs every detector over one trace. Reused; not thread-safe.</summary>
internal sealed class TraceDetectors
{
    private readonly LoopDetector _loops;
    private readonly ConsecutiveDetector _consecutive;
    private readonly RetryDetector _retries;
    private readonly SingleSpanDetector _singles;
    private readonly WholeTraceDetector _whole;
    private readonly CallList _calls = new();
    private readonly FactReader _facts = new();
    private readonly List<Occurrence> _found = [];

    public TraceDetectors(DetectorOptions options)
    {
        _loops = new LoopDetector(options);
        _consecutive = new ConsecutiveDetector(options);
        _retries = new RetryDetector(options);
        _singles = new SingleSpanDetector(options);
        _whole = new WholeTraceDetector(options);
    }

    public SpanFacts[] Facts => _facts.Facts;

    /// <summary>Reads the facts only; detectors and the dependency map share them.</summary>
    public void ReadFacts(TraceTree tree) => _facts.Read(tree);

    /// <summary>Finds; the list is valid until the next call. Facts must have been read.</summary>
    public List<Occurrence> Find(TraceTree tree)
    {
        _found.Clear();
        var facts = _facts.Facts;
        _whole.Begin();
        foreach (var span in tree.Order)
        {
            _singles.Look(tree, facts, span, _found);
            _whole.Look(tree, facts, span);
            if (tree.Children(span).Length < 2)
                continue;
            _calls.Read(tree, facts, span);
            if (_calls.Count < 2)
                continue;
            _calls.Group(facts);
            var taken = _loops.Look(tree, facts, span, _calls, _found);
            _retries.Look(tree, facts, span, _calls, _found);
            if (!taken)
                _consecutive.Look(tree, facts, span, _calls, _found);
        }

        _whole.End(tree, facts, _found);
        return _found;
    }
}
