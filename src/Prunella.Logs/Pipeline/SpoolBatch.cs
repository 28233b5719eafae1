namespace Prunella.Logs.Pipeline;

/// <summary>A batch as it was accepted.</summary>
/// <param name="Source">Where it came from; empty when nobody said.</param>
/// <param name="Lines">Lines, each ended by a line feed.</param>
internal readonly record struct SpoolBatch(string Source, ReadOnlyMemory<byte> Lines);
