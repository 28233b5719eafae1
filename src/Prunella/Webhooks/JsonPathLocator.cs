using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Terminal;

namespace Prunella.Webhooks;

/// <summary>
/// Names the place of a byte in a body as a JSON path. The parsers do not track paths; only a refused body is walked a
/// second time.
/// </summary>
internal static class JsonPathLocator
{
    private const int NameCharsMax = 64;

    /// <summary>The path of the token that starts at <paramref name="byteIndex"/>, or of the last one before it.</summary>
    internal static string Locate(ReadOnlySpan<byte> body, long byteIndex, int depthMax)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = depthMax });
        var levels = new List<(bool Array, int Index, string Name)>();
        try
        {
            while (reader.Read() && reader.TokenStartIndex <= byteIndex)
            {
                if (IsValueStart(reader.TokenType) && levels.Count > 0 && levels[^1].Array)
                    levels[^1] = levels[^1] with { Index = levels[^1].Index + 1 };
                if (reader.TokenStartIndex == byteIndex && reader.TokenType is not JsonTokenType.PropertyName) break;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName: levels[^1] = levels[^1] with { Name = NameOf(ref reader) }; break;
                    case JsonTokenType.StartObject: levels.Add((false, -1, "")); break;
                    case JsonTokenType.StartArray: levels.Add((true, -1, "")); break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray: levels.RemoveAt(levels.Count - 1); break;
                }
            }
        }
        catch (JsonException)
        {
            // The place where the syntax breaks is the place asked for.
        }
        return Write(levels);
    }

    private static bool IsValueStart(JsonTokenType token) =>
        token is not (JsonTokenType.PropertyName or JsonTokenType.EndObject or JsonTokenType.EndArray or JsonTokenType.None);

    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            var name = InertText.Line(reader.GetString());
            return name.Length <= NameCharsMax ? name : string.Concat(name.AsSpan(0, NameCharsMax), "…");
        }
        catch (InvalidOperationException)
        {
            return "?"; // not valid UTF-8
        }
    }

    private static string Write(List<(bool Array, int Index, string Name)> levels)
    {
        var path = new StringBuilder("$");
        foreach (var (array, index, name) in levels)
        {
            if (array && index >= 0) path.Append('[').Append(index.ToString(CultureInfo.InvariantCulture)).Append(']');
            else if (name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) path.Append('.').Append(name);
            else if (name.Length > 0) path.Append("['").Append(name).Append("']");
        }
        return path.ToString();
    }
}
