namespace Prunella.Logs.Pipeline;

/// <summary>A batch as it was accepted.</summary>
/// <param name="Source">Where it came from; empty when nobody said.</param>
/// <param name="Lines">Lines, each ended by a line feed.</param>
/// <param name="End">Where it ends in its file.</param>
internal readonly record struct SpoolBatch(string Source, ReadOnlyMemory<byte> Lines, long End);

/// <summary>A file of the spool.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Length">How much of it is accepted.</param>
/// <param name="IsReady">Whether nothing more comes to it, so that it can be archived and removed.</param>
internal readonly record struct SpoolFile(string Path, long Length, bool IsReady);
