using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

/// <summary>What was found in a header, and holds for every line that starts alike but for its figures. Filled in place, so that a full table allocates nothing.</summary>
internal sealed class KnownHeader
{
    internal const int TimeLikeMax = 4;

    /// <summary>A header of more tokens is not kept.</summary>
    internal const int TokensMax = 32;

    private readonly byte[] timeLike = new byte[TimeLikeMax];
    private int timeLikes;
    private readonly Token[] tokens = new Token[TokensMax];
    private int count;

    /// <summary>Layout, level, service, place of the timestamp and start of the message; nothing of the message itself.</summary>
    internal LineFields Fields;

    /// <summary>The first column, which is one only while enough lines have it.</summary>
    internal HeaderAnchor First;

    /// <summary>Where the timestamp stands, and its form.</summary>
    internal HeaderAnchor Time;

    /// <summary>The decisions of <see cref="LayoutLearner"/> that it belongs to.</summary>
    internal int Version { get; private set; }

    /// <summary>Tokens of the header.</summary>
    internal ReadOnlySpan<Token> Tokens => tokens.AsSpan(0, count);

    internal void Set(int version, in LineFields fields, ReadOnlySpan<Token> tokens, in HeaderAnchor first, in HeaderAnchor time, ReadOnlySpan<byte> timeLike)
    {
        (Version, Fields, First, Time) = (version, fields, first, time);
        tokens.CopyTo(this.tokens);
        count = tokens.Length;
        timeLike.CopyTo(this.timeLike);
        timeLikes = timeLike.Length;
    }

    /// <summary>Reads the timestamp of a line that has this header but for its figures.</summary>
    /// <returns>False when its figures make other columns of it: the timestamp is none or of another form, or something else is one.</returns>
    internal bool TryTime(ReadOnlySpan<byte> line, out long ticks)
    {
        var text = Time.IsBracketed ? line[Time.Start..Time.End] : line[Time.Start..];
        if (!TimestampScanner.TryScan(text, out var length, out var format, out ticks) || length != Time.End - Time.Start || format != Time.Format)
        {
            return false;
        }

        foreach (var at in timeLike.AsSpan(0, timeLikes))
        {
            if (TimestampScanner.TryScan(line[at..], out _, out _, out _))
            {
                return false;
            }
        }

        return true;
    }
}
