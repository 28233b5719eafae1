namespace Prunella.Logs.Archive;

/// <summary>A sequence of numbers as the directory describes it; decoded when asked for.</summary>
internal sealed class IntegerSequence
{
    private readonly int count;
    private readonly byte mode;
    private readonly long first;
    private readonly long[] table = [];
    private readonly StreamRef[] streams = [];

    /// <summary>Reads the description of <paramref name="count"/> numbers.</summary>
    /// <exception cref="InvalidDataException">It cannot be.</exception>
    internal IntegerSequence(DirectoryReader directory, int count)
    {
        this.count = count;
        mode = directory.Byte();
        switch (mode)
        {
            case IntegerCoding.Distinct:
                table = new long[directory.Count(IntegerCoding.TableMax)];
                for (var n = 0; n < table.Length; n++)
                {
                    table[n] = n == 0 ? directory.Signed() : unchecked(table[n - 1] + (long)directory.Number());
                }

                streams = [directory.Stream(count)];
                break;
            case IntegerCoding.Plain or IntegerCoding.Difference:
                first = directory.Signed();
                streams = new StreamRef[directory.Count(8)];
                for (var n = 0; n < streams.Length; n++)
                {
                    streams[n] = directory.Stream(count);
                }

                break;
            case IntegerCoding.ByteDifference:
                first = directory.Signed();
                streams = [directory.Stream(count), directory.Stream(0)];
                break;
            default:
                throw ByteSource.Damaged();
        }
    }

    internal long[] Decode(BlockSections sections)
    {
        var numbers = new long[count];
        switch (mode)
        {
            case IntegerCoding.Distinct:
                var indices = sections.Get(streams[0], count);
                for (var n = 0; n < numbers.Length; n++)
                {
                    numbers[n] = indices[n] < table.Length ? table[indices[n]] : throw ByteSource.Damaged();
                }

                break;
            case IntegerCoding.ByteDifference:
                var bytes = sections.Get(streams[0], count);
                var rest = new ByteSource(sections.Get(streams[1], -1));
                for (var n = 0; n < numbers.Length; n++)
                {
                    numbers[n] = bytes[n] == 255 ? (long)unchecked(rest.Number() + 255) : bytes[n];
                }

                break;
            default:
                for (var b = 0; b < streams.Length; b++)
                {
                    if (streams[b].Constant == 0)
                    {
                        continue;
                    }

                    var plane = sections.Get(streams[b], count);
                    for (var n = 0; n < numbers.Length; n++)
                    {
                        numbers[n] |= (long)((ulong)plane[n] << (8 * b));
                    }
                }

                break;
        }

        if (mode == IntegerCoding.Plain)
        {
            foreach (ref var number in numbers.AsSpan())
            {
                number = unchecked(number + first);
            }
        }
        else if (mode != IntegerCoding.Distinct)
        {
            var value = first;
            for (var n = 0; n < numbers.Length; n++)
            {
                value = n == 0 ? first : unchecked(value + ByteSource.Unzigzag((ulong)numbers[n]));
                numbers[n] = value;
            }
        }

        return numbers;
    }
}
