using Prunella.Logs.Templates;

namespace Prunella.Logs.Query;

/// <summary>Names the values of lines: by the key that stands before a value, else by what the value is.</summary>
internal static class FieldName
{
    /// <summary>True when a slot has a name.</summary>
    /// <param name="name">A key, a kind, or *.</param>
    /// <param name="before">The literal before the slot.</param>
    /// <param name="kind">What the slot holds.</param>
    internal static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> before, SlotKind kind)
    {
        if (name is [(byte)'*'])
        {
            return true;
        }

        var key = KeyAtEnd(before);
        return key.IsEmpty ? System.Text.Ascii.EqualsIgnoreCase(name, KindName(kind)) : key.SequenceEqual(name);
    }

    /// <summary>True when a literal says name and value itself; the value is then one word.</summary>
    internal static bool Says(ReadOnlySpan<byte> literal, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        foreach (var b in value)
        {
            if (!IsKeyByte(b))
            {
                return false;
            }
        }

        for (var from = 0; value.Length > 0 && from < literal.Length;)
        {
            var at = literal[from..].IndexOf(value);
            if (at < 0)
            {
                return false;
            }

            at += from;
            var end = at + value.Length;
            if ((end == literal.Length || !IsKeyByte(literal[end])) && (at == 0 || !IsKeyByte(literal[at - 1])))
            {
                var key = KeyAtEnd(literal[..at]);
                if (name is [(byte)'*'] || (!key.IsEmpty && key.SequenceEqual(name)))
                {
                    return true;
                }
            }

            from = at + 1;
        }

        return false;
    }

    /// <summary>The name of a slot for people.</summary>
    internal static string Of(ReadOnlySpan<byte> before, SlotKind kind)
    {
        var key = KeyAtEnd(before);
        return System.Text.Encoding.UTF8.GetString(key.IsEmpty ? KindName(kind) : key);
    }

    // key= key: key="  "key":"  key = [ …
    private static ReadOnlySpan<byte> KeyAtEnd(ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd("\"'([<{/ "u8);
        if (text.IsEmpty || text[^1] is not ((byte)'=' or (byte)':'))
        {
            return default;
        }

        text = text[..^1].TrimEnd("\"' "u8);
        var start = text.Length;
        while (start > 0 && IsKeyByte(text[start - 1]))
        {
            start--;
        }

        return text[start..];
    }

    /// <summary>True for bytes of keys, and of the words of literals that may be values.</summary>
    internal static bool IsKeyByte(byte b) => ByteClass.IsWord(b) || b is (byte)'-' or (byte)'.';

    private static ReadOnlySpan<byte> KindName(SlotKind kind) => kind switch
    {
        SlotKind.Number => "number"u8,
        SlotKind.Hex => "hex"u8,
        SlotKind.Address => "address"u8,
        SlotKind.Path => "path"u8,
        SlotKind.Url => "url"u8,
        SlotKind.Time => "time"u8,
        SlotKind.Uuid => "uuid"u8,
        SlotKind.Identifier => "identifier"u8,
        SlotKind.Unit => "unit"u8,
        SlotKind.Flag => "flag"u8,
        SlotKind.Header => "header"u8,
        SlotKind.Text => "text"u8,
        _ => "word"u8,
    };
}
