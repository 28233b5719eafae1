namespace Prunella.Logs.Archive;

/// <summary>Values of one length that are hexadecimal digits of one case, with the same separators at the same places.</summary>
internal sealed class HexForm
{
    private const int LengthMin = 8, LengthMax = 128;
    private readonly byte[] form;
    private readonly byte ten;

    // A zero in the form is a digit, anything else itself.
    private HexForm(byte[] form, bool upper)
    {
        this.form = form;
        ten = (byte)(upper ? 'A' : 'a');
        PackedBytes = (form.Count((byte)0) + 1) / 2;
    }

    /// <summary>Bytes of a value when packed.</summary>
    internal int PackedBytes { get; }

    /// <summary>The form that all values have; null when they have none in common, or hold too few digits to be worth it.</summary>
    internal static HexForm? Learn(Values values)
    {
        var first = values[0];
        if (first.Length is < LengthMin or > LengthMax)
        {
            return null;
        }

        var form = new byte[first.Length];
        bool upper = false, lower = false;
        for (var i = 0; i < first.Length; i++)
        {
            var isDigit = first[i] is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f') or (>= (byte)'A' and <= (byte)'F');
            if (!isDigit && first[i] is not ((byte)'-' or (byte)':' or (byte)'.' or (byte)'_'))
            {
                return null;
            }

            form[i] = isDigit ? (byte)0 : first[i];
        }

        for (var n = 0; n < values.Count; n++)
        {
            var value = values[n];
            if (value.Length != form.Length)
            {
                return null;
            }

            for (var i = 0; i < form.Length; i++)
            {
                var b = value[i];
                if (form[i] != 0)
                {
                    if (b != form[i])
                    {
                        return null;
                    }
                }
                else if (b is >= (byte)'a' and <= (byte)'f')
                {
                    lower = true;
                }
                else if (b is >= (byte)'A' and <= (byte)'F')
                {
                    upper = true;
                }
                else if (b is < (byte)'0' or > (byte)'9')
                {
                    return null;
                }
            }
        }

        return upper && lower ? null : new HexForm(form, upper);
    }

    internal static HexForm Read(DirectoryReader directory)
    {
        var upper = directory.Byte() != 0;
        var form = directory.Take(directory.Count(LengthMax)).ToArray();
        return new HexForm(form, upper);
    }

    internal void Write(ByteSink directory)
    {
        directory.Byte(ten == 'A' ? (byte)1 : (byte)0);
        directory.Sized(form);
    }

    internal byte[] Pack(Values values)
    {
        var packed = new byte[values.Count * PackedBytes];
        for (var n = 0; n < values.Count; n++)
        {
            var value = values[n];
            var nibble = 2 * n * PackedBytes;
            for (var i = 0; i < form.Length; i++)
            {
                if (form[i] == 0)
                {
                    var digit = value[i] <= '9' ? value[i] - '0' : (value[i] | 0x20) - 'a' + 10;
                    packed[nibble >> 1] |= (byte)(digit << ((nibble & 1) == 0 ? 4 : 0));
                    nibble++;
                }
            }
        }

        return packed;
    }

    internal ColumnValues Unpack(ReadOnlySpan<byte> packed, int count)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(checked(count * form.Length));
        var ends = new int[count];
        for (var n = 0; n < count; n++)
        {
            var to = bytes.AsSpan(n * form.Length, form.Length);
            var nibble = 2 * n * PackedBytes;
            for (var i = 0; i < to.Length; i++)
            {
                if (form[i] != 0)
                {
                    to[i] = form[i];
                    continue;
                }

                var digit = (nibble & 1) == 0 ? packed[nibble >> 1] >> 4 : packed[nibble >> 1] & 0x0F;
                to[i] = (byte)(digit < 10 ? '0' + digit : ten + digit - 10);
                nibble++;
            }

            ends[n] = (n + 1) * form.Length;
        }

        return new ColumnValues(bytes, ends);
    }
}
