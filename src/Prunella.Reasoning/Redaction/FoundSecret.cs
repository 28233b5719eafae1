namespace Prunella.Reasoning.Redaction;

/// <summary>A value to replace.</summary>
/// <param name="Start">Characters from the beginning.</param>
/// <param name="End">Where it ends, exclusive.</param>
/// <param name="Kind">What stands in its placeholder.</param>
internal readonly record struct FoundSecret(int Start, int End, string Kind);
