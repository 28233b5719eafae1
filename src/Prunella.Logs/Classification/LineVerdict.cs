namespace Prunella.Logs.Classification;

/// <param name="Class">What the line is.</param>
/// <param name="Keep">True when the line goes to the index: always for critical and interesting lines, by sample for routine ones.</param>
public readonly record struct LineVerdict(LineClass Class, bool Keep);
