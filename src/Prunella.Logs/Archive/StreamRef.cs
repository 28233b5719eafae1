namespace Prunella.Logs.Archive;

/// <summary>Where a stream of a block is found.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Constant">The byte that it repeats, -1 when it is stored.</param>
/// <param name="Section">Section, where the block has sections.</param>
/// <param name="Offset">Offset in the section.</param>
/// <param name="Sequence">Offset among all stored streams, where the block is one.</param>
internal readonly record struct StreamRef(int Length, int Constant, int Section, int Offset, int Sequence);
