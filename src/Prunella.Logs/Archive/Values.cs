namespace Prunella.Logs.Archive;

/// <summary>Values of a column being written: pieces of the raw block.</summary>
internal sealed class Values(byte[] raw, ArraySegment<Piece> pieces, int[]? shapes = null)
{
    internal int Count => pieces.Count;

    internal byte[] Raw => raw;

    /// <summary>Shape of the line of each value; null where no prediction by it is wanted.</summary>
    internal ReadOnlySpan<int> Shapes => shapes is null ? default : shapes.AsSpan(pieces.Offset, pieces.Count);

    /// <summary>Where each value stands.</summary>
    internal ReadOnlySpan<Piece> Pieces => pieces;

    internal ReadOnlySpan<byte> this[int n] => pieces[n].Of(raw);

    internal bool AllEqual()
    {
        var first = this[0];
        foreach (var piece in Pieces)
        {
            if (!piece.Of(raw).SequenceEqual(first))
            {
                return false;
            }
        }

        return true;
    }
}
