using Prunella.Logs.Framing;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Pipeline;

/// <summary>
/// Cuts batches into events: a line and those that continue it, by the evidence of its source. What goes on with an event that an
/// earlier batch began is an event of its own that says so.
/// </summary>
internal sealed class EventCutter
{
    private const int SourcesMax = 1_024;
    private Dictionary<string, Continuation> sources = new(StringComparer.Ordinal);

    /// <summary>The evidence of a source; of many sources the evidence is gathered anew now and then.</summary>
    internal Continuation Of(string source)
    {
        if (!sources.TryGetValue(source, out var known))
        {
            if (sources.Count == SourcesMax)
            {
                sources = new(StringComparer.Ordinal);
            }

            sources[source] = known = new Continuation();
        }

        return known;
    }

    /// <summary>Takes the next event off a batch.</summary>
    /// <param name="evidence">Of the batch's source.</param>
    /// <param name="rest">The batch; afterwards what is left of it.</param>
    /// <param name="firstBelongs">Whether the first line goes on with what came before; null when it was not looked at, as each line may be once.</param>
    /// <param name="text">The event's lines, line feeds between them.</param>
    /// <param name="lines">How many, empty ones included.</param>
    /// <returns>True when the event goes on with what came before it.</returns>
    internal static bool Take(Continuation evidence, ref ReadOnlySpan<byte> rest, ref bool? firstBelongs, out ReadOnlySpan<byte> text, out int lines)
    {
        var length = LineLength(rest);
        var continues = firstBelongs ?? Belongs(evidence, rest[..length]);
        firstBelongs = null;
        lines = 1;
        while (lines < EventReader.LinesMax && length < EventReader.BytesMax && length + 1 < rest.Length)
        {
            var next = rest[(length + 1)..];
            next = next[..LineLength(next)];
            if (!Belongs(evidence, next))
            {
                firstBelongs = false;
                break;
            }

            length += 1 + next.Length;
            lines++;
        }

        text = rest[..length];
        rest = length + 1 < rest.Length ? rest[(length + 1)..] : default;
        return continues;
    }

    private static int LineLength(ReadOnlySpan<byte> rest) => rest.IndexOf((byte)'\n') is >= 0 and var end ? end : rest.Length;

    private static bool Belongs(Continuation evidence, ReadOnlySpan<byte> line) => evidence.Belongs(line[CriPrefix.Length(line, out _, out _)..]);
}
