using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Redaction;

// Five regexes a line run at 0.27 M lines/s. Here a shape is searched once; of its lines only the slots that can hold something are.

/// <summary>
/// Replaces sensitive values by keyed pseudonyms. What a line's constant part can hold is worked out once a shape, so most lines cost a
/// look at a few slots. Not thread-safe.
/// </summary>
public sealed class LineRedactor
{
    private readonly SensitiveKinds kinds;
    private readonly Pseudonyms pseudonyms;
    private SensitiveValue[] found = new SensitiveValue[SensitiveScanner.ValuesMax];
    private byte[] output = new byte[4096];

    /// <summary>Makes a redactor.</summary>
    /// <exception cref="ArgumentException">The key is too short.</exception>
    public LineRedactor(RedactionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        kinds = options.Kinds;
        pseudonyms = new Pseudonyms(options);
    }

    /// <summary>Values replaced so far.</summary>
    public long ValuesReplaced { get; private set; }

    /// <summary>Lines in which a value was replaced.</summary>
    public long LinesChanged { get; private set; }

    /// <summary>The line with its sensitive values replaced; the line's own bytes when it has none. Holds until the next call.</summary>
    public ReadOnlySpan<byte> Redact(in ParsedLine line)
    {
        var shape = line.Shape;
        var plan = shape.Redaction;
        if (plan is null || plan.Kinds != kinds)
        {
            shape.Redaction = plan = RedactionPlan.Of(line, kinds, found);
        }

        var count = 0;
        if (plan.WholeLine)
        {
            count = Find(line.Raw, 0, line.Raw.Length, 0);
        }
        else
        {
            foreach (var (first, last) in plan.Windows)
            {
                var from = line.Slots[first].Start;
                var to = line.Slots[last].End;
                if (to - from >= RedactionPlan.ShortestValue && (first == last ? CanBe(line.Slots[first].Kind, line.Raw[from..to]) : to - from >= RedactionPlan.ShortestGroup))
                {
                    // A sign or bracket before the first figure belongs to a phone number.
                    from -= from > 0 && line.Raw[from - 1] is (byte)'+' or (byte)'(' ? 1 : 0;
                    count = Find(line.Raw, from, to, count);
                }
            }
        }

        return count == 0 ? line.Raw : Write(line.Raw, found.AsSpan(0, count));
    }

    /// <summary>The text with its sensitive values replaced, for text that is no parsed line.</summary>
    public ReadOnlySpan<byte> Redact(ReadOnlySpan<byte> text)
    {
        var count = Find(text, 0, text.Length, 0);
        return count == 0 ? text : Write(text, found.AsSpan(0, count));
    }

    /// <summary>The text with its sensitive values replaced, and with what in it goes on with a private key that came before.</summary>
    /// <param name="text">An event of a source, in order.</param>
    /// <param name="key">What is known of that source's key.</param>
    /// <param name="changed">True when part of a key was replaced; else the text is as it was, and is still to be looked at.</param>
    public ReadOnlySpan<byte> RedactKey(ReadOnlySpan<byte> text, PrivateKeyLines key, out bool changed)
    {
        ArgumentNullException.ThrowIfNull(key);
        changed = false;
        if ((kinds & SensitiveKinds.PrivateKey) == 0)
        {
            return text;
        }

        var (start, length) = key.Take(text);
        if (length == 0)
        {
            return text;
        }

        changed = true;
        found[0] = new SensitiveValue(start, length, SensitiveKinds.PrivateKey);
        var count = Find(text, start + length, text.Length, 1);
        return Write(text, found.AsSpan(0, count));
    }

    /// <summary>The text with its sensitive values replaced.</summary>
    public string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return System.Text.Encoding.UTF8.GetString(Redact(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    // Room for the values of any usual line; one that has more gets more, for none may be left as it is.
    private int Find(ReadOnlySpan<byte> text, int from, int to, int known)
    {
        var count = SensitiveScanner.Find(text, from, to, kinds, found, known);
        while (count == found.Length)
        {
            Array.Resize(ref found, found.Length * 2);
            count = SensitiveScanner.Find(text, from, to, kinds, found, known);
        }

        return count;
    }

    // What a slot of each kind can hold alone: a number a card or a phone, a word a key or an address with an at sign.
    private bool CanBe(SlotKind kind, ReadOnlySpan<byte> value) => kind switch
    {
        SlotKind.Number => value.Length >= 10,
        SlotKind.Time => value.Length >= 14,
        SlotKind.Address or SlotKind.Text or SlotKind.Url => true,
        SlotKind.Uuid => (kinds & SensitiveKinds.Uuid) != 0,
        SlotKind.Hex => value.Length >= 15 && AccountNumbers.MayBeIban(value),
        SlotKind.Path => value.Contains((byte)'@'),
        _ => value.Contains((byte)'@') || (value.Length >= 15 && (AccountNumbers.MayBeIban(value) || KnownKeys.HasPrefix(value))),
    };

    private ReadOnlySpan<byte> Write(ReadOnlySpan<byte> text, ReadOnlySpan<SensitiveValue> values)
    {
        int at = 0, written = 0;
        foreach (ref readonly var value in values)
        {
            if (value.Start < at)
            {
                continue;
            }

            var token = pseudonyms.Token(value.Kind, text.Slice(value.Start, value.Length));
            Append(text[at..value.Start], ref written);
            Append(token, ref written);
            at = value.End;
            ValuesReplaced++;
        }

        Append(text[at..], ref written);
        LinesChanged++;
        return output.AsSpan(0, written);
    }

    private void Append(ReadOnlySpan<byte> bytes, ref int written)
    {
        if (written + bytes.Length > output.Length)
        {
            Array.Resize(ref output, Math.Max(output.Length * 2, written + bytes.Length));
        }

        bytes.CopyTo(output.AsSpan(written));
        written += bytes.Length;
    }
}
