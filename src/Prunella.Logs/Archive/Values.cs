using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Prunella.Logs.Archive;

/// <summary>Values of a column being written: pieces of the raw block.</summary>
internal sealed class Values(byte[] raw, ArraySegment<Piece> pieces, int[]? shapes = null)
{
    // A column's values lie hundreds of bytes apart, which no processor foresees.
    private const int FetchedAhead = 12;

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

    /// <summary>Has the processor fetch the bytes of a value that will soon be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Fetch(byte[] raw, ReadOnlySpan<Piece> pieces, int n)
    {
        if (Sse.IsSupported && n + FetchedAhead < pieces.Length)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(raw), pieces[n + FetchedAhead].Start)));
        }
    }
}
