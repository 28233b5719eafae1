namespace Prunella.Logs.Archive;

/// <summary>A part of an archive that cannot be read.</summary>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">Bytes.</param>
/// <param name="What">What is wrong, for people.</param>
public sealed record ArchiveDamage(long Offset, long Length, string What);
