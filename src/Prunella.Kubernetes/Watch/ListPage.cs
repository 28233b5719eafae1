using System.Text.Json;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Watch;

/// <summary>A page of a list, read item by item so that only one is held twice at a time.</summary>
/// <param name="Items">Its objects.</param>
/// <param name="Next">Where the next page begins; empty after the last.</param>
/// <param name="ResourceVersion">The version from which a watch goes on.</param>
internal sealed record ListPage(IReadOnlyList<KubeObject> Items, string Next, string ResourceVersion)
{
    /// <summary>Reads a page. Items that are no objects or have no name are left out.</summary>
    /// <exception cref="JsonException">It is no list of the API.</exception>
    internal static ListPage Parse(ReadOnlySpan<byte> body, string kind)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 130 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("Expected a list.");
        var items = new List<KubeObject>();
        var metadata = Field.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isItems = reader.ValueTextEquals("items"u8);
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (isMetadata && reader.TokenType == JsonTokenType.StartObject) metadata = new Field(JsonElement.ParseValue(ref reader));
            else if (isItems && reader.TokenType == JsonTokenType.StartArray) ReadItems(ref reader, body, kind, items);
            else reader.Skip();
        }
        if (metadata["resourceVersion"].Text.Length == 0) throw new JsonException("Expected metadata.resourceVersion.");
        return new ListPage(items, metadata["continue"].Text, metadata["resourceVersion"].Text);
    }

    private static void ReadItems(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, string kind, List<KubeObject> items)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var from = (int)reader.TokenStartIndex;
            var isObject = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            if (!isObject) continue;
            var thin = ObjectThinner.Thin(body[from..(int)reader.BytesConsumed], out var writtenAt);
            if (SnapshotBuilder.Make(new Field(thin), kind, writtenAt) is { } made) items.Add(made);
        }
    }
}
