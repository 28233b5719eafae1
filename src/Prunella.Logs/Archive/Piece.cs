namespace Prunella.Logs.Archive;

/// <summary>Where a value stands in the bytes of a block.</summary>
internal readonly record struct Piece(int Start, int Length)
{
    internal ReadOnlySpan<byte> Of(byte[] raw) => raw.AsSpan(Start, Length);
}
