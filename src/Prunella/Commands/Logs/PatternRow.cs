using Prunella.Logs.Templates;

namespace Prunella.Commands.Logs;

/// <summary>One pattern of a log as printed.</summary>
internal sealed record PatternRow(string Id, string Class, long Count, double Share, double? PerMinute, string? First, string? Last, string Template, string Example);

/// <summary>How often a pattern came in two logs.</summary>
internal sealed record PatternChangeRow(string Id, string Change, long Before, long After, string Template)
{
    // Twice as often, and more than chance: the square root of a count is its spread.
    private const double Ratio = 2;

    internal static IEnumerable<PatternChangeRow> Between(IReadOnlyDictionary<Template, long> before, IReadOnlyDictionary<Template, long> after)
    {
        var scale = (double)Math.Max(1, after.Values.Sum()) / Math.Max(1, before.Values.Sum());
        var rows = new List<(double Weight, PatternChangeRow Row)>();
        foreach (var template in before.Keys.Union(after.Keys))
        {
            var was = before.GetValueOrDefault(template);
            var now = after.GetValueOrDefault(template);
            var expected = was * scale;
            var away = Math.Abs(now - expected) / Math.Sqrt(Math.Max(1, expected));
            var change = was == 0 ? "new" : now == 0 ? "gone" : now > expected * Ratio && away > 3 ? "more" : now * Ratio < expected && away > 3 ? "less" : null;
            if (change is not null)
            {
                rows.Add((change is "new" or "gone" ? away + 1000 : away, new PatternChangeRow(template.Id.ToString(), change, was, now, template.Text)));
            }
        }

        return rows.OrderByDescending(static r => r.Weight).ThenBy(static r => r.Row.Id, StringComparer.Ordinal).Select(static r => r.Row);
    }
}
