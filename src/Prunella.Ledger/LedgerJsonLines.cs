using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Prunella.Ledger;

/// <summary>A line of an exported ledger.</summary>
/// <param name="LineNumber">From 1.</param>
/// <param name="Entry">The entry; null when the line is none.</param>
/// <param name="Problem">Why the line is no entry; empty otherwise.</param>
public readonly record struct LedgerLine(long LineNumber, LedgerEntry? Entry, string Problem);

/// <summary>
/// The ledger as JSON lines: each line is one entry in canonical JSON with its hash and the previous one, ended by a line feed.
/// What is exported can be verified without the store.
/// </summary>
public static class LedgerJsonLines
{
    private const int LineBytesMax = 8 * 1_048_576;

    /// <summary>One entry as a line, without the line end.</summary>
    /// <exception cref="CanonicalJsonException">A stored payload was changed into something without canonical form.</exception>
    public static string ToLine(LedgerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var output = new ArrayBufferWriter<byte>(1_024);
        LedgerChain.WriteMembers(output, entry, CanonicalJson.ToBytes(entry.Payload), withLinks: true);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>Writes entries to a stream and leaves it open.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="CanonicalJsonException">See <see cref="ToLine"/>.</exception>
    public static async Task<long> WriteAsync(IAsyncEnumerable<LedgerEntry> entries, Stream output, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(output);
        var written = 0L;
        await foreach (var entry in entries.WithCancellation(cancellation))
        {
            await output.WriteAsync(Encoding.UTF8.GetBytes(ToLine(entry) + "\n"), cancellation);
            written++;
        }
        await output.FlushAsync(cancellation);
        return written;
    }

    /// <summary>
    /// Reads lines. A line that is not, byte for byte, what <see cref="ToLine"/> writes comes back as a problem, not as an exception.
    /// </summary>
    public static async IAsyncEnumerable<LedgerLine> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        var buffer = new byte[65_536];
        int start = 0, end = 0;
        var lineNumber = 0L;
        while (true)
        {
            var feed = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                lineNumber++;
                yield return Parse(lineNumber, buffer.AsSpan(start, feed));
                start += feed + 1;
                continue;
            }
            if (end - start > LineBytesMax)
            {
                yield return new LedgerLine(lineNumber + 1, null, string.Create(CultureInfo.InvariantCulture, $"it is longer than {LineBytesMax} bytes"));
                yield break;
            }
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
            if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var read = await input.ReadAsync(buffer.AsMemory(end), cancellation);
            if (read == 0) break;
            end += read;
        }
        if (end > 0) yield return new LedgerLine(lineNumber + 1, null, "it is not ended by a line feed; the file was cut");
    }

    internal static LedgerLine Parse(long lineNumber, ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 256 });
            var root = JsonElement.ParseValue(ref reader);
            var entry = new LedgerEntry(
                root.GetProperty("number").GetInt64(),
                DateTimeOffset.ParseExact(root.GetProperty("at").GetString() ?? "", LedgerChain.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                root.GetProperty("kind").GetString() ?? "",
                root.GetProperty("subject").GetString() ?? "",
                root.GetProperty("actor").GetString() ?? "",
                root.GetProperty("payload"),
                root.GetProperty("previous").GetString() ?? "",
                root.GetProperty("hash").GetString() ?? "")
            { KeyId = root.GetProperty("key").GetString() ?? "" };
            var written = new ArrayBufferWriter<byte>(line.Length);
            LedgerChain.WriteMembers(written, entry, CanonicalJson.ToBytes(entry.Payload), withLinks: true);
            return written.WrittenSpan.SequenceEqual(line)
                ? new LedgerLine(lineNumber, entry, "")
                : new LedgerLine(lineNumber, null, "it is not in the canonical form that the export writes");
        }
        catch (JsonException exception)
        {
            return new LedgerLine(lineNumber, null, $"it is no JSON object ({exception.Message})");
        }
        catch (KeyNotFoundException)
        {
            return new LedgerLine(lineNumber, null, "a member is missing; expected actor, at, hash, key, kind, number, payload, previous, subject");
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or CanonicalJsonException)
        {
            return new LedgerLine(lineNumber, null, $"a member has the wrong type or form ({exception.Message})");
        }
    }
}
