using System.Buffers;

namespace Prunella.Logs.Archive;

/// <summary>A column as indices of a table of its distinct values, perhaps as "the same as before".</summary>
internal static class TableCoding
{
    /// <summary>Indices as they are.</summary>
    internal const byte Direct = 0;

    /// <summary>0 where the value is the one before, else the index and one.</summary>
    internal const byte Previous = 1;

    /// <summary>0 where the value is that of the last line of the same shape, else the index and one.</summary>
    internal const byte Shape = 2;

    /// <summary>Codes of a column's indices under a predictor.</summary>
    internal static void Predict(ReadOnlySpan<int> indices, ReadOnlySpan<int> shapes, byte predictor, int[] lastOfShape, Span<ulong> codes)
    {
        switch (predictor)
        {
            case Direct:
                for (var n = 0; n < indices.Length; n++)
                {
                    codes[n] = (ulong)indices[n];
                }

                return;
            case Previous:
                var last = -1;
                for (var n = 0; n < indices.Length; n++)
                {
                    codes[n] = indices[n] == last ? 0 : (ulong)indices[n] + 1;
                    last = indices[n];
                }

                return;
            default:
                lastOfShape.AsSpan().Fill(-1);
                for (var n = 0; n < indices.Length; n++)
                {
                    ref var before = ref lastOfShape[shapes[n]];
                    codes[n] = indices[n] == before ? 0 : (ulong)indices[n] + 1;
                    before = indices[n];
                }

                return;
        }
    }

    /// <summary>Writes codes as one stream, or two where 256 do not suffice.</summary>
    internal static void Write(BlockStreams streams, ReadOnlySpan<ulong> codes, int symbols)
    {
        var rented = ArrayPool<byte>.Shared.Rent(codes.Length);
        var plane = rented.AsSpan(0, codes.Length);
        for (var b = 0; b < (symbols > 256 ? 2 : 1); b++)
        {
            for (var n = 0; n < plane.Length; n++)
            {
                plane[n] = (byte)(codes[n] >> (8 * b));
            }

            streams.Add(b == 0 ? StreamKind.Indices : StreamKind.Planes, plane, plane.Length);
        }

        ArrayPool<byte>.Shared.Return(rented);
    }

    internal static void Decode(BlockSections sections, StreamRef[] streams, byte predictor, int[] table, ReadOnlySpan<int> shapes, int shapeCount, int[] result)
    {
        var low = sections.Get(streams[0], result.Length);
        var high = streams.Length > 1 ? sections.Get(streams[1], result.Length) : default;
        var lastOfShape = predictor == Shape ? new int[shapeCount] : [];
        lastOfShape.AsSpan().Fill(-1);
        if (predictor > Shape || (predictor == Shape && shapes.Length != result.Length))
        {
            throw ByteSource.Damaged();
        }

        var last = -1;
        for (var n = 0; n < result.Length; n++)
        {
            var code = low[n] | (high.IsEmpty ? 0 : high[n] << 8);
            ref var before = ref predictor == Shape ? ref lastOfShape[shapes[n]] : ref last;
            if (predictor != Direct)
            {
                code = code == 0 ? before : code - 1;
            }

            before = code;
            result[n] = (uint)code < (uint)table.Length ? table[code] : throw ByteSource.Damaged();
        }
    }
}
