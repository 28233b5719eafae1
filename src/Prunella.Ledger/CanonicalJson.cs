using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Prunella.Ledger;

/// <summary>
/// JSON in the one form of RFC 8785: members ordered by the UTF-16 code units of their names, numbers as ECMAScript writes
/// doubles, the shortest escapes, no white space. Equal values have equal bytes, so a hash over the bytes is a hash over the value.
/// </summary>
public static class CanonicalJson
{
    private const int DepthMax = 128;

    /// <summary>The canonical form as UTF-8.</summary>
    /// <exception cref="CanonicalJsonException">
    /// The value has no canonical form: a member twice, half of a surrogate pair, a number that a double cannot carry.
    /// </exception>
    public static byte[] ToBytes(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>(256);
        Write(output, value);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The canonical form as text.</summary>
    /// <exception cref="CanonicalJsonException">See <see cref="ToBytes"/>.</exception>
    public static string ToText(JsonElement value) => Encoding.UTF8.GetString(ToBytes(value));

    /// <summary>Writes the canonical form of <paramref name="value"/> to the end of <paramref name="output"/>.</summary>
    /// <exception cref="CanonicalJsonException">See <see cref="ToBytes"/>.</exception>
    public static void Write(IBufferWriter<byte> output, JsonElement value)
    {
        ArgumentNullException.ThrowIfNull(output);
        Write(output, value, "$", 0);
    }

    private static void Write(IBufferWriter<byte> output, JsonElement value, string path, int depth)
    {
        if (depth > DepthMax) throw new CanonicalJsonException(path, $"is nested deeper than {DepthMax} levels");
        switch (value.ValueKind)
        {
            case JsonValueKind.Object: WriteObject(output, value, path, depth); break;
            case JsonValueKind.Array: WriteArray(output, value, path, depth); break;
            case JsonValueKind.String: WriteString(output, TextOf(value, path), path); break;
            case JsonValueKind.Number: Ascii(output, NumberOf(value, path)); break;
            case JsonValueKind.True: output.Write("true"u8); break;
            case JsonValueKind.False: output.Write("false"u8); break;
            case JsonValueKind.Null: output.Write("null"u8); break;
            default: throw new CanonicalJsonException(path, "holds no value");
        }
    }

    private static void WriteObject(IBufferWriter<byte> output, JsonElement value, string path, int depth)
    {
        var members = new List<(string Name, JsonElement Value)>();
        foreach (var member in value.EnumerateObject()) members.Add((NameOf(member, path), member.Value));
        members.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        output.Write("{"u8);
        for (var index = 0; index < members.Count; index++)
        {
            var (name, member) = members[index];
            if (index > 0)
            {
                if (members[index - 1].Name == name) throw new CanonicalJsonException(path, $"has the member \"{name}\" twice");
                output.Write(","u8);
            }
            WriteString(output, name, path);
            output.Write(":"u8);
            Write(output, member, $"{path}.{name}", depth + 1);
        }
        output.Write("}"u8);
    }

    private static void WriteArray(IBufferWriter<byte> output, JsonElement value, string path, int depth)
    {
        output.Write("["u8);
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (index > 0) output.Write(","u8);
            Write(output, item, $"{path}[{index}]", depth + 1);
            index++;
        }
        output.Write("]"u8);
    }

    private static string TextOf(JsonElement value, string path)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new CanonicalJsonException(path, "holds half of a surrogate pair");
        }
    }

    private static string NameOf(JsonProperty member, string path)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw new CanonicalJsonException(path, "has a member whose name holds half of a surrogate pair");
        }
    }

    /// <summary>Writes a string with its quotes.</summary>
    /// <exception cref="CanonicalJsonException">It holds half of a surrogate pair.</exception>
    internal static void WriteString(IBufferWriter<byte> output, string text, string path)
    {
        output.Write("\""u8);
        var run = 0;
        for (var index = 0; index < text.Length; index++)
        {
            var unit = text[index];
            if (unit >= ' ' && unit != '"' && unit != '\\') continue;
            Utf8(output, text.AsSpan(run, index - run), path);
            Ascii(output, Escape(unit));
            run = index + 1;
        }
        Utf8(output, text.AsSpan(run), path);
        output.Write("\""u8);
    }

    private static string Escape(char unit) => unit switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
    };

    private static void Utf8(IBufferWriter<byte> output, ReadOnlySpan<char> text, string path)
    {
        if (text.IsEmpty) return;
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        var status = System.Text.Unicode.Utf8.FromUtf16(text, span, out _, out var written, replaceInvalidSequences: false);
        if (status != OperationStatus.Done) throw new CanonicalJsonException(path, "holds half of a surrogate pair");
        output.Advance(written);
    }

    internal static void Ascii(IBufferWriter<byte> output, string text)
    {
        var span = output.GetSpan(text.Length);
        output.Advance(Encoding.ASCII.GetBytes(text, span));
    }

    private static string NumberOf(JsonElement value, string path)
    {
        var raw = value.GetRawText();
        if (!value.TryGetDouble(out var number) || !double.IsFinite(number))
            throw new CanonicalJsonException(path, $"holds {Shorten(raw)}, beyond what a double can carry; write it as text");
        // 15 digits always survive; a longer whole number must be one that a double holds exactly, or two values would share one hash.
        if (raw.Length > 15 && raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0
            && BigInteger.Parse(raw, CultureInfo.InvariantCulture) != new BigInteger(number))
            throw new CanonicalJsonException(path, $"holds {Shorten(raw)}, which a double would round; write it as text");
        return Number(number);
    }

    private static string Shorten(string raw) => raw.Length <= 40 ? raw : raw[..40] + "…";

    /// <summary>A finite double as ECMAScript's Number::toString writes it (ECMA-262, 6.1.6.1.20).</summary>
    internal static string Number(double number)
    {
        if (number == 0) return "0"; // Negative zero too.
        var (digits, point) = Decompose(number.ToString("R", CultureInfo.InvariantCulture));
        var sign = number < 0 ? "-" : "";
        var count = digits.Length;
        if (count <= point && point <= 21) return sign + digits + new string('0', point - count);
        if (0 < point && point <= 21) return $"{sign}{digits[..point]}.{digits[point..]}";
        if (-6 < point && point <= 0) return $"{sign}0.{new string('0', -point)}{digits}";
        var exponent = (point - 1).ToString("+0;-0", CultureInfo.InvariantCulture);
        return count == 1 ? $"{sign}{digits}e{exponent}" : $"{sign}{digits[..1]}.{digits[1..]}e{exponent}";
    }

    /// <summary>Splits the shortest round-trip text into its significant digits and the place of the decimal point before them.</summary>
    private static (string Digits, int Point) Decompose(string text)
    {
        var mantissa = text.AsSpan().TrimStart('-');
        var exponent = 0;
        var mark = mantissa.IndexOf('E');
        if (mark >= 0)
        {
            exponent = int.Parse(mantissa[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            mantissa = mantissa[..mark];
        }
        var dot = mantissa.IndexOf('.');
        var whole = dot < 0 ? mantissa : mantissa[..dot];
        var fraction = dot < 0 ? [] : mantissa[(dot + 1)..];
        var digits = string.Concat(whole, fraction);
        var point = whole.Length + exponent;
        var leading = digits.Length - digits.AsSpan().TrimStart('0').Length;
        return (digits.Trim('0'), point - leading);
    }
}

/// <summary>A JSON value has no canonical form.</summary>
/// <param name="path">Where, as a JSON path from <c>$</c>.</param>
/// <param name="problem">What is wrong there.</param>
public sealed class CanonicalJsonException(string path, string problem) : Exception($"{path} {problem}.")
{
    /// <summary>Where, as a JSON path from <c>$</c>.</summary>
    public string Path { get; } = path;
}
