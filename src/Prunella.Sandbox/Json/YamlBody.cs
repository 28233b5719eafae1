using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Prunella.Sandbox.Json;

/// <summary>Turns YAML (one or several documents) into JSON trees with YAML 1.1's plain-scalar types, as Kubernetes does.</summary>
internal static class YamlBody
{
    // Aliases multiply: a nine-line document can name 10^9 nodes. Real manifests stay under 10 000.
    private const int NodesMax = 200_000;

    /// <exception cref="JsonException">Malformed, or too large once its aliases are followed.</exception>
    public static IReadOnlyList<JsonNode> Parse(string text)
    {
        try
        {
            CheckDepth(text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            var documents = new List<JsonNode>();
            foreach (var document in stream.Documents)
            {
                var nodesLeft = NodesMax;
                if (Convert(document.RootNode, 0, ref nodesLeft) is { } node) documents.Add(node);
            }

            return documents;
        }
        catch (YamlException e)
        {
            throw new JsonException($"error converting YAML to JSON: yaml: line {e.Start.Line}: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser's own state checks fail on some malformed input; found by the property test.
            throw new JsonException("error converting YAML to JSON: yaml: malformed document", e);
        }
    }

    // Building the tree recurses, and a stack overflow would end the process: the events tell the depth beforehand.
    private static void CheckDepth(string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > JsonBody.DepthMax) throw new JsonException("exceeded max depth");
        }
    }

    private static JsonNode? Convert(YamlNode node, int depth, ref int nodesLeft)
    {
        if (depth > JsonBody.DepthMax) throw new JsonException("exceeded max depth");
        if (--nodesLeft < 0) throw new JsonException("document contains excessive aliasing");
        switch (node)
        {
            case YamlMappingNode mapping:
                var map = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                {
                    if (key is not YamlScalarNode name) throw new JsonException("a mapping key must be a scalar");
                    map[name.Value ?? ""] = Convert(value, depth + 1, ref nodesLeft);
                }

                return map;
            case YamlSequenceNode sequence:
                var list = new JsonArray();
                foreach (var item in sequence.Children) list.Add(Convert(item, depth + 1, ref nodesLeft));
                return list;
            case YamlScalarNode scalar: return Scalar(scalar);
            default: return null;
        }
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any)) return JsonValue.Create(text);
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL": return null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON": return JsonValue.Create(true);
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF": return JsonValue.Create(false);
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return JsonValue.Create(whole);
        if (char.IsAsciiDigit(text[^1]) && (char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.')
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real)) return JsonValue.Create(real);
        return JsonValue.Create(text);
    }
}
