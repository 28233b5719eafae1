using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Prunella.Logs.Query;

namespace Prunella.Logs.Archive;

/// <summary>Numbers of a field in an interval.</summary>
/// <param name="Name">Key before the value, or its kind.</param>
/// <param name="Least">Smallest.</param>
/// <param name="P50">Median.</param>
/// <param name="P90">Nine of ten are no larger.</param>
/// <param name="P99">99 of 100 are no larger.</param>
/// <param name="Most">Largest.</param>
public sealed record NumberSummary(string Name, long Least, long P50, long P90, long P99, long Most);

/// <summary>A frequent value of a field.</summary>
/// <param name="Name">Key before the value, or its kind.</param>
/// <param name="Value">The value.</param>
/// <param name="Lines">Lines that have it.</param>
public sealed record ValueCount(string Name, string Value, long Lines);

/// <summary>What the lines of one template were in one block: a line of the file of summaries beside an archive.</summary>
/// <param name="Block">Number of the block.</param>
/// <param name="From">Earliest time in the block, as written; null when no line has one.</param>
/// <param name="To">Latest.</param>
/// <param name="Id">Template.</param>
/// <param name="Template">Its text.</param>
/// <param name="Class">Its class.</param>
/// <param name="Lines">Lines.</param>
/// <param name="PerMinute">Lines a minute over the minutes that have some; where the times of a block are too far apart for minutes, over its intervals that have some. Null where the two times are the same.</param>
/// <param name="Numbers">Quantiles of numeric fields.</param>
/// <param name="Top">Most frequent values of the others, three a field.</param>
public sealed record BlockSummary(
    long Block, DateTime? From, DateTime? To, string Id, string Template, string Class, long Lines, double? PerMinute, IReadOnlyList<NumberSummary> Numbers, IReadOnlyList<ValueCount> Top)
{
    private const int LinesMin = 8;
    private const int SampleMax = 4096;
    private const int DistinctMax = 1000;
    private const int TopMax = 3;
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file of summaries beside an archive: one JSON object a line.</summary>
    public static string PathOf(string archive) => archive + ".summary.jsonl";

    internal BlockSummary Shown(Func<string, string> safe) => this with { Template = safe(Template), Top = [.. Top.Select(v => v with { Value = safe(v.Value) })] };

    internal string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Summarises the frequent templates of a block from its planned columns.</summary>
    internal static IEnumerable<BlockSummary> Of(long block, BlockMeta meta, IReadOnlyList<BlockShape> shapes, int[] templateOfShape, ColumnPlan[] plans)
    {
        var span = TimeSpan.FromTicks(meta.LastTicks - meta.FirstTicks).TotalMinutes;
        var active = meta.ActiveMinutes();
        for (var t = 0; t < meta.Templates.Count; t++)
        {
            var template = meta.Templates[t];
            var shape = Enumerable.Range(0, shapes.Count).Where(s => templateOfShape[s] == t).MaxBy(s => shapes[s].Lines);
            if (template.Lines < LinesMin || shapes[shape].Source is null)
            {
                continue;
            }

            var numbers = new List<NumberSummary>();
            var top = new List<ValueCount>();
            for (var s = shapes[shape].HeaderSlots; s < shapes[shape].Slots; s++)
            {
                Add(shapes[shape], s, plans[shapes[shape].Columns[s]], numbers, top);
            }

            var minutes = Math.Min(span, active[t]);
            yield return new BlockSummary(
                block, Time(meta.FirstTicks), Time(meta.LastTicks), template.Id.ToString(), template.Text, template.Class.ToString(), template.Lines,
                minutes > 0 ? Math.Round(template.Lines / minutes, 3) : null, numbers, top);
        }
    }

    private static DateTime? Time(long ticks) => ticks > 0 ? new DateTime(ticks) : null;

    private static void Add(BlockShape shape, int slot, ColumnPlan plan, List<NumberSummary> numbers, List<ValueCount> top)
    {
        var name = FieldName.Of(shape.Literals.Span[(slot == 0 ? 0 : shape.LiteralEnds[slot - 1])..shape.LiteralEnds[slot]], shape.Kinds[slot]);
        if (plan.Coding == Coding.Integer)
        {
            var step = Math.Max(1, plan.Numbers.Count / SampleMax);
            var sample = new List<long>();
            for (var n = 0; n < plan.Numbers.Count; n += step)
            {
                sample.Add(plan.Numbers[n]);
            }

            sample.Sort();
            long At(double share) => sample[(int)Math.Min(sample.Count - 1, share * sample.Count)];
            numbers.Add(new NumberSummary(name, plan.Numbers.Min(), At(0.5), At(0.9), At(0.99), plan.Numbers.Max()));
        }
        else if (plan.Coding == Coding.Constant)
        {
            top.Add(new ValueCount(name, Encoding.UTF8.GetString(plan.Values[0]), plan.Values.Count));
        }
        else if (plan.Coding == Coding.Table && plan.Distinct <= DistinctMax)
        {
            var counts = new Dictionary<int, (int First, int Lines)>();
            for (var n = 0; n < plan.Ids.Count; n++)
            {
                ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, plan.Ids[n], out var known);
                count = known ? (count.First, count.Lines + 1) : (n, 1);
            }

            top.AddRange(counts.Values.OrderByDescending(static c => c.Lines).ThenBy(static c => c.First).Take(TopMax)
                .Select(c => new ValueCount(name, Encoding.UTF8.GetString(plan.Values[c.First]), c.Lines)));
        }
    }
}
