namespace Prunella.Traces.Detectors;

/// <summary>
/// URLs and keys without what varies from call to call: path segments that are ids become <c>{id}</c>, the values of
/// query parameters go, their names stay. Works on UTF-8, without allocation.
/// </summary>
internal static class UrlNormalizer
{
    /// <summary>The longest normalised URL; the rest is cut.</summary>
    public const int LengthMax = 1_024;

    /// <summary>Normalises into <paramref name="output"/> (at least <see cref="LengthMax"/> bytes).</summary>
    public static int Normalize(ReadOnlySpan<byte> url, Span<byte> output)
    {
        var fragment = url.IndexOf((byte)'#');
        if (fragment >= 0)
            url = url[..fragment];
        var query = url.IndexOf((byte)'?');
        var path = query < 0 ? url : url[..query];
        var to = 0;
        var scheme = path.IndexOf("://"u8);
        if (scheme >= 0)
        {
            var host = path[(scheme + 3)..].IndexOf((byte)'/');
            var end = host < 0 ? path.Length : scheme + 3 + host;
            to = Copy(path[..end], output, to);
            path = path[end..];
        }

        while (!path.IsEmpty && to < LengthMax - 8)
        {
            if (path[0] is (byte)'/' or (byte)':' or (byte)' ')
            {
                output[to++] = path[0];
                path = path[1..];
                continue;
            }

            var length = path.IndexOfAny("/: "u8);
            var segment = length < 0 ? path : path[..length];
            to = Copy(IsId(segment) ? "{id}"u8 : segment, output, to);
            path = path[segment.Length..];
        }

        if (query >= 0)
            to = Query(url[(query + 1)..], output, to);
        return to;
    }

    /// <summary>Whether a path segment is an id rather than a name: a number, a UUID, a hash, a long token with digits.</summary>
    public static bool IsId(ReadOnlySpan<byte> segment)
    {
        var (digits, hex, letters) = (0, 0, 0);
        foreach (var letter in segment)
        {
            if (letter is >= (byte)'0' and <= (byte)'9')
                digits++;
            else if (letter is (>= (byte)'a' and <= (byte)'f') or (>= (byte)'A' and <= (byte)'F'))
                hex++;
            else if (letter is not ((byte)'-' or (byte)'_' or (byte)'.' or (byte)','))
                letters++;
        }

        if (digits == 0)
            return false;
        if (hex + letters == 0)
            return true;
        // "v1" and "oauth2" are names; "user-1234", "9f86d081" and "order_2024A77" are ids.
        if (letters == 0 && digits + hex >= 8)
            return true;
        return digits >= 4 || (segment.Length >= 16 && digits >= 2);
    }

    private static int Query(ReadOnlySpan<byte> query, Span<byte> output, int to)
    {
        var first = true;
        foreach (var range in query.Split((byte)'&'))
        {
            var part = query[range];
            if (part.IsEmpty)
                continue;
            var equals = part.IndexOf((byte)'=');
            if (to >= LengthMax - 8)
                break;
            output[to++] = first ? (byte)'?' : (byte)'&';
            first = false;
            to = Copy(equals < 0 ? part : part[..equals], output, to);
        }

        return to;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> output, int to)
    {
        var length = Math.Min(text.Length, LengthMax - 8 - to);
        if (length <= 0)
            return to;
        text[..length].CopyTo(output[to..]);
        return to + length;
    }
}
