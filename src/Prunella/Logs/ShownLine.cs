using System.Buffers;
using System.Text;
using Prunella.Logs.Parsing;
using Prunella.Logs.Questions;
using Prunella.Logs.Redaction;
using Prunella.Terminal;

namespace Prunella.Logs;

/// <summary>A piece of a line, inert.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Varies">Whether other lines of the same pattern say something else here.</param>
public sealed record LinePiece(string Text, bool Varies);

/// <summary>A line as people see it: without sensitive values, inert, and cut where it is too long.</summary>
/// <param name="At">Its time; null when it has none.</param>
/// <param name="Level">Its level.</param>
/// <param name="Pieces">Its text without the time before it, in pieces.</param>
/// <param name="Left">How many bytes of it are not shown.</param>
public sealed record ShownLine(DateTimeOffset? At, Severity Level, IReadOnlyList<LinePiece> Pieces, int Left)
{
    /// <summary>Where it stands; null of one that is not archived yet.</summary>
    public LinePlace? Place { get; init; }

    /// <summary>Names its pattern; null when that is not known yet.</summary>
    public ulong? Pattern { get; init; }

    /// <summary>Tells it from the others of a list.</summary>
    public string Key { get; init; } = "";
}

/// <summary>Makes lines fit to be shown. Thread-safe.</summary>
internal sealed class LineShower(LineRedactor? redactor)
{
    private const int BytesMax = 1_200;
    private const int EncodedMin = 60;
    private static readonly SearchValues<byte> Encoded = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-"u8);
    private readonly Lock gate = new();
    private readonly LogParser parser = new(new LogParserOptions());

    /// <summary>Lines of the archive, in their order.</summary>
    internal IReadOnlyList<ShownLine> Show(IReadOnlyList<PlacedLine> lines)
    {
        lock (gate)
        {
            var key = new PrivateKeyLines();
            var safe = lines.Select(line => Safe(line.Text.Span, key)).ToList();
            Learn(safe);
            return [.. lines.Select((line, index) => Show(safe[index]) with
            {
                At = line.Place.Ticks > 0 ? new DateTimeOffset(line.Place.Ticks, TimeSpan.Zero) : null,
                Place = line.Place, Pattern = PatternCount.KeyOf(line.Template), Key = $"{line.Place.Archive}/{line.Place.Number}",
            })];
        }
    }

    /// <summary>Lines whose sensitive values are replaced already.</summary>
    internal IReadOnlyList<ShownLine> Show(IReadOnlyList<Pipeline.TailLine> lines)
    {
        lock (gate)
        {
            var safe = lines.Select(line => line.Text.ToArray()).ToList();
            Learn(safe);
            return [.. lines.Select((line, index) => Show(safe[index]) with { Key = $"live/{line.Number}" })];
        }
    }

    /// <summary>A value that stands behind a key, without what is sensitive in it.</summary>
    internal string Safe(string key, string value)
    {
        if (redactor is null) return value;
        lock (gate)
        {
            // A password is known by the word before it.
            var told = redactor.Redact($"{key}={value}");
            return told.StartsWith(key + "=", StringComparison.Ordinal) ? told[(key.Length + 1)..] : told;
        }
    }

    /// <summary>The text of a template without what is sensitive in it.</summary>
    internal string Safe(string template)
    {
        if (redactor is null) return template;
        lock (gate) return redactor.Redact(template);
    }

    private byte[] Safe(ReadOnlySpan<byte> line, PrivateKeyLines key)
    {
        if (redactor is null) return line.ToArray();
        var safe = redactor.RedactKey(line, key, out var inKey);
        if (inKey) return safe.ToArray();
        // A line in the middle of a private key says nothing of it, and neither does any other long code alone.
        var word = line[(line.TrimEnd((byte)' ').LastIndexOf((byte)' ') + 1)..];
        return word.Length >= EncodedMin && !word.ContainsAnyExcept(Encoded) ? [.. line[..^word.Length], .. "<encoded>"u8] : redactor.Redact(line).ToArray();
    }

    private void Learn(List<byte[]> lines)
    {
        foreach (var line in lines) parser.Learn(line);
    }

    private ShownLine Show(byte[] line)
    {
        var parsed = parser.Parse(line.AsSpan(0, line.AsSpan().IndexOf((byte)'\n') is >= 0 and var end ? end : line.Length));
        var pieces = new List<LinePiece>();
        var at = 0;
        var (from, length) = parsed.Time.GetOffsetAndLength(parsed.Raw.Length);
        if (from == 0 && length > 0) for (at = length; at < parsed.Raw.Length && parsed.Raw[at] == (byte)' ';) at++;
        var to = at + Math.Min(line.Length - at, BytesMax);
        // Not within a character.
        while (to > at && to < line.Length && (line[to] & 0xC0) == 0x80) to--;
        foreach (var slot in parsed.Slots)
        {
            if (slot.Start < at || slot.End > to) continue;
            Add(line.AsSpan(at, slot.Start - at), varies: false);
            Add(line.AsSpan(slot.Start, slot.Length), varies: slot.Start >= parsed.MessageStart);
            at = slot.End;
        }
        Add(line.AsSpan(at, to - at), varies: false);
        return new ShownLine(parsed.TimeTicks > 0 ? new DateTimeOffset(parsed.TimeTicks, TimeSpan.Zero) : null, parsed.Level, pieces, line.Length - to);

        void Add(ReadOnlySpan<byte> bytes, bool varies)
        {
            if (!bytes.IsEmpty) pieces.Add(new LinePiece(InertText.Block(Encoding.UTF8.GetString(bytes)), varies));
        }
    }
}
