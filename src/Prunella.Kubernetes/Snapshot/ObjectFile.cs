using System.Text;
using System.Text.Json;
using YamlDotNet.Core;

namespace Prunella.Kubernetes.Snapshot;

/// <summary>Objects of a file: JSON (one value, several one after another) or YAML (one or many documents). Bounded.</summary>
internal static class ObjectFile
{
    /// <summary>The largest file that is read.</summary>
    internal const long BytesMax = 1L << 30;

    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 256, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The documents of a file.</summary>
    /// <exception cref="SnapshotUnreadableException">The file is missing, too large, or neither JSON nor YAML.</exception>
    internal static IReadOnlyList<JsonElement> Read(string path)
    {
        try
        {
            if (Directory.Exists(path)) throw new SnapshotUnreadableException($"{path} is a folder. Name files: JSON or YAML as kubectl get -o json prints them.");
            var length = new FileInfo(path).Length;
            if (length > BytesMax) throw new SnapshotUnreadableException($"{path} has {length} bytes; at most {BytesMax} are read. Split it by namespace.");
            return Parse(path, File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotUnreadableException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The documents of a text.</summary>
    /// <param name="name">What it is called in errors.</param>
    /// <param name="content">UTF-8, with or without a byte order mark.</param>
    internal static IReadOnlyList<JsonElement> Parse(string name, ReadOnlyMemory<byte> content)
    {
        if (content.Span.StartsWith(new byte[] { 0xEF, 0xBB, 0xBF })) content = content[3..];
        var first = content.Span.IndexOfAnyExcept(" \t\r\n"u8);
        if (first < 0) return [];
        return content.Span[first] is (byte)'{' or (byte)'[' ? ParseJson(name, content[first..]) : ParseYaml(name, content);
    }

    private static List<JsonElement> ParseJson(string name, ReadOnlyMemory<byte> content)
    {
        var documents = new List<JsonElement>();
        var at = 0L;
        try
        {
            while (true)
            {
                var rest = content[(int)at..];
                var next = rest.Span.IndexOfAnyExcept(" \t\r\n"u8);
                if (next < 0) return documents;
                var reader = new Utf8JsonReader(rest.Span, isFinalBlock: true, new JsonReaderState(new JsonReaderOptions { MaxDepth = Json.MaxDepth, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowMultipleValues = true }));
                documents.Add(JsonDocument.ParseValue(ref reader).RootElement);
                at += reader.BytesConsumed;
            }
        }
        catch (JsonException exception)
        {
            // Flow mappings are YAML too: {kind: Pod} is no JSON.
            if (documents.Count == 0 && YamlOrNull(content) is { } yaml) return yaml;
            throw new SnapshotUnreadableException($"{name} is no JSON: line {exception.LineNumber + 1}, position {exception.BytePositionInLine + 1}. Expected objects as kubectl get -o json prints them.", exception);
        }
    }

    private static List<JsonElement>? YamlOrNull(ReadOnlyMemory<byte> content)
    {
        try
        {
            return ParseYaml("", content);
        }
        catch (SnapshotUnreadableException)
        {
            return null;
        }
    }

    private static List<JsonElement> ParseYaml(string name, ReadOnlyMemory<byte> content)
    {
        try
        {
            var documents = new List<JsonElement>();
            foreach (var document in YamlDocuments.Read(Encoding.UTF8.GetString(content.Span)))
                documents.Add(JsonSerializer.SerializeToElement(document, NodeJson));
            return documents;
        }
        catch (YamlException exception)
        {
            throw new SnapshotUnreadableException($"{name} is no YAML: line {exception.Start.Line}, column {exception.Start.Column}: {Workloads.InertText.OneLine(exception.Message)}", exception);
        }
    }

    private static readonly JsonSerializerOptions NodeJson = new() { MaxDepth = 256, TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver() };
}
