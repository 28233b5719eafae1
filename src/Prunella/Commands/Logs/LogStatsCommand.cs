using System.CommandLine;
using System.Globalization;
using Prunella.Logs.Archive;
using Prunella.Logs.Parsing;
using Prunella.Logs.Query;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs stats</c>: what an archive holds, from its descriptions alone.</summary>
internal static class LogStatsCommand
{
    internal sealed record Row(string Id, long Count, double Share, string Class, string Template);

    internal sealed record Stats(long Blocks, long PlainBlocks, long Lines, long Bytes, long StoredBytes, double Ratio, bool Encrypted, string? First, string? Last, IReadOnlyDictionary<string, long> Levels, IReadOnlyList<Row> Templates);

    internal static Command Create()
    {
        var archive = LogArchiveCommands.ArchiveArgument();
        var key = ArchiveKey.Option();
        var limit = new Option<int>("--limit") { Description = "Most templates printed; 0 for all.", DefaultValueFactory = static _ => 30 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new VerbCommand("stats", "Show what an archive holds: size, times, levels, templates.") { archive, key, limit, json }
            .Such("prunella logs stats app.parc", "reads a few kB a block, no lines");
        command.SetAction(parsed => LogArchiveCommands.Reading(parsed, () =>
        {
            var path = ArchiveNames.One(parsed.GetRequiredValue(archive));
            using var reader = ArchiveNames.Open(path, parsed.GetValue(key));
            var stats = Collect(reader, parsed.GetValue(limit) is > 0 and var n ? n : int.MaxValue);
            if (parsed.GetValue(json))
            {
                PatternOutput.WriteJson(parsed.InvocationConfiguration.Output, [stats]);
            }
            else
            {
                Write(parsed.InvocationConfiguration.Output, stats);
            }

            return LogArchiveCommands.Incomplete(parsed, reader);
        }));
        return command;
    }

    private static Stats Collect(ArchiveReader reader, int limit)
    {
        var metas = reader.Metas.ToList();
        var lines = metas.Sum(static m => (long)m.Lines);
        var bytes = metas.Sum(static m => m.Bytes);
        var levels = new Dictionary<string, long>();
        foreach (var level in Enum.GetValues<Severity>())
        {
            var count = metas.Sum(m => m.Levels[(int)level]);
            if (count > 0)
            {
                levels.Add(level.ToString(), count);
            }
        }

        var templates = new ArchiveSearch(reader).CountByTemplate().Take(limit).Select(t => new Row(t.Id.ToString(), t.Lines, (double)t.Lines / lines, t.Class.ToString(), t.Text));
        return new Stats(metas.Count, metas.Count(static m => m.IsPlain), lines, bytes, reader.Length, (double)bytes / reader.Length, reader.IsEncrypted,
            Time(metas.Select(static m => m.FirstTicks).Where(static t => t > 0).DefaultIfEmpty().Min()), Time(metas.Select(static m => m.LastTicks).DefaultIfEmpty().Max()), levels, [.. templates]);
    }

    private static string? Time(long ticks) => ticks > 0 ? ParseRow.Time(ticks) : null;

    private static void Write(TextWriter writer, Stats stats)
    {
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stats.Lines:N0} lines, {stats.Bytes:N0} bytes in {stats.StoredBytes:N0}: {stats.Ratio:F1} to 1; {stats.Blocks:N0} {(stats.Blocks == 1 ? "block" : "blocks")}, {stats.PlainBlocks:N0} of them as text{(stats.Encrypted ? "; encrypted" : "")}"));
        writer.WriteLine($"from {stats.First ?? "?"} to {stats.Last ?? "?"}; {string.Join(", ", stats.Levels.Select(static l => string.Create(CultureInfo.InvariantCulture, $"{l.Key} {l.Value:N0}")))}");
        var table = Output.Table("Count", "Share", "Class", "Id", "Template");
        foreach (var row in stats.Templates)
        {
            table.Row(row.Count.ToString("N0", CultureInfo.InvariantCulture), row.Share.ToString("P1", CultureInfo.InvariantCulture), row.Class, row.Id, row.Template);
        }

        Output.Render(writer, table);
    }
}
