using System.Buffers.Text;

namespace Prunella.Logs.Archive;

/// <summary>A column of values as the directory describes it; decoded when asked for.</summary>
internal sealed class ValueColumn
{
    private const int DepthMax = 8;
    private readonly byte[] constant = [];
    private readonly int width;
    private readonly IntegerSequence? numbers;
    private readonly ValueColumn? head;
    private readonly StreamRef[] streams = [];
    private readonly int[] table = [];
    private readonly byte predictor;
    private ColumnValues? decoded;

    /// <exception cref="InvalidDataException">The description cannot be.</exception>
    internal ValueColumn(DirectoryReader directory, int count, bool ofPool = false, int depth = 0)
    {
        Count = count;
        Coding = (Coding)directory.Byte();
        if (depth > DepthMax || (ofPool && Coding is Coding.Table or Coding.Pool))
        {
            throw ByteSource.Damaged();
        }

        switch (Coding)
        {
            case Coding.Empty when count == 0:
                break;
            case Coding.Constant:
                constant = directory.Sized();
                break;
            case Coding.Integer:
                width = directory.Byte();
                numbers = new IntegerSequence(directory, count);
                break;
            case Coding.Time:
                Pattern = TimePattern.Read(directory);
                TickOffset = directory.Signed();
                numbers = new IntegerSequence(directory, count);
                break;
            case Coding.Table:
                Pool = directory.Byte();
                predictor = directory.Byte();
                table = new int[directory.Count(count)];
                var number = 0;
                for (var n = 0; n < table.Length; n++)
                {
                    number = checked(number + (int)directory.Signed());
                    table[n] = number;
                }

                streams = table.Length + (predictor > 0 ? 1 : 0) > 256 ? [directory.Stream(count), directory.Stream(count)] : [directory.Stream(count)];
                break;
            case Coding.Pool:
                Pool = directory.Byte();
                numbers = new IntegerSequence(directory, count);
                break;
            case Coding.Split:
                constant = directory.Sized();
                width = directory.Byte();
                head = new ValueColumn(directory, count, ofPool, depth + 1);
                numbers = new IntegerSequence(directory, count);
                break;
            case Coding.Hex:
                Hex = HexForm.Read(directory);
                streams = [directory.Stream(Hex.PackedBytes * count)];
                break;
            case Coding.Text:
                streams = [directory.Stream(-1)];
                break;
            default:
                throw ByteSource.Damaged();
        }
    }

    internal Coding Coding { get; }

    internal int Count { get; }

    internal int Pool { get; } = -1;

    internal TimePattern? Pattern { get; }

    /// <summary>Ticks of a line's time less those of its value here.</summary>
    internal long TickOffset { get; }

    private HexForm? Hex { get; }

    /// <summary>The value of a constant column.</summary>
    internal ReadOnlySpan<byte> Constant => constant;

    /// <summary>Times of a time column, in the pattern's units.</summary>
    internal long[] Units(BlockSections sections) => numbers!.Decode(sections);

    /// <summary>Pool numbers of a <see cref="Coding.Table"/> or <see cref="Coding.Pool"/> column, row by row.</summary>
    /// <param name="block">The block.</param>
    /// <param name="number">The column's number in it; -1 for a column that is part of another.</param>
    internal int[] PoolNumbers(BlockData block, int number)
    {
        var result = new int[Count];
        if (Coding == Coding.Pool)
        {
            var decoded = numbers!.Decode(block.Sections);
            for (var n = 0; n < result.Length; n++)
            {
                result[n] = checked((int)decoded[n]);
            }

            return result;
        }

        TableCoding.Decode(block.Sections, streams, predictor, table, predictor == TableCoding.Shape && number >= 0 ? block.ShapesOfRows(number) : [], block.Shapes.Count, result);
        return result;
    }

    /// <summary>All values, row by row. Decoded once.</summary>
    internal ColumnValues Decode(BlockData block, int number) => decoded ??= Build(block, number);

    /// <summary>All values, those that are made from others only when they are asked for.</summary>
    internal ColumnRows Rows(BlockData block, int number) => decoded is not null ? new ColumnRows(decoded) : Coding switch
    {
        Coding.Time => new ColumnRows(Pattern!, numbers!.Decode(block.Sections)),
        Coding.Table or Coding.Pool => new ColumnRows(block.Pool(Pool), PoolNumbers(block, number)),
        _ => new ColumnRows(Decode(block, number)),
    };

    private ColumnValues Build(BlockData block, int number)
    {
        switch (Coding)
        {
            case Coding.Empty:
                return new ColumnValues([], []);
            case Coding.Constant:
                return ColumnValues.Repeat(constant, Count);
            case Coding.Integer:
                return Integers(numbers!.Decode(block.Sections), null, width, []);
            case Coding.Split:
                return Integers(numbers!.Decode(block.Sections), head!.Decode(block, -1), width, constant);
            case Coding.Time:
                return Pattern!.Render(numbers!.Decode(block.Sections));
            case Coding.Table or Coding.Pool:
                return Gather(block.Pool(Pool), PoolNumbers(block, number));
            case Coding.Hex:
                return Hex!.Unpack(block.Sections.Get(streams[0], Hex.PackedBytes * Count), Count);
            default:
                return Lines(block.Sections.Get(streams[0], -1));
        }
    }

    private static ColumnValues Gather(ColumnValues pool, int[] numbers)
    {
        var ends = numbers;
        long total = 0;
        foreach (var number in numbers)
        {
            total += (uint)number < (uint)pool.Count ? pool[number].Length : throw ByteSource.Damaged();
        }

        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)total));
        var at = 0;
        for (var n = 0; n < numbers.Length; n++)
        {
            var value = pool[numbers[n]];
            value.CopyTo(bytes.AsSpan(at));
            at += value.Length;
            ends[n] = at;
        }

        return new ColumnValues(bytes, ends);
    }

    private static ColumnValues Integers(long[] numbers, ColumnValues? heads, int width, ReadOnlySpan<byte> tail)
    {
        var room = Math.Max(20, width) + tail.Length;
        var bytes = GC.AllocateUninitializedArray<byte>(checked((room * numbers.Length) + (heads?.Bytes.Length ?? 0)));
        var ends = new int[numbers.Length];
        var at = 0;
        for (var n = 0; n < numbers.Length; n++)
        {
            if (heads is not null)
            {
                var head = heads[n];
                head.CopyTo(bytes.AsSpan(at));
                at += head.Length;
            }

            if (width == 0)
            {
                Utf8Formatter.TryFormat(numbers[n], bytes.AsSpan(at), out var written);
                at += written;
            }
            else
            {
                var number = (ulong)numbers[n];
                for (var d = at + width - 1; d >= at; d--)
                {
                    bytes[d] = (byte)('0' + (number % 10));
                    number /= 10;
                }

                at += width;
            }

            tail.CopyTo(bytes.AsSpan(at));
            at += tail.Length;
            ends[n] = at;
        }

        return new ColumnValues(bytes, ends);
    }

    private ColumnValues Lines(ReadOnlySpan<byte> text)
    {
        var ends = new int[Count];
        var bytes = GC.AllocateUninitializedArray<byte>(text.Length);
        var at = 0;
        for (var n = 0; n < Count; n++)
        {
            var length = text.IndexOf((byte)'\n');
            if (length < 0)
            {
                throw ByteSource.Damaged();
            }

            text[..length].CopyTo(bytes.AsSpan(at));
            at += length;
            ends[n] = at;
            text = text[(length + 1)..];
        }

        return new ColumnValues(bytes, ends);
    }
}
