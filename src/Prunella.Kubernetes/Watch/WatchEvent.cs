using System.Text.Json;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Watch;

/// <summary>What a line of a watch says.</summary>
internal enum WatchEventKind
{
    /// <summary>The object is there, new or changed.</summary>
    Present,

    /// <summary>The object is gone; what came is its last state.</summary>
    Deleted,

    /// <summary>Nothing happened up to a version.</summary>
    Bookmark,

    /// <summary>The watch ends, and why.</summary>
    Error,
}

/// <summary>A line of a watch.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Object">The object, thin; of an error the status.</param>
/// <param name="WrittenAt">When the API server took the object's last write, as it says itself; null when it does not.</param>
internal readonly record struct WatchEvent(WatchEventKind Kind, JsonElement Object, DateTimeOffset? WrittenAt)
{
    internal string ResourceVersion => new Field(Object)["metadata"]["resourceVersion"].Text;

    internal int Code => new Field(Object)["code"].Int();

    internal string Message => new Field(Object)["message"].Text;

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is no event of a watch.</exception>
    internal static WatchEvent Parse(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 130 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("Expected an event of a watch.");
        WatchEventKind? kind = null;
        var from = 0;
        var to = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
                kind = reader.ValueTextEquals("ADDED"u8) || reader.ValueTextEquals("MODIFIED"u8) ? WatchEventKind.Present
                    : reader.ValueTextEquals("DELETED"u8) ? WatchEventKind.Deleted
                    : reader.ValueTextEquals("BOOKMARK"u8) ? WatchEventKind.Bookmark
                    : reader.ValueTextEquals("ERROR"u8) ? WatchEventKind.Error : null;
            if (isObject) from = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isObject) to = (int)reader.BytesConsumed;
        }
        if (kind is not { } known || to == 0) throw new JsonException("Expected type and object.");
        var thin = ObjectThinner.Thin(line[from..to], out var writtenAt);
        return new WatchEvent(known, thin, writtenAt);
    }
}
