namespace Prunella.Logs.Templates;

/// <summary>
/// One message form exactly as seen: its literal words and gaps, with values left open. Many lines share a skeleton; a
/// <see cref="Template"/> gathers the skeletons that differ only in words which vary.
/// </summary>
internal sealed class Skeleton
{
    internal required ulong Key { get; init; }

    internal required ulong Layout { get; init; }

    /// <summary>Skeletons of one layout with the same gaps and number of tokens; only these can be merged word by word.</summary>
    internal required ulong Bucket { get; init; }

    /// <summary>The message of the first line that had this form.</summary>
    internal required byte[] Message { get; init; }

    /// <summary>Tokens of <see cref="Message"/>, offsets from its start.</summary>
    internal required Token[] Tokens { get; init; }

    /// <summary>Hash of the word at each token, 0 for a value.</summary>
    internal required ulong[] Words { get; init; }

    /// <summary>What the values of each variable token have in common; null for words.</summary>
    internal required SlotSample?[] Samples { get; init; }

    internal long Lines { get; set; }

    internal Template Template { get; set; } = Template.None;

    /// <summary>Hash of the constant word at each token of the template, 0 where the template varies.</summary>
    internal ulong[] TemplateWords { get; set; } = [];

    /// <summary>Ticks of the earliest and the latest line that had a time; 0 when none had.</summary>
    internal long FirstTicks { get; private set; }

    internal long LastTicks { get; private set; }

    /// <summary>The miner's clock when a line had this form last.</summary>
    internal long LastUsed { get; set; }

    /// <summary>True when the next line's values are to be looked at: all of the first ones, then fewer.</summary>
    internal bool SamplesNext => Lines < 64 || (Lines & 0x7F) == 0;

    internal void Count(long ticks)
    {
        Lines++;
        if (ticks != 0)
        {
            FirstTicks = FirstTicks == 0 ? ticks : Math.Min(FirstTicks, ticks);
            LastTicks = Math.Max(LastTicks, ticks);
        }
    }

    /// <summary>Looks at the values of a line for what they share with those before.</summary>
    internal void Sample(ReadOnlySpan<byte> line, ReadOnlySpan<Token> tokens)
    {
        for (var t = 0; t < tokens.Length; t++)
        {
            Samples[t]?.Add(line.Slice(tokens[t].Start, tokens[t].Length));
        }
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Key);
        writer.Write(Layout);
        writer.Write(Bucket);
        writer.Write(Lines);
        writer.Write(FirstTicks);
        writer.Write(LastTicks);
        writer.Write(LastUsed);
        writer.Write(Message.Length);
        writer.Write(Message);
        writer.Write(Tokens.Length);
        for (var t = 0; t < Tokens.Length; t++)
        {
            writer.Write(Tokens[t].Start);
            writer.Write(Tokens[t].Length);
            writer.Write((byte)Tokens[t].Kind);
            writer.Write(Words[t]);
            writer.Write(Samples[t] is not null);
            Samples[t]?.Write(writer);
        }
    }

    /// <exception cref="InvalidDataException">Offsets lie outside the message.</exception>
    internal static Skeleton Read(BinaryReader reader)
    {
        ulong key = reader.ReadUInt64(), layout = reader.ReadUInt64(), bucket = reader.ReadUInt64();
        long lines = reader.ReadInt64(), first = reader.ReadInt64(), last = reader.ReadInt64(), used = reader.ReadInt64();
        var message = reader.ReadBytes(reader.ReadInt32());
        var count = reader.ReadInt32();
        if (count is < 0 or > MessageTokenizer.TokensMax + 1)
        {
            throw new InvalidDataException("The snapshot's templates cannot be.");
        }

        var tokens = new Token[count];
        var words = new ulong[count];
        var samples = new SlotSample?[count];
        for (var t = 0; t < count; t++)
        {
            tokens[t] = new Token(reader.ReadInt32(), reader.ReadInt32(), (SlotKind)reader.ReadByte());
            words[t] = reader.ReadUInt64();
            samples[t] = reader.ReadBoolean() ? SlotSample.Read(reader) : null;
            if (tokens[t].Start < 0 || tokens[t].Length < 0 || tokens[t].End > message.Length)
            {
                throw new InvalidDataException("The snapshot's templates cannot be.");
            }
        }

        return new Skeleton
        {
            Key = key, Layout = layout, Bucket = bucket, Message = message, Tokens = tokens, Words = words, Samples = samples,
            Lines = lines, FirstTicks = first, LastTicks = last, LastUsed = used,
        };
    }

    internal ReadOnlySpan<byte> Word(int token) => Message.AsSpan(Tokens[token].Start, Tokens[token].Length);
}
