using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Prunella.Commands.Logs;

/// <summary>Prints patterns for people and for programs.</summary>
internal static class PatternOutput
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static void WriteJson<T>(TextWriter writer, IEnumerable<T> rows)
    {
        foreach (var row in rows)
        {
            writer.WriteLine(JsonSerializer.Serialize(row, Json));
        }
    }

    internal static void WriteTable(TextWriter writer, IReadOnlyList<PatternRow> rows, int limit)
    {
        var table = Output.Table("Count", "Share", "/min", "Class", "First", "Last", "Id", "Template");
        foreach (var row in rows.Take(limit))
        {
            table.Row(row.Count.ToString("N0", CultureInfo.InvariantCulture), row.Share.ToString("P1", CultureInfo.InvariantCulture),
                row.PerMinute?.ToString("F1", CultureInfo.InvariantCulture) ?? "", row.Class, row.First ?? "", row.Last ?? "", row.Id, row.Template);
        }

        Output.Render(writer, table);
        if (rows.Count > limit)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"… and {rows.Count - limit:N0} more (--limit 0 prints all)."));
        }
    }

    internal static void WriteTable(TextWriter writer, IReadOnlyList<PatternChangeRow> rows)
    {
        var table = Output.Table("Change", "Before", "After", "Id", "Template");
        foreach (var row in rows)
        {
            table.Row(row.Change, row.Before.ToString("N0", CultureInfo.InvariantCulture), row.After.ToString("N0", CultureInfo.InvariantCulture), row.Id, row.Template);
        }

        Output.Render(writer, table);
    }
}
