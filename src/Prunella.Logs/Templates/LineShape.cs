using System.IO.Hashing;

namespace Prunella.Logs.Templates;

/// <summary>
/// Everything of a line that is not in its slots, byte for byte. A line is rebuilt from its shape and the bytes of its slots, so the
/// pair is a lossless coding; many shapes (different spacing, different header) can belong to one <see cref="Template"/>.
/// </summary>
public sealed class LineShape
{
    internal LineShape(byte[] literals, int[] literalEnds, Template template)
    {
        Literals = literals;
        LiteralEnds = literalEnds;
        Template = template;
        Id = Identify(literals, literalEnds);
    }

    /// <summary>Hash of the literals and of where the slots are: the same for the same shape in every process.</summary>
    public ulong Id { get; }

    /// <summary>The literal runs one after another.</summary>
    public ReadOnlyMemory<byte> Literals { get; }

    /// <summary>End of each run in <see cref="Literals"/>: run n stands before slot n, and the last one after all slots.</summary>
    public IReadOnlyList<int> LiteralEnds { get; }

    /// <summary>Number of slots.</summary>
    public int Slots => LiteralEnds.Count - 1;

    /// <summary>The message form that lines of this shape have.</summary>
    public Template Template { get; }

    internal Redaction.RedactionPlan? Redaction { get; set; }

    /// <summary>Numbers that are watched; null until the shape was looked at, or when it has none.</summary>
    internal Classification.ShapeValues? Values { get; set; }

    internal bool HasNoNumbers { get; set; }

    /// <summary>Who put the shape into an archive's block last, in which block, and under which number.</summary>
    internal object? ArchivedBy { get; set; }

    internal long ArchivedIn { get; set; }

    internal int ArchivedAs { get; set; }

    /// <summary>Writes a line from the values of its slots.</summary>
    /// <param name="values">The bytes of all slots, one after another.</param>
    /// <param name="valueEnds">End of each slot's bytes in <paramref name="values"/>.</param>
    /// <param name="output">Where the line goes; at least as long as literals and values together.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The number of values is not the number of slots, or the output is too short.</exception>
    public int Render(ReadOnlySpan<byte> values, ReadOnlySpan<int> valueEnds, Span<byte> output)
    {
        if (valueEnds.Length != Slots)
        {
            throw new ArgumentException($"The shape has {Slots} slots, {valueEnds.Length} values were given.", nameof(valueEnds));
        }

        var literals = Literals.Span;
        int written = 0, literal = 0, value = 0;
        for (var n = 0; n < LiteralEnds.Count; n++)
        {
            written += Copy(literals[literal..LiteralEnds[n]], output[written..]);
            literal = LiteralEnds[n];
            if (n < valueEnds.Length)
            {
                written += Copy(values[value..valueEnds[n]], output[written..]);
                value = valueEnds[n];
            }
        }

        return written;
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }

    private static ulong Identify(byte[] literals, int[] ends)
    {
        var hash = new XxHash64();
        hash.Append(literals);
        hash.Append(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(ends));
        return hash.GetCurrentHashAsUInt64();
    }

    /// <summary>The shape of a line whose slots are given, in order and without overlap.</summary>
    internal static LineShape Of(ReadOnlySpan<byte> line, ReadOnlySpan<Token> slots, Template template)
    {
        var ends = new int[slots.Length + 1];
        var literals = new byte[line.Length];
        int at = 0, written = 0;
        for (var n = 0; n < slots.Length; n++)
        {
            written += Copy(line[at..slots[n].Start], literals.AsSpan(written));
            ends[n] = written;
            at = slots[n].End;
        }

        written += Copy(line[at..], literals.AsSpan(written));
        ends[^1] = written;
        return new LineShape(literals[..written], ends, template);
    }
}
