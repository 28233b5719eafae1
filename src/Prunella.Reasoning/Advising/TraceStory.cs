namespace Prunella.Reasoning.Advising;

/// <summary>Advice on traces, ranked and in words. The same form from a model and from rules.</summary>
/// <param name="Summary">One or two sentences: what costs most, what to do first.</param>
/// <param name="Ranking">Every piece of advice once, what to do first first.</param>
public sealed record TraceStory(string Summary, IReadOnlyList<RankedAdvice> Ranking);

/// <summary>A piece of advice in its place.</summary>
/// <param name="Number">Which, from 1, in the order of the computed gain.</param>
/// <param name="Why">Why it has this place.</param>
/// <param name="FirstStep">What to do on Monday.</param>
public sealed record RankedAdvice(int Number, string Why, string FirstStep);

/// <summary>Remarks on a map of dependencies. The same form from a model and from rules.</summary>
/// <param name="Summary">One or two sentences on the whole.</param>
/// <param name="Remarks">Every issue of the map once, what matters most first.</param>
public sealed record MapStory(string Summary, IReadOnlyList<MapRemark> Remarks);

/// <summary>A remark on an issue of a map.</summary>
/// <param name="Number">Which issue, from 1.</param>
/// <param name="Remark">What it means for those who run it.</param>
/// <param name="Suggestion">What to change.</param>
public sealed record MapRemark(int Number, string Remark, string Suggestion);
