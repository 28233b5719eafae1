using System.Globalization;
using System.Net;
using System.Text;

namespace Prunella.Commands.Chaos;

/// <summary>A report as a picture (SVG) and as one page (HTML), both self-contained, light and dark as the reader's screen is.</summary>
internal static class GameDayChart
{
    private const int Width = 860;
    private const int Left = 230;
    private const int Right = 60;
    private const int RowHeight = 30;
    private const int Top = 48;

    private const string Style =
        """
        .s { --ink: #1c2430; --soft: #5d6b7e; --line: #d9dfe7; --ground: #ffffff; --detect: #2563eb; --decide: #d97706; --recover: #0f9d76; --bad: #c0262d; font: 13px system-ui, sans-serif }
        @media (prefers-color-scheme: dark) { .s { --ink: #e6ebf2; --soft: #9aa7b8; --line: #323c4a; --ground: #12171f; --detect: #6ea0ff; --decide: #f3b04b; --recover: #3ecf9f; --bad: #ff7a80 } }
        .s .ground { fill: var(--ground) } .s text { fill: var(--ink) } .s .soft { fill: var(--soft) } .s .line { stroke: var(--line) } .s .bad { fill: var(--bad) }
        .s .detect { fill: var(--detect) } .s .decide { fill: var(--decide) } .s .recover { fill: var(--recover) }
        """;

    internal static string Svg(GameDayReport report)
    {
        var height = Top + (report.Results.Count * RowHeight) + 46;
        var most = Math.Max(1, report.Results.Max(result => result.Recover ?? result.Detect ?? 0));
        var step = Step(most);
        most = Math.Ceiling(most / step) * step;
        double X(double seconds) => Left + (seconds / most * (Width - Left - Right));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" class=\"s\" role=\"img\" aria-label=\"{Text($"{report.GameDay}: {report.Succeeded} of {report.Results.Count} as expected")}\"><style>{Style}</style><rect class=\"ground\" width=\"{Width}\" height=\"{height}\"/>");
        Legend(svg);
        for (var second = 0.0; second <= most + (step / 2); second += step)
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"line\" x1=\"{X(second):0.#}\" x2=\"{X(second):0.#}\" y1=\"{Top - 8}\" y2=\"{height - 34}\"/><text class=\"soft\" x=\"{X(second):0.#}\" y=\"{height - 16}\" text-anchor=\"middle\">{second:0.###} s</text>");
        for (var index = 0; index < report.Results.Count; index++) Row(svg, report.Results[index], Top + (index * RowHeight), X);
        return svg.Append("</svg>\n").ToString();
    }

    internal static string Html(GameDayReport report)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{Text(report.GameDay)}}</title>
            <style>
            :root { color-scheme: light dark; --ink: #1c2430; --soft: #5d6b7e; --line: #d9dfe7; --ground: #ffffff; --bad: #c0262d; --good: #0b7a5c }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6ebf2; --soft: #9aa7b8; --line: #323c4a; --ground: #12171f; --bad: #ff7a80; --good: #3ecf9f } }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
            h1 { font-size: 1.4rem; margin-bottom: .2rem } p { color: var(--soft); margin-top: 0 } svg { width: 100%; height: auto }
            .wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .87rem } th { text-align: left; font-weight: 600 } td, th { padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
            td.n { text-align: right; font-variant-numeric: tabular-nums } .bad { color: var(--bad) } .good { color: var(--good) }
            </style></head><body>
            <h1>{{Text(report.GameDay)}}: {{report.Succeeded}} of {{report.Results.Count}} as expected</h1>
            <p>Namespace {{Text(report.Namespace)}}, seed {{report.Seed}}, {{report.Began.UtcDateTime:yyyy-MM-dd HH:mm}} to {{report.Ended.UtcDateTime:HH:mm}} UTC. Times in seconds from the first sign that the API showed.</p>
            """);
        page.Append(Svg(report)).Append("<div class=\"wide\"><table><thead><tr><th>experiment</th><th>fault</th><th>cause</th><th>action</th><th>outcome</th><th>detect</th><th>decide</th><th>recover</th><th>besides start</th><th></th></tr></thead><tbody>\n");
        foreach (var result in report.Results)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(result.Experiment)}</td><td>{Text(result.Fault)}</td><td>{Text(result.Cause ?? "–")}</td><td>{Text(result.Actions.Count == 0 ? "none" : string.Join(", ", result.Actions))}</td><td>{Text(result.Outcome ?? "–")}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td class=\"n\">{GameDayReport.Seconds(result.Detect)}</td><td class=\"n\">{GameDayReport.Seconds(result.Decide)}</td><td class=\"n\">{GameDayReport.Seconds(result.Recover)}</td><td class=\"n\">{GameDayReport.Seconds(result.RecoverBesidesStart)}</td>")
                .Append(result.Succeeded ? "<td class=\"good\">as expected</td></tr>\n" : $"<td class=\"bad\">{Text(string.Join("; ", result.Broken))}</td></tr>\n");
        }
        return page.Append("</tbody></table></div>\n</body></html>\n").ToString();
    }

    private static void Legend(StringBuilder svg)
    {
        var x = Left;
        foreach (var (name, words) in new[] { ("detect", "noticed"), ("decide", "decided"), ("recover", "well again") })
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{name}\" x=\"{x}\" y=\"14\" width=\"12\" height=\"12\" rx=\"2\"/><text x=\"{x + 18}\" y=\"25\">{words}</text>");
            x += 110;
        }
    }

    private static void Row(StringBuilder svg, GameDayResult result, int y, Func<double, double> x)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 12}\" y=\"{y + 15}\" text-anchor=\"end\"{(result.Succeeded ? "" : " class=\"bad\"")}>{Text(Short(result.Experiment))}</text>");
        var (noticed, decided) = (result.Detect ?? 0, (result.Detect ?? 0) + (result.Decide ?? 0));
        if (result.Recover is { } recovered) Bar(svg, "recover", x(0), x(recovered), y + 4, 14, $"well again after {recovered:0.00} s");
        // What comes first lies on top, each a little lower, so that a share of a second beside many is still seen.
        if (result.Decide is not null) Bar(svg, "decide", x(0), Math.Max(x(decided), x(0) + 4), y + 4, 14, $"decided after {decided:0.00} s");
        if (result.Detect is not null) Bar(svg, "detect", x(0), Math.Max(x(noticed), x(0) + 2), y + 4, 14, $"noticed after {noticed:0.00} s");
        var end = result.Recover ?? decided;
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"{(result.Succeeded ? "soft" : "bad")}\" x=\"{x(end) + 6:0.#}\" y=\"{y + 15}\">{(result.Recover is null ? "not well" : end.ToString("0.0", CultureInfo.InvariantCulture))}</text>");
    }

    private static void Bar(StringBuilder svg, string name, double from, double to, int y, int height, FormattableString words) =>
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{name}\" x=\"{from:0.#}\" y=\"{y}\" width=\"{Math.Max(1, to - from):0.#}\" height=\"{height}\" rx=\"2\"><title>{Text(words.ToString(CultureInfo.InvariantCulture))}</title></rect>");

    private static double Step(double most)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(most)));
        return (most / power) switch { <= 1.5 => power / 5, <= 3.5 => power / 2, <= 7.5 => power, _ => power * 2 };
    }

    private static string Short(string text) => text.Length <= 30 ? text : text[..29] + "…";

    private static string Text(string text) => WebUtility.HtmlEncode(Terminal.InertText.Line(text));
}
