using System.Text.Json;
using System.Text.Unicode;
using Prunella.Incidents;

namespace Prunella.Webhooks;

/// <summary>Runs a parser over a body and turns whatever is wrong with it into one precise fault.</summary>
internal static class BodyReading
{
    internal delegate List<Signal> RootReader(ref Utf8JsonReader reader);

    internal static ParsedBody Read(ReadOnlySpan<byte> body, int depthMax, RootReader readRoot)
    {
        if (body.StartsWith("\uFEFF"u8)) body = body[3..];
        if (!Utf8.IsValid(body)) return ParsedBody.Refused(new BodyFault("$", "the body is not valid UTF-8"));
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = depthMax });
        try
        {
            reader.Read();
            var signals = readRoot(ref reader);
            reader.Read(); // anything but white space after the root throws
            return new ParsedBody(signals, Fault: null);
        }
        catch (BodyRefusedException refused)
        {
            return ParsedBody.Refused(new BodyFault(JsonPathLocator.Locate(body, refused.ByteIndex, depthMax), refused.Message) { TooMuch = refused.TooMuch });
        }
        catch (JsonException broken)
        {
            return ParsedBody.Refused(new BodyFault(JsonPathLocator.Locate(body, long.MaxValue, depthMax), Explain(body, broken, depthMax)));
        }
    }

    /// <summary>Passes over a property's value, whatever it is.</summary>
    internal static void SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    private static string Explain(ReadOnlySpan<byte> body, JsonException broken, int depthMax)
    {
        if (body.IsEmpty) return "the body is empty";
        var options = new JsonReaderOptions { MaxDepth = depthMax };
        if (IsReadable(body, options)) return "the body ends before it is complete";
        if (IsReadable(body, options with { MaxDepth = int.MaxValue })) return $"nested deeper than {depthMax} levels";
        return $"not valid JSON at line {(broken.LineNumber ?? 0) + 1}, byte {(broken.BytePositionInLine ?? 0) + 1}";
    }

    // As the beginning of a body that goes on.
    private static bool IsReadable(ReadOnlySpan<byte> body, JsonReaderOptions options)
    {
        try
        {
            var reader = new Utf8JsonReader(body, isFinalBlock: false, new JsonReaderState(options));
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
