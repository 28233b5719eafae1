using System.Text;
using Prunella.Logs.Classification;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Pipeline;

/// <summary>A pattern that matters, of one source, in the last quarter to half of an hour.</summary>
/// <param name="Source">Where its lines came from.</param>
/// <param name="Template">Its id.</param>
/// <param name="Text">Its text, without sensitive values.</param>
/// <param name="Class">Its class.</param>
/// <param name="Lines">Lines.</param>
/// <param name="First">When the first was seen.</param>
/// <param name="Last">When the latest was seen.</param>
/// <param name="Example">The latest line, without sensitive values.</param>
/// <param name="Changes">What the watcher raised for it: new, spiking, back.</param>
public sealed record LogPattern(string Source, TemplateId Template, string Text, LineClass Class, long Lines, DateTimeOffset First, DateTimeOffset Last, string Example, IReadOnlyList<string> Changes);

/// <summary>Critical and interesting patterns by source, for evidence. Bounded; thread-safe.</summary>
public sealed class LogPatternBook(TimeProvider time)
{
    /// <summary>Patterns of sources that are remembered at once; more are not noted until the oldest quarter of an hour goes.</summary>
    public const int EntriesMax = 4_096;

    private const int ExampleBytesMax = 400;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private Dictionary<(string Source, TemplateId Template), Entry> current = [], before = [];
    private DateTimeOffset began = time.GetUtcNow();

    /// <summary>Patterns of the sources asked for, the gravest and most frequent first.</summary>
    /// <param name="isWanted">Tells sources.</param>
    /// <param name="max">Most patterns.</param>
    public IReadOnlyList<LogPattern> Of(Func<string, bool> isWanted, int max)
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        lock (gate)
        {
            Turn();
            var merged = new Dictionary<(string, TemplateId), LogPattern>();
            foreach (var (key, entry) in before.Concat(current))
            {
                if (isWanted(key.Source))
                {
                    merged[key] = merged.TryGetValue(key, out var older)
                        ? entry.Pattern with { Lines = older.Lines + entry.Pattern.Lines, First = older.First, Changes = [.. older.Changes.Union(entry.Pattern.Changes)] }
                        : entry.Pattern;
                }
            }

            return [.. merged.Values.OrderByDescending(static p => p.Changes.Count > 0).ThenByDescending(static p => p.Class).ThenByDescending(static p => p.Lines).ThenBy(static p => p.Template.Value).Take(max)];
        }
    }

    internal void Note(string source, Template template, string text, LineClass lineClass, ReadOnlySpan<byte> line)
    {
        lock (gate)
        {
            Turn();
            var now = time.GetUtcNow();
            if (current.TryGetValue((source, template.Id), out var entry))
            {
                entry.Pattern = entry.Pattern with { Lines = entry.Pattern.Lines + 1, Last = now, Class = lineClass > entry.Pattern.Class ? lineClass : entry.Pattern.Class };
            }
            else if (current.Count < EntriesMax)
            {
                current[(source, template.Id)] = new Entry { Pattern = new LogPattern(source, template.Id, text, lineClass, 1, now, now, Encoding.UTF8.GetString(line[..Math.Min(line.Length, ExampleBytesMax)]), []) };
            }
        }
    }

    internal void Note(PatternSignal signal)
    {
        if (signal.Template is not { } template || signal.Ended)
        {
            return;
        }

        lock (gate)
        {
            Turn();
            if (current.TryGetValue((signal.Source, template.Id), out var entry))
            {
                entry.Pattern = entry.Pattern with { Changes = [.. entry.Pattern.Changes.Append(Word(signal.Change)).Distinct()] };
            }
        }
    }

    /// <summary>What people call a change.</summary>
    public static string Word(PatternChange change) => change switch
    {
        PatternChange.New => "new",
        PatternChange.Rare => "rare",
        PatternChange.Vanished => "vanished",
        PatternChange.Spike => "spiking",
        PatternChange.ValueShift => "values shifted",
        _ => "error burst",
    };

    private void Turn()
    {
        var now = time.GetUtcNow();
        if (now - began < Period)
        {
            return;
        }

        before = now - began < 2 * Period ? current : [];
        (current, began) = ([], now);
    }

    private sealed class Entry
    {
        internal required LogPattern Pattern { get; set; }
    }
}
