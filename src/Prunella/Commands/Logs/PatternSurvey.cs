using System.Globalization;
using System.Text;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Commands.Logs;

/// <summary>Reads inputs and counts their patterns.</summary>
internal sealed class PatternSurvey(LogParserOptions options, ClassOverrides overrides)
{
    private readonly LogParser parser = new(options);
    private readonly LineClassifier classifier = new(overrides: overrides);
    private readonly Dictionary<LineFormat, long> formats = [];
    private readonly Dictionary<Template, Severity> levels = [];

    /// <summary>Ticks of the latest line that has a time; 0 when none has.</summary>
    internal long Latest(LogInputs inputs)
    {
        long latest = 0;
        var times = new LogParser(options);
        inputs.ForEachLine(long.MaxValue, (line, _) => latest = Math.Max(latest, times.Parse(line).TimeTicks));
        return latest;
    }

    /// <summary>Learns and counts the lines from a time on.</summary>
    internal void Read(LogInputs inputs, long since = 0)
    {
        inputs.ForEachLine(LogInputs.LookAheadLines, (line, _) => parser.Learn(line));
        long at = 0;
        inputs.ForEachEvent(long.MaxValue, (line, _) =>
        {
            if (since != 0)
            {
                // Lines without a time stand where the line before them stands.
                at = parser.TimeOf(line) is > 0 and var own ? own : at;
                if (at < since)
                {
                    return;
                }
            }

            var row = parser.Parse(line);
            classifier.Classify(row);
            formats[row.Format] = formats.GetValueOrDefault(row.Format) + 1;
            if (row.Level > levels.GetValueOrDefault(row.Template))
            {
                levels[row.Template] = row.Level;
            }
        });
        parser.Refine();
    }

    /// <summary>Lines of each template in an input, by what is known now.</summary>
    internal Dictionary<Template, long> Count(LogInputs inputs) => Count(inputs, [(0, long.MaxValue)])[0];

    /// <summary>Lines of each template in each of some ranges of ticks, ends excluded, by what is known now.</summary>
    internal Dictionary<Template, long>[] Count(LogInputs inputs, IReadOnlyList<(long From, long To)> ranges)
    {
        var counts = ranges.Select(static _ => new Dictionary<Template, long>()).ToArray();
        long at = 0;
        inputs.ForEachEvent(long.MaxValue, (line, _) =>
        {
            var row = parser.Parse(line);
            at = row.TimeTicks > 0 ? row.TimeTicks : at;
            for (var n = 0; n < counts.Length; n++)
            {
                if (at >= ranges[n].From && at < ranges[n].To)
                {
                    counts[n][row.Template] = counts[n].GetValueOrDefault(row.Template) + 1;
                }
            }
        });
        return counts;
    }

    internal List<PatternRow> Patterns()
    {
        var total = Math.Max(1, parser.Templates.Sum(static t => t.Lines));
        var worst = new Dictionary<string, Severity>(StringComparer.Ordinal);
        foreach (var (template, level) in levels)
        {
            worst[template.Text] = (Severity)Math.Max((int)worst.GetValueOrDefault(template.Text), (int)level);
        }

        return parser.Templates.Where(static t => t.Lines > 0).OrderByDescending(static t => t.Lines).ThenBy(static t => t.Id.Value).Select(t =>
        {
            var minutes = (t.LastTicks - t.FirstTicks) / (double)TimeSpan.TicksPerMinute;
            return new PatternRow(t.Id.ToString(), classifier.ClassOf(t, worst.GetValueOrDefault(t.Text)).ToString(), t.Lines, (double)t.Lines / total,
                minutes > 0 ? t.Lines / minutes : null, Time(t.FirstTicks), Time(t.LastTicks), t.Text, Encoding.UTF8.GetString(t.Example.Span));
        }).ToList();
    }

    internal void Summarize(TextWriter error)
    {
        var totals = classifier.Totals;
        var lines = totals.Lines(LineClass.Critical) + totals.Lines(LineClass.Interesting) + totals.Lines(LineClass.Routine);
        var kept = totals.Kept(LineClass.Critical) + totals.Kept(LineClass.Interesting) + totals.Kept(LineClass.Routine);
        var saved = totals.Bytes == 0 ? 0 : 1 - ((double)totals.BytesKept / totals.Bytes);
        error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{lines:N0} events ({string.Join(", ", formats.OrderByDescending(static f => f.Value).Select(static f => $"{f.Key.ToString().ToLowerInvariant()} {f.Value:N0}"))}), {parser.Templates.Count:N0} patterns: {totals.Lines(LineClass.Critical):N0} critical, {totals.Lines(LineClass.Interesting):N0} interesting, {totals.Lines(LineClass.Routine):N0} routine. Indexed whole and by sample: {kept:N0} events, {saved:P0} of the bytes saved."));
        if (parser.TemplatesEvicted > 0)
        {
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{parser.TemplatesEvicted:N0} rare patterns were dropped to stay within {options.TemplatesMax:N0}."));
        }
    }

    private static string? Time(long ticks) => ticks == 0 ? null : ParseRow.Time(ticks);
}
