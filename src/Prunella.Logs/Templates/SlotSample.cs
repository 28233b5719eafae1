namespace Prunella.Logs.Templates;

/// <summary>What the values seen in one slot have in common: their first value, and the length of the start they share.</summary>
internal sealed class SlotSample(byte[] first)
{
    /// <summary>Bytes of a value that are kept and compared.</summary>
    internal const int BytesMax = 128;

    private readonly byte[] first = first;

    internal int Shared { get; private set; } = first.Length;

    /// <summary>True once two values differed.</summary>
    internal bool Varies { get; private set; }

    internal ReadOnlySpan<byte> Prefix => first.AsSpan(0, Shared);

    internal ReadOnlySpan<byte> First => first;

    internal void Add(ReadOnlySpan<byte> value)
    {
        if (Shared == 0 && Varies)
        {
            return;
        }

        value = value[..Math.Min(value.Length, BytesMax)];
        var common = first.AsSpan(0, Shared).CommonPrefixLength(value);
        Varies |= common < value.Length || common < first.Length;
        Shared = common;
    }

    internal void Add(SlotSample other)
    {
        Add(other.first);
        if (other.Varies)
        {
            Varies = true;
            Shared = Math.Min(Shared, other.Shared);
        }
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(first.Length);
        writer.Write(first);
        writer.Write(Shared);
        writer.Write(Varies);
    }

    internal static SlotSample Read(BinaryReader reader)
    {
        var first = reader.ReadBytes(reader.ReadInt32());
        var shared = reader.ReadInt32();
        return shared < 0 || shared > first.Length
            ? throw new InvalidDataException("The snapshot's values cannot be.")
            : new SlotSample(first) { Shared = shared, Varies = reader.ReadBoolean() };
    }

    internal SlotSample Copy() => new(first) { Shared = Shared, Varies = Varies };
}
