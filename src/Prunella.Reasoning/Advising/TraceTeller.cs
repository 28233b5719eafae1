using System.Globalization;
using System.Text;
using Prunella.Reasoning.Answers;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Telling;
using Prunella.Traces.Advice;
using Prunella.Traces.Dependencies;

namespace Prunella.Reasoning.Advising;

/// <summary>
/// Ranks and words what traces show: by a model where one answers, by the computed gain otherwise. Figures are those of the traces: a
/// model may use no other, and every finding stays in the list. Thread-safe.
/// </summary>
public sealed class TraceTeller(IReasoner reasoner)
{
    /// <summary>Most pieces of advice, or issues, that are told.</summary>
    public const int Most = 20;

    /// <summary>Ranks advice.</summary>
    /// <param name="advice">In the order of the gain that it promises; what is beyond <see cref="Most"/> is left out.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<Told<TraceStory>> RankAsync(IReadOnlyList<TraceAdvice> advice, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(advice);
        List<TraceAdvice> told = [.. advice.Take(Most)];
        var builtIn = BuiltInTraceWords.Of(told);
        if (told.Count == 0) return new Told<TraceStory>(builtIn, Told<TraceStory>.BuiltIn, "there is nothing to advise");
        var facts = Facts(told);
        return Told<TraceStory>.Of(await reasoner.AskAsync(new ModelQuestion<TraceStory>
        {
            Task = ReasoningTasks.AdviseTraces,
            Data = [new DataBlock("advice", facts)],
            Read = json => EachOnce(AnswerForm.Read<TraceStory>(json, facts, story => [story.Summary, .. story.Ranking.SelectMany(entry => (string[])[entry.Why, entry.FirstStep])]), story => story.Ranking.Select(entry => entry.Number), told.Count),
        }, cancellation).ConfigureAwait(false), builtIn);
    }

    /// <summary>Remarks on a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="issues">Its issues; what is beyond <see cref="Most"/> is left out.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<Told<MapStory>> RemarkAsync(ServiceMap map, IReadOnlyList<MapIssue> issues, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(issues);
        List<MapIssue> told = [.. issues.Take(Most)];
        var builtIn = BuiltInTraceWords.Of(map, told);
        if (told.Count == 0) return new Told<MapStory>(builtIn, Told<MapStory>.BuiltIn, "the map has no issues");
        var facts = Facts(map, told);
        return Told<MapStory>.Of(await reasoner.AskAsync(new ModelQuestion<MapStory>
        {
            Task = ReasoningTasks.RemarkOnMap,
            Data = [new DataBlock("map", facts)],
            Read = json => EachOnce(AnswerForm.Read<MapStory>(json, facts, story => [story.Summary, .. story.Remarks.SelectMany(remark => (string[])[remark.Remark, remark.Suggestion])]), story => story.Remarks.Select(remark => remark.Number), told.Count),
        }, cancellation).ConfigureAwait(false), builtIn);
    }

    private static Read<T> EachOnce<T>(Read<T> read, Func<T, IEnumerable<int>> numbers, int count) where T : class =>
        read.Value is not { } value || numbers(value).Order().SequenceEqual(Enumerable.Range(1, count)) ? read : new Read<T>(null, $"every number from 1 to {count} has to be there once");

    private static string Facts(List<TraceAdvice> advice)
    {
        var text = new StringBuilder();
        for (var index = 0; index < advice.Count; index++)
        {
            var entry = advice[index];
            text.Append(CultureInfo.InvariantCulture, $"{index + 1}. {entry.Title}\n  {entry.Problem}\n  change: {entry.Change}\n  {BuiltInTraceWords.Gain(entry)}; effort {entry.Effort.ToString().ToLowerInvariant()}, confidence {entry.Confidence:0.00}\n");
        }
        return text.ToString();
    }

    private static string Facts(ServiceMap map, List<MapIssue> issues)
    {
        const int EdgesMax = 100;
        var text = new StringBuilder();
        for (var index = 0; index < issues.Count; index++) text.Append(CultureInfo.InvariantCulture, $"issue {index + 1}. {issues[index].Kind}: {issues[index].Text}\n");
        text.Append(CultureInfo.InvariantCulture, $"nodes: {map.Nodes.Count}, edges: {map.Edges.Count}\n");
        foreach (var edge in map.Edges.Take(EdgesMax))
            text.Append(CultureInfo.InvariantCulture, $"{edge.From} -> {edge.To}: {edge.Calls} calls, {edge.Errors} failed, P95 {edge.Latency.PercentileUs(0.95) / 1_000.0:0.#} ms\n");
        return text.ToString();
    }
}
