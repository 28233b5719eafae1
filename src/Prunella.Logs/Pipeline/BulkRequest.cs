using System.Text.Json;

namespace Prunella.Logs.Pipeline;

/// <summary>One document of a bulk request.</summary>
/// <param name="Action">index or create; what else was asked for where it is refused.</param>
/// <param name="Index">Where the sender wants it; empty when it does not say.</param>
/// <param name="Fault">Why it is refused; null when it is taken.</param>
public sealed record BulkItem(string Action, string Index, string? Fault);

/// <summary>
/// Reads a body of Elasticsearch's <c>_bulk</c>: a line that says what to do, and for index and create a line that is the document. Each
/// document is a log line, as it stands.
/// </summary>
public static class BulkRequest
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 64 };

    /// <summary>Reads a body.</summary>
    /// <param name="body">Newline-delimited JSON.</param>
    /// <param name="lines">Takes the documents, each ended by a line feed.</param>
    /// <returns>What becomes of each document, in order.</returns>
    /// <exception cref="FormatException">A line that should say what to do is no JSON object with one key: what follows cannot be told.</exception>
    public static IReadOnlyList<BulkItem> Read(ReadOnlySpan<byte> body, Stream lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var items = new List<BulkItem>();
        var number = 0;
        while (TryLine(ref body, ref number, out var action))
        {
            if (action.IsEmpty)
            {
                continue;
            }

            var (name, index) = Action(action, number);
            if (name == "delete")
            {
                items.Add(new BulkItem(name, index, "Logs are only added to: index or create."));
                continue;
            }

            if (!TryLine(ref body, ref number, out var document))
            {
                throw new FormatException($"Line {number} asks for a document, and none follows.");
            }

            var fault = name is "index" or "create" ? Fault(document) : "Logs are only added to: index or create.";
            items.Add(new BulkItem(name, index, fault));
            if (fault is null)
            {
                lines.Write(document);
                lines.WriteByte((byte)'\n');
            }
        }

        return items;
    }

    private static bool TryLine(ref ReadOnlySpan<byte> body, ref int number, out ReadOnlySpan<byte> line)
    {
        number++;
        line = default;
        if (body.IsEmpty)
        {
            return false;
        }

        var end = body.IndexOf((byte)'\n');
        line = (end < 0 ? body : body[..end]).TrimEnd((byte)'\r');
        body = end < 0 ? default : body[(end + 1)..];
        return true;
    }

    private static (string Name, string Index) Action(ReadOnlySpan<byte> line, int number)
    {
        try
        {
            var reader = new Utf8JsonReader(line, Strict);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                var index = "";
                if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                    {
                        var isIndex = reader.ValueTextEquals("_index"u8);
                        reader.Read();
                        index = isIndex && reader.TokenType == JsonTokenType.String ? reader.GetString()! : index;
                        reader.Skip();
                    }

                    return (name, index);
                }
            }
        }
        catch (JsonException)
        {
            // Told below, with the line.
        }

        throw new FormatException($"Line {number} does not say what to do: expected {{\"index\":{{}}}} or {{\"create\":{{}}}}.");
    }

    private static string? Fault(ReadOnlySpan<byte> document)
    {
        try
        {
            var reader = new Utf8JsonReader(document, Strict);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return "The document is no JSON object.";
            }

            reader.Skip();
            return reader.Read() ? "More than one JSON object stands on the line." : null;
        }
        catch (JsonException e)
        {
            return "The document is no JSON: " + e.Message;
        }
    }
}
