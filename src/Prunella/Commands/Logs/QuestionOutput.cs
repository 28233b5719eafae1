using System.Globalization;
using Prunella.Logs.Questions;
using Spectre.Console;

namespace Prunella.Commands.Logs;

/// <summary>Shows the answer to a question.</summary>
internal static class QuestionOutput
{
    internal static void Show(TextWriter writer, LogQuestion question, QuestionAnswer answer)
    {
        Output.Render(writer, Output.Cell("Query: " + answer.Query, new Style(decoration: Decoration.Dim)));
        writer.WriteLine();
        Output.Render(writer, Output.Cell(answer.Summary, new Style(decoration: Decoration.Bold)));
        writer.WriteLine();
        if (answer.Groups.Count > 0) Groups(writer, question.By, answer.Groups);
        else if (question.Result is QuestionResult.Lines or QuestionResult.Count or QuestionResult.OverTime && answer.Patterns.Count > 0) Groups(writer, "pattern", answer.Patterns);
        if (answer.PatternsFrom is { } newest) writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"(patterns of the newest {newest:N0} lines)"));
        if (answer.Course.Count > 1 && question.Result is not (QuestionResult.First or QuestionResult.Last)) Chart(writer, question, answer);
        if (answer.Changes.Count > 0) Changes(writer, answer.Changes);
        if (answer.Lines.Count > 0)
        {
            writer.WriteLine();
            foreach (var line in answer.Lines) writer.WriteLine(Terminal.InertText.Line(line.Text));
            if (question.Result == QuestionResult.Lines && answer.Total > answer.Lines.Count) writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"({answer.Total - answer.Lines.Count:N0} earlier ones not shown; --limit shows more)"));
        }
        if (answer.Next.Length > 0) writer.WriteLine("\n" + answer.Next);
    }

    private static void Changes(TextWriter writer, IReadOnlyList<AnswerChange> changes)
    {
        const int Shown = 12;
        writer.WriteLine(changes.Count <= Shown ? "\nAt the same time:" : string.Create(CultureInfo.InvariantCulture, $"\nAt the same time, the latest {Shown} of {changes.Count}:"));
        var table = Output.Table("at", "kind", "what");
        foreach (var change in changes.TakeLast(Shown)) table.Row(change.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), change.Kind, change.What);
        Output.Render(writer, table);
    }

    private static void Groups(TextWriter writer, string by, IReadOnlyList<AnswerGroup> groups)
    {
        var compared = groups[0].Before is not null;
        var table = compared ? Output.Table("lines", "share", "before", "", by) : Output.Table("lines", "share", by);
        foreach (var group in groups)
        {
            var (count, share) = (group.Count.ToString("N0", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{group.Share * 100:0.0} %"));
            if (compared) table.Row(count, share, group.Before!.Value.ToString("N0", CultureInfo.InvariantCulture), group.IsNew ? "new" : group.IsSpiking ? "spiking" : "", group.Value);
            else table.Row(count, share, group.Value);
        }
        Output.Render(writer, table);
    }

    // Asked for a course: a row each. Otherwise one line of bars.
    private static void Chart(TextWriter writer, LogQuestion question, QuestionAnswer answer)
    {
        const string Bars = " ▁▂▃▄▅▆▇█";
        const int RowsMax = 60;
        var most = answer.Course.Max(interval => interval.Count);
        writer.WriteLine();
        if (question.Result == QuestionResult.OverTime && answer.Course.Count <= RowsMax)
        {
            foreach (var interval in answer.Course)
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{interval.At:yyyy-MM-dd HH:mm:ss}  {interval.Count,9:N0}  {new string('█', (int)(interval.Count * 40 / most))}"));
            return;
        }
        var cells = answer.Course.Count <= RowsMax ? [.. answer.Course.Select(interval => interval.Count)] : answer.Course.Chunk((answer.Course.Count + RowsMax - 1) / RowsMax).Select(chunk => chunk.Sum(interval => interval.Count)).ToList();
        most = cells.Max();
        var line = string.Concat(cells.Select(count => Bars[count == 0 ? 0 : 1 + (int)(count * 7 / most)]));
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answer.FirstAt:yyyy-MM-dd HH:mm} |{line}| {answer.LastAt:yyyy-MM-dd HH:mm}"));
    }
}
