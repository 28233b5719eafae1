using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Prunella.Kubernetes.Snapshot;

/// <summary>YAML as the JSON that Kubernetes makes of it, within bounds of depth and size with every alias written out.</summary>
internal sealed class YamlDocuments
{
    private const int DepthMax = 128;
    private const int NodesMax = 20_000_000;

    private readonly Dictionary<AnchorName, (JsonNode? Node, int Weight)> anchors = [];
    private readonly Parser parser;
    private int nodes;

    private YamlDocuments(string text) => parser = new Parser(new StringReader(text));

    /// <summary>The documents that hold something.</summary>
    /// <exception cref="YamlException">It is no YAML, or goes beyond the bounds.</exception>
    internal static List<JsonNode> Read(string text)
    {
        var reader = new YamlDocuments(text);
        var documents = new List<JsonNode>();
        reader.parser.Consume<StreamStart>();
        while (reader.parser.TryConsume<DocumentStart>(out _))
        {
            if (reader.Value(0) is { } document) documents.Add(document);
            reader.parser.Consume<DocumentEnd>();
            reader.anchors.Clear();
        }
        return documents;
    }

    private JsonNode? Value(int depth)
    {
        if (depth > DepthMax) throw new YamlException(parser.Current!.Start, parser.Current.End, $"more than {DepthMax} levels");
        var before = nodes;
        Count(1);
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!anchors.TryGetValue(alias.Value, out var known)) throw new YamlException(alias.Start, alias.End, "an alias without its anchor");
            Count(known.Weight);
            return known.Node?.DeepClone();
        }
        if (parser.TryConsume<Scalar>(out var scalar)) return Kept(scalar.Anchor, ValueOf(scalar), before);
        if (parser.TryConsume<SequenceStart>(out var sequence))
        {
            var list = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _)) list.Add(Value(depth + 1));
            return Kept(sequence.Anchor, list, before);
        }
        var start = parser.Consume<MappingStart>();
        var map = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (parser.TryConsume<Scalar>(out var key)) map[key.Value] = Value(depth + 1);
            else
            {
                // A key that is no text names nothing that an object could have.
                Value(depth + 1);
                Value(depth + 1);
            }
        }
        return Kept(start.Anchor, map, before);
    }

    private JsonNode? Kept(AnchorName anchor, JsonNode? node, int before)
    {
        if (!anchor.IsEmpty) anchors[anchor] = (node?.DeepClone(), nodes - before);
        return node;
    }

    private void Count(int more)
    {
        nodes += more;
        if (nodes > NodesMax || nodes < 0) throw new YamlException(parser.Current?.Start ?? Mark.Empty, parser.Current?.End ?? Mark.Empty, $"more than {NodesMax} values with aliases written out");
    }

    // The core schema of YAML 1.2, plus yes/no left as texts, as the API's own reader has it for typed fields.
    private static JsonNode? ValueOf(Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain) return JsonValue.Create(text);
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL": return null;
            case "true" or "True" or "TRUE": return JsonValue.Create(true);
            case "false" or "False" or "FALSE": return JsonValue.Create(false);
        }
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return JsonValue.Create(whole);
        if (text[0] is '-' or '+' or '.' or (>= '0' and <= '9') && text.Length < 40 && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return JsonValue.Create(number);
        return JsonValue.Create(text);
    }
}
