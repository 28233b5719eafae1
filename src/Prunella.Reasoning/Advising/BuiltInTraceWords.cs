using Prunella.Traces.Advice;
using Prunella.Traces.Dependencies;

namespace Prunella.Reasoning.Advising;

/// <summary>Ranks and words what traces show, by the computed gain and by kind. Pure.</summary>
internal static class BuiltInTraceWords
{
    internal static TraceStory Of(IReadOnlyList<TraceAdvice> advice)
    {
        if (advice.Count == 0) return new TraceStory("There is nothing to advise.", []);
        var first = advice[0];
        var quick = advice.FirstOrDefault(entry => entry is { Effort: Effort.Small, GainP50Us: > 0 });
        var summary = $"Most is gained by {Lower(first.Title)}: {Gain(first)}." + (quick is not null && quick != first ? $" The quickest gain is {Lower(quick.Title)}: {Gain(quick)}, with little effort." : "");
        return new TraceStory(summary, [.. advice.Select((entry, index) => new RankedAdvice(index + 1, $"{Sentence(Gain(entry))} {Work(entry.Effort)}", entry.Change))]);
    }

    internal static MapStory Of(ServiceMap map, IReadOnlyList<MapIssue> issues)
    {
        var services = map.Nodes.Count(node => node.Kind == NodeKind.Service);
        var failing = map.Edges.Where(edge => edge.Errors > 0).OrderByDescending(edge => (double)edge.Errors / edge.Calls).ThenByDescending(edge => edge.Errors).FirstOrDefault();
        var summary = Say($"{services} {(services == 1 ? "service" : "services")} and {map.Nodes.Count - services} other nodes with {map.Edges.Count} edges; {(issues.Count == 0 ? "nothing is wrong with the shape" : issues.Count == 1 ? "one issue" : $"{issues.Count} issues")}.")
            + (failing is null ? "" : Say($" Most often fails {failing.From} → {failing.To}: {failing.Errors} of {failing.Calls} calls."));
        // What takes most down with it comes first, then what multiplies calls, then what only makes it long.
        var order = issues.Select((issue, index) => (Issue: issue, Number: index + 1)).OrderBy(entry => Weight(entry.Issue.Kind)).ThenByDescending(entry => entry.Issue.Weight).ThenBy(entry => entry.Number);
        return new MapStory(summary, [.. order.Select(entry => new MapRemark(entry.Number, Sentence(entry.Issue.Text), Suggestion(entry.Issue)))]);
    }

    /// <summary>What a change is worth, by re-timing.</summary>
    internal static string Gain(TraceAdvice advice) => advice is { GainP50Us: { } half, GainP95Us: { } most, GainShareP50: { } share }
        ? Say($"{half / 1_000.0:0.#} ms of a trace at the median ({share * 100:0.#} %), {most / 1_000.0:0.#} ms at the 95th percentile, in {advice.Finding.Traces} {(advice.Finding.Traces == 1 ? "trace" : "traces")}")
        : Say($"a gain that cannot be told from traces; seen in {advice.Finding.Traces} {(advice.Finding.Traces == 1 ? "trace" : "traces")}");

    private static string Work(Effort effort) => effort switch { Effort.Small => "Minutes of work.", Effort.Medium => "Hours of work.", _ => "Days of work." };

    private static int Weight(MapIssueKind kind) => kind switch { MapIssueKind.SinglePointOfFailure => 0, MapIssueKind.Cycle => 1, MapIssueKind.ChattyPair => 2, MapIssueKind.ExcessiveFanOut => 3, _ => 4 };

    private static string Suggestion(MapIssue issue) => issue.Kind switch
    {
        MapIssueKind.SinglePointOfFailure => $"Run {issue.Nodes[0]} in several replicas with a disruption budget, and give its callers a time limit and an answer for when it is away.",
        MapIssueKind.Cycle => "Take one call out of the circle, or make it a message; until then give every call a time limit that is shorter than its caller's.",
        MapIssueKind.ChattyPair => $"Let {issue.Nodes[0]} ask {issue.Nodes[^1]} for all of it in one call.",
        MapIssueKind.ExcessiveFanOut => $"Ask those that {issue.Nodes[0]} calls at once rather than in turn, and do without those that are not needed for the answer.",
        _ => "Let the first of the chain ask the last directly, or keep what it needs of it.",
    };

    private static string Lower(string text) => text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;

    private static string Sentence(string text) => Telling.BuiltInStory.Sentence(text.Length > 0 ? char.ToUpperInvariant(text[0]) + text[1..] : text);

    private static string Say(FormattableString text) => FormattableString.Invariant(text);
}
