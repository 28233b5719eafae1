using System.Globalization;
using System.Text;
using Prunella.Traces.Advice;
using Prunella.Traces.Detectors;

namespace Prunella.Integrations.GitHub;

/// <summary>Writes a finding as an issue, and finds its marks in an issue again.</summary>
internal static class IssueText
{
    private const string Marker = "<!-- prunella-finding: ";
    private const string Seen = "<!-- prunella-last-seen: ";

    public static string Title(TraceAdvice advice)
    {
        var title = advice.Title.ReplaceLineEndings(" ");
        return title.Length <= 120 ? title : title[..119] + "…";
    }

    public static string Body(TraceAdvice advice, DateOnly seen)
    {
        var finding = advice.Finding;
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"{Marker}{finding.Fingerprint} -->\n{Seen}{seen:yyyy-MM-dd} -->\n\n");
        body.Append(CultureInfo.InvariantCulture, $"{Inert(advice.Problem)}\n\n**Change.** {Inert(advice.Change)}\n\n");
        body.Append("| | |\n|---|---|\n");
        body.Append(CultureInfo.InvariantCulture, $"| service | {Cell(finding.Service)} |\n| operation | {Cell(finding.Operation)} |\n| finding | {DetectorNames.Of(finding.Kind)} |\n");
        body.Append(CultureInfo.InvariantCulture, $"| seen | {finding.Count} times in {finding.Traces} traces |\n");
        body.Append(CultureInfo.InvariantCulture, $"| waste | P50 {Ms(finding.Waste.PercentileUs(0.5))}, P95 {Ms(finding.Waste.PercentileUs(0.95))} |\n");
        if (advice.GainP50Us is { } gain)
        {
            body.Append(CultureInfo.InvariantCulture,
                $"| expected gain per trace, by re-timing | P50 {Ms(gain)} ({advice.GainShareP50 * 100:0.#} %), P95 {Ms(advice.GainP95Us!.Value)} ({advice.GainShareP95 * 100:0.#} %) |\n");
        }

        body.Append(CultureInfo.InvariantCulture, $"| effort | {advice.Effort.ToString().ToLowerInvariant()} |\n| confidence | {advice.Confidence:0.##} |\n\n");
        body.Append(CultureInfo.InvariantCulture, $"```\n{Fenced(finding.Pattern)}\n```\n\n");
        if (advice.Example is { } example)
        {
            var language = example.Language == "text" ? string.Empty : example.Language;
            body.Append(CultureInfo.InvariantCulture, $"Before:\n\n```{language}\n{Fenced(example.Before)}\n```\n\nAfter:\n\n```{language}\n{Fenced(example.After)}\n```\n\n");
        }

        body.Append("Examples:\n\n");
        foreach (var seenIn in finding.Examples)
            body.Append(CultureInfo.InvariantCulture, $"- trace `{Tick(seenIn.TraceId)}`, {seenIn.SpanIds.Count} spans from `{Tick(seenIn.SpanIds[0])}`: {Ms(seenIn.WasteUs)} wasted{(seenIn.Detail is null ? string.Empty : ", " + Inert(seenIn.Detail))}\n");
        return body.ToString();
    }

    public static string? Fingerprint(string? body) => Between(body, Marker);

    public static DateOnly? LastSeen(string? body) =>
        DateOnly.TryParseExact(Between(body, Seen), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static string? Between(string? body, string mark)
    {
        var start = body?.IndexOf(mark, StringComparison.Ordinal) ?? -1;
        if (start < 0)
            return null;
        start += mark.Length;
        var end = body!.IndexOf(" -->", start, StringComparison.Ordinal);
        return end < 0 ? null : body[start..end];
    }

    private static string Ms(long us) => string.Create(CultureInfo.InvariantCulture, $"{us / 1_000.0:0.#} ms");

    // What services report is quoted, never markup: no mentions, no comments that could fake a marker, no broken fences.
    private static string Inert(string text) => text.Replace("<", "&lt;", StringComparison.Ordinal).Replace("@", "@\u200B", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static string Cell(string text) => "`" + Tick(text).Replace("|", "\\|", StringComparison.Ordinal) + "`";

    private static string Tick(string text) => text.Replace('`', '\'').Replace("<!--", "< !--", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static string Fenced(string text) => text.Replace("```", "'''", StringComparison.Ordinal).Replace("<!--", "< !--", StringComparison.Ordinal);
}
