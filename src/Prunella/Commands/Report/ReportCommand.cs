using System.CommandLine;
using System.Globalization;
using Prunella.Reporting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Prunella.Commands.Report;

/// <summary><c>prunella report</c>: what happened, in numbers that can be sent on.</summary>
internal static class ReportCommand
{
    private static readonly Option<string> Since = new("--since") { Description = "How far back, in days: 30d. The same time before it is held against it.", HelpName = "DAYS", DefaultValueFactory = _ => "30d" };

    internal static Command Create()
    {
        var form = new Option<string?>("--as") { Description = "A text to send on: markdown, html or csv." };
        form.AcceptOnlyFromAmong("markdown", "html", "csv");
        return new VerbCommand("report", "Show what happened: times to detect and recover, what was mended without a person, what people had to do.") { Since, form }
            .Such("prunella report --since 30d", "the last thirty days against the thirty before")
            .Such("prunella report --since 90d --as html > report.html", "a page to print")
            .Asks(async (parsed, server, cancellation) =>
            {
                var report = await server.GetAsync<OperationsReport>(string.Create(CultureInfo.InvariantCulture, $"api/v1/report?days={Days(parsed.GetValue(Since)!)}"), cancellation);
                if (parsed.GetValue(form) is { } text) parsed.InvocationConfiguration.Output.Write(text switch { "markdown" => ReportText.Markdown(report), "html" => ReportText.Html(report), _ => ReportText.Csv(report) });
                else Output.Print(parsed, report, Show);
                return ExitCode.Ok;
            });
    }

    private static int Days(string text) =>
        text.EndsWith('d') && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= 366
            ? days : throw new CommandFailedException(ExitCode.Usage, $"--since {text}: expected days from 1d to 366d, such as 30d.");

    private static Rows Show(OperationsReport report)
    {
        var table = Output.Table("", "this time", "the time before");
        foreach (var (what, now, before) in ReportText.Rows(report)) table.Row(what, now, before);
        var causes = Output.Table("cause", "incidents", "mended alone", "handed to people", "time to recover, middle");
        foreach (var cause in report.Causes) causes.Row(cause.Cause, ReportText.Whole(cause.Incidents), ReportText.Whole(cause.HealedAlone), ReportText.Whole(cause.Escalated), ReportText.Time(cause.MedianRecoverSeconds));
        List<IRenderable> all = [Output.Cell(ReportText.Title(report)), new Text(""), table, new Text(""), Output.Cell(ReportText.Saved(report))];
        if (report.Causes.Count > 0) all.AddRange([new Text(""), causes]);
        return new Rows([.. all, new Text(""), Output.Cell(ReportText.Note(report))]);
    }
}
