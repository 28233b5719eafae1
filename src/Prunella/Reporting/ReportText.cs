using System.Globalization;
using System.Net;
using System.Text;
using Prunella.Console;
using Prunella.Terminal;

namespace Prunella.Reporting;

/// <summary>The report as text that can be sent on: Markdown, a page of HTML that prints well, or CSV.</summary>
internal static class ReportText
{
    private const string Style = "body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b1a22}table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #ccc}td.n,th.n{text-align:right}p.q{color:#555}@media print{body{margin:0}}";

    /// <summary>The rows of the comparison: what, in the span, in the one before.</summary>
    internal static IReadOnlyList<(string What, string Now, string Before)> Rows(OperationsReport report)
    {
        (string, string, string) Row(string what, Func<ReportPeriod, string> cell) => (what, cell(report.Period), cell(report.Before));
        return
        [
            Row("incidents", period => Whole(period.Incidents)),
            Row("alerts", period => Whole(period.Alerts)),
            Row("mended and proved without a person", period => Whole(period.HealedAlone)),
            Row("share of what ended", period => Wording.Percent(period.AloneShare)),
            Row("mended after an approval", period => Whole(period.HealedApproved)),
            Row("over without an action", period => Whole(period.WentAway)),
            Row("handed to people", period => Whole(period.Escalated)),
            Row("interventions of people", period => Whole(period.Interventions)),
            Row("recorded only (stage)", period => Whole(period.Observed)),
            Row("fixes undone", period => Whole(period.Undone)),
            Row("still open", period => Whole(period.Open)),
            Row("time to detect, mean (MTTD)", period => Time(period.Detect.MeanSeconds)),
            Row("time to decide, mean", period => Time(period.Decide.MeanSeconds)),
            Row("time to recover, mean (MTTR)", period => Time(period.Recover.MeanSeconds)),
            Row("time to recover, middle", period => Time(period.Recover.MedianSeconds)),
            Row("time to recover, nine of ten within", period => Time(period.Recover.P90Seconds)),
        ];
    }

    /// <summary>What was saved, in a sentence; how to be told where no rates are given.</summary>
    internal static string Saved(OperationsReport report) => report.Savings is not { } saved
        ? $"What that saved is told once {ReportOptions.Section}:minutesByHand says how long a person needs for such an incident."
        : string.Create(CultureInfo.InvariantCulture, $"Saved: {saved.Hours:0.#} hours of people ({report.Period.HealedAlone} incidents mended alone, {saved.MinutesByHand} minutes each){(saved.HourlyRate > 0 ? $", {saved.Amount:N0} {saved.Currency} at {saved.HourlyRate:0.##} {saved.Currency} an hour" : "")}.");

    internal static string Markdown(OperationsReport report)
    {
        var text = new StringBuilder($"# {Title(report)}\n\n| | this time | the time before |\n|---|---:|---:|\n");
        foreach (var (what, now, before) in Rows(report)) text.Append(CultureInfo.InvariantCulture, $"| {what} | {now} | {before} |\n");
        text.Append(CultureInfo.InvariantCulture, $"\n{Saved(report)}\n");
        if (report.Causes.Count > 0)
        {
            text.Append("\n## Causes\n\n| cause | incidents | mended alone | handed to people | time to recover, middle |\n|---|---:|---:|---:|---:|\n");
            foreach (var cause in report.Causes) text.Append(CultureInfo.InvariantCulture, $"| {MarkdownCell(cause.Cause)} | {cause.Incidents} | {cause.HealedAlone} | {cause.Escalated} | {Time(cause.MedianRecoverSeconds)} |\n");
        }
        return text.Append(CultureInfo.InvariantCulture, $"\n{Note(report)}\n").ToString();
    }

    internal static string Html(OperationsReport report)
    {
        static string Encoded(string text) => WebUtility.HtmlEncode(text);
        var text = new StringBuilder($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Encoded(Title(report))}</title><style>{Style}</style></head><body>\n<h1>{Encoded(Title(report))}</h1>\n<table><thead><tr><th></th><th class=\"n\">this time</th><th class=\"n\">the time before</th></tr></thead><tbody>\n");
        foreach (var (what, now, before) in Rows(report)) text.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encoded(what)}</td><td class=\"n\">{Encoded(now)}</td><td class=\"n\">{Encoded(before)}</td></tr>\n");
        text.Append(CultureInfo.InvariantCulture, $"</tbody></table>\n<p>{Encoded(Saved(report))}</p>\n");
        if (report.Causes.Count > 0)
        {
            text.Append("<h2>Causes</h2>\n<table><thead><tr><th>cause</th><th class=\"n\">incidents</th><th class=\"n\">mended alone</th><th class=\"n\">handed to people</th><th class=\"n\">time to recover, middle</th></tr></thead><tbody>\n");
            foreach (var cause in report.Causes) text.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encoded(Wording.Line(cause.Cause, 200))}</td><td class=\"n\">{cause.Incidents}</td><td class=\"n\">{cause.HealedAlone}</td><td class=\"n\">{cause.Escalated}</td><td class=\"n\">{Encoded(Time(cause.MedianRecoverSeconds))}</td></tr>\n");
            text.Append("</tbody></table>\n");
        }
        return text.Append(CultureInfo.InvariantCulture, $"<p class=\"q\">{Encoded(Note(report))}</p>\n</body></html>\n").ToString();
    }

    internal static string Csv(OperationsReport report)
    {
        var text = new StringBuilder("section,what,this time,the time before\r\n");
        foreach (var (what, now, before) in Rows(report)) text.Append(CultureInfo.InvariantCulture, $"all,{CsvCell(what)},{CsvCell(now)},{CsvCell(before)}\r\n");
        foreach (var cause in report.Causes) text.Append(CultureInfo.InvariantCulture, $"cause,{CsvCell(cause.Cause)},{cause.Incidents},\r\n");
        return text.ToString();
    }

    internal static string Title(OperationsReport report) => string.Create(CultureInfo.InvariantCulture, $"Operations from {report.Since:yyyy-MM-dd HH:mm} to {report.Until:yyyy-MM-dd HH:mm} UTC");

    internal static string Note(OperationsReport report) =>
        $"Counted from the incidents noticed in the time; the time before is as long.{(report.IsCut ? $" There were more than {Whole(ReportReader.IncidentsMax)}: only the newest are counted." : "")}";

    internal static string Time(double? seconds) => seconds is { } known ? Wording.Span(TimeSpan.FromSeconds(known)) : "–";

    internal static string Whole(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string MarkdownCell(string text) => WebUtility.HtmlEncode(InertText.Line(text)).Replace("|", "\\|", StringComparison.Ordinal);

    // A cell that begins like a formula would be one to a spreadsheet.
    private static string CsvCell(string text)
    {
        var line = InertText.Line(text);
        if (line.Length > 0 && line[0] is '=' or '+' or '-' or '@') line = "'" + line;
        return line.AsSpan().ContainsAny(',', '"', '\n') ? $"\"{line.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : line;
    }
}
