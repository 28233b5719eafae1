using Prunella.Logs.Archive;

namespace Prunella.Reasoning.Telling;

/// <summary>Routine traffic in a paragraph, by rules. Pure.</summary>
internal static class BuiltInTraffic
{
    private const int UsualMax = 3;
    private const int NotableMax = 6;
    private const int TemplateCharactersMax = 100;

    // A burst is worth a word at three times the usual rate, a tail at ten times the median, a value at nine lines of ten.
    private const double BurstTimes = 3;
    private const long TailTimes = 10;
    private const double MostShare = 0.9;

    internal static TrafficStory Of(TrafficPicture picture)
    {
        if (picture.Lines == 0) return new TrafficStory("There is no routine traffic.", "No template that counts as routine came often enough to be summarised.", []);
        var span = picture is { From: { } from, To: { } to } && to > from ? $" in {BuiltInStory.Length(to - from)}" : "";
        var usual = picture.Kinds.Take(UsualMax).ToList();
        var headline = Say($"{picture.Lines:N0} routine lines of {Count(picture.Kinds.Count, "kind")}{span}; {(usual.Count == 1 ? "it is" : $"the {usual.Count} most frequent are")} {usual.Sum(kind => kind.Share) * 100:0} %.");
        return new TrafficStory(headline, string.Join(' ', usual.Select(Usual)), [.. picture.Kinds.SelectMany(Notable).Take(NotableMax)]);
    }

    private static string Usual(TrafficKind kind)
    {
        var rate = kind.PerMinute is { } perMinute ? Say($"{Rate(perMinute)}, ") : "";
        var number = kind.Numbers.FirstOrDefault(number => number.Most > number.Least && !IsCounter(number, kind.Lines)) is { } varies ? Say($"; {varies.Name} is {varies.P50:N0} at the median and at most {varies.P99:N0} in 99 of 100") : "";
        return Say($"“{Cut(kind.Template)}” comes {rate}{kind.Lines:N0} times in all ({kind.Share * 100:0.#} %){number}.");
    }

    private static IEnumerable<string> Notable(TrafficKind kind)
    {
        if (kind is { PerMinute: > 0 and var usual, PerMinuteMost: { } most } && most >= BurstTimes * usual)
            yield return Say($"“{Cut(kind.Template)}” came up to {Rate(most)}, {most / usual:0.#} times its usual rate.");
        foreach (var number in kind.Numbers.Where(IsTailed)) yield return Say($"{number.Name} of “{Cut(kind.Template)}” is {number.P50:N0} at the median, but {number.Most:N0} at most.");
        if (kind.Top.Count > 0 && kind.Top[0] is var top && top.Lines < kind.Lines && top.Lines >= MostShare * kind.Lines)
            yield return Say($"{top.Name} of “{Cut(kind.Template)}” is {top.Value} in {(double)top.Lines / kind.Lines * 100:0.#} % of the lines, something else in {kind.Lines - top.Lines:N0}.");
    }

    private static bool IsTailed(NumberSummary number) => number.P50 > 0 && number.Most >= TailTimes * number.P50 && number.P99 < number.Most;

    // What goes up by about one a line counts lines, and its quantiles tell nothing.
    private static bool IsCounter(NumberSummary number, long lines)
    {
        var range = (double)number.Most - number.Least;
        return range >= lines / 2.0 && Math.Abs(number.P50 - number.Least - range / 2) <= range / 5 && number.P99 - number.Least >= range * 0.9;
    }

    // In the unit in which it is no "0 times".
    private static string Rate(double perMinute) => perMinute switch
    {
        >= 0.1 => Say($"{perMinute:0.##} times a minute"),
        >= 0.1 / 60 => Say($"{perMinute * 60:0.##} times an hour"),
        _ => Say($"{perMinute * 60 * 24:0.##} times a day"),
    };

    private static string Count(int count, string noun) => Say($"{count} {noun}{(count == 1 ? "" : "s")}");

    private static string Cut(string text) => text.Length <= TemplateCharactersMax ? text : string.Concat(text.AsSpan(0, TemplateCharactersMax - 1), "…");

    private static string Say(FormattableString text) => FormattableString.Invariant(text);
}
