using System.Runtime.InteropServices;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Query;

/// <summary>Called with every line found.</summary>
/// <param name="number">Line of the archive, from 1.</param>
/// <param name="line">Its bytes without the terminator; they hold until the call returns.</param>
/// <returns>False ends the search.</returns>
public delegate bool FoundLine(long number, ReadOnlySpan<byte> line);

/// <summary>Answers questions about an archive, block by block: descriptions first, then columns, then lines.</summary>
public sealed class ArchiveSearch(ArchiveReader archive)
{
    /// <summary>Blocks whose data the last search read.</summary>
    public int BlocksRead { get; private set; }

    /// <summary>Lines of each template in the archive, most frequent first, from the descriptions alone.</summary>
    public IReadOnlyList<BlockTemplate> CountByTemplate()
    {
        var totals = new Dictionary<TemplateId, (BlockTemplate? Template, long Lines, LineClass Class)>();
        foreach (var block in archive.Blocks)
        {
            foreach (var template in block.Meta.Templates)
            {
                ref var total = ref CollectionsMarshal.GetValueRefOrAddDefault(totals, template.Id, out _);
                total = (total.Template ?? template, total.Lines + template.Lines, (LineClass)Math.Max((byte)total.Class, (byte)template.Class));
            }
        }

        return [.. totals.Values.Where(static t => t.Lines > 0).Select(static t => t.Template! with { Lines = t.Lines, Class = t.Class }).OrderByDescending(static t => t.Lines).ThenBy(static t => t.Text, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Lines in intervals of time, of one template or all, from the descriptions alone. A block knows its counts by intervals of its
    /// own; where they are longer than asked for, its lines count at the start of theirs.
    /// </summary>
    /// <param name="interval">Length of an interval, at least a second.</param>
    /// <param name="template">Which template; null for all.</param>
    /// <returns>Start of each interval that has lines, in ticks, and how many, ascending.</returns>
    public IReadOnlyList<(long Ticks, long Lines)> Histogram(TimeSpan interval, TemplateId? template = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromSeconds(1));
        var counts = new SortedDictionary<long, long>();
        foreach (var block in archive.Blocks)
        {
            var meta = block.Meta;
            var lines = meta.LinesByInterval(template);
            for (var n = 0; n < lines.Length; n++)
            {
                if (lines[n] > 0)
                {
                    var at = meta.Intervals[n] * meta.IntervalTicks;
                    at -= at % interval.Ticks;
                    counts[at] = counts.GetValueOrDefault(at) + lines[n];
                }
            }
        }

        return [.. counts.Select(static c => (c.Key, c.Value))];
    }

    /// <summary>Finds lines, in the order of the archive.</summary>
    /// <returns>How many were found.</returns>
    /// <exception cref="InvalidDataException">A block that had to be read is damaged.</exception>
    public long Find(ArchiveQuery query, FoundLine found)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(found);
        long count = 0;
        BlocksRead = 0;
        foreach (var block in archive.Blocks)
        {
            if (!MayHold(block.Meta, query))
            {
                continue;
            }

            BlocksRead++;
            var data = archive.ReadData(block);
            var more = block.Meta.IsPlain
                ? PlainSearch.Find(block, BlockText.Plain(block.Meta, data, archive.Frames), query, found, ref count)
                : Columns(block, new BlockData(block.Meta, block.MetaBytes, data, archive.Frames), query, found, ref count);
            if (!more)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>Counts lines; from the descriptions alone where only a template is asked for.</summary>
    public long Count(ArchiveQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var described = query.Text.IsEmpty && query.Fields.Count == 0 && !query.HasTime && query.LevelMin is null && query.Service is null;
        if (described && query.Template is { } id)
        {
            return archive.Blocks.Sum(b => b.Meta.Templates.Where(t => t.Id == id).Sum(static t => t.Lines));
        }

        if (query is { LevelMin: { } level, Template: null, Service: null } && query.Text.IsEmpty && query.Fields.Count == 0 && !query.HasTime)
        {
            return archive.Blocks.Sum(b => b.Meta.Levels.Skip((int)level).Sum());
        }

        long count = 0;
        BlocksRead = 0;
        foreach (var block in archive.Blocks)
        {
            if (!MayHold(block.Meta, query))
            {
                continue;
            }

            BlocksRead++;
            var data = archive.ReadData(block);
            if (block.Meta.IsPlain)
            {
                PlainSearch.Find(block, BlockText.Plain(block.Meta, data, archive.Frames), query, static (_, _) => true, ref count);
            }
            else
            {
                count += new BlockSearch(new BlockData(block.Meta, block.MetaBytes, data, archive.Frames), query).Find()?.AsSpan().Count(true) ?? 0;
            }
        }

        return count;
    }

    private static bool MayHold(BlockMeta meta, ArchiveQuery query)
    {
        if (query.HasTime && (meta.LastTicks == 0 || meta.LastTicks < (query.SinceTicks ?? 0) || meta.FirstTicks >= (query.UntilTicks ?? long.MaxValue)))
        {
            return false;
        }

        return (query.Template is not { } id || !meta.IsIndexed || meta.Templates.Any(t => t.Id == id))
            && (meta.Filter is not { } filter || query.Fields.All(f => filter.MayHold(ValueFilter.Key(f.Value.Span)) || TimePattern.Learn(f.Value.Span) is not null))
            && (query.LevelMin is not { } level || meta.Levels.Skip((int)level).Any(static n => n > 0))
            && (query.Service is not { } service || !meta.IsIndexed || meta.Services.Any(s => s.Name == service));
    }

    private static bool Columns(ArchiveBlock block, BlockData data, ArchiveQuery query, FoundLine found, ref long count)
    {
        if (new BlockSearch(data, query).Find() is not { } lines)
        {
            return true;
        }

        var more = true;
        long seen = 0;
        new BlockRenderer(data).Render(lines, (n, line) =>
        {
            if (more)
            {
                seen++;
                more = found(block.FirstLine + n + 1, line);
            }
        });
        count += seen;
        return more;
    }
}
