using System.Globalization;

namespace Prunella.Logs.Questions;

/// <summary>A span of time that words name; an end that is not named is null.</summary>
internal readonly record struct NamedTime(DateTimeOffset? Since, DateTimeOffset? Until, int Words);

/// <summary>Reads expressions of time: <c>last 2 hours</c>, <c>yesterday at 3pm</c>, <c>between 14:00 and 15:30 UTC</c>.</summary>
/// <param name="words">The words of the question.</param>
/// <param name="now">What "now" is.</param>
/// <param name="zone">In which zone times of day are meant when none is said.</param>
/// <param name="events">Things that happened, by name: <c>deployment</c>.</param>
internal sealed class TimeWords(IReadOnlyList<QuestionWord> words, DateTimeOffset now, TimeZoneInfo zone, IReadOnlyDictionary<string, DateTimeOffset> events)
{
    private static readonly string[] Days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
    private static readonly string[] Months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    private static readonly string[] Numbers = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    private static readonly Dictionary<string, double> Zones = new(StringComparer.Ordinal) { ["utc"] = 0, ["gmt"] = 0, ["z"] = 0, ["cet"] = 1, ["cest"] = 2, ["bst"] = 1, ["est"] = -5, ["edt"] = -4, ["cst"] = -6, ["cdt"] = -5, ["mst"] = -7, ["mdt"] = -6, ["pst"] = -8, ["pdt"] = -7, ["ist"] = 5.5, ["jst"] = 9 };

    /// <summary>The expression that begins at a word; null when none does.</summary>
    internal NamedTime? At(int index)
    {
        var at = index;
        if (Is(at, "in", "over", "during", "for", "within", "from", "of") && Past(at + 1) is { } span) return span with { Words = span.Words + 1 };
        if (Past(at) is { } bare) return bare;
        if (Is(at, "between") || (Is(at, "from") && Reaches(at)))
        {
            if (Point(at + 1) is { } first && Is(at + 1 + first.Words, "and", "to", "until", "till", "-", "through") && Point(at + 2 + first.Words, first.At) is { } second)
                return new NamedTime(first.At, second.At > first.At ? second.At : second.At.AddDays(1), 2 + first.Words + second.Words);
        }
        if (Is(at, "since", "after", "starting", "from"))
        {
            var skip = at + 1 + (Is(at + 1, "from", "at") ? 1 : 0);
            if (Event(skip) is { } happened) return new NamedTime(happened.At, null, skip - at + happened.Words);
            if (Point(skip) is { } since) return new NamedTime(since.At, null, skip - at + since.Words);
            if (Whole(skip) is { } day && !Is(at, "from")) return new NamedTime(day.Since, null, skip - at + day.Words);
        }
        if (Is(at, "before", "until", "till", "by") && Event(at + 1) is { } end) return new NamedTime(null, end.At, 1 + end.Words);
        if (Is(at, "before", "until", "till") && Point(at + 1) is { } until) return new NamedTime(null, until.At, 1 + until.Words);
        if (Is(at, "before") && Whole(at + 1) is { } earlier) return new NamedTime(null, earlier.Since, 1 + earlier.Words);
        if (Is(at, "around", "about", "near") && Point(at + 1) is { } around) return new NamedTime(around.At.AddMinutes(-15), around.At.AddMinutes(15), 1 + around.Words);
        if (Is(at, "at", "on", "in", "from", "during", "for") && Whole(at + 1) is { } whole) return whole with { Words = whole.Words + 1 };
        if (Whole(at) is { } named) return named;
        if (Is(at, "at") && Point(at + 1) is { } moment) return new NamedTime(moment.At.AddMinutes(-5), moment.At.AddMinutes(5), 1 + moment.Words);
        return Point(at) is { } exact ? new NamedTime(exact.At.AddMinutes(-5), exact.At.AddMinutes(5), exact.Words) : null;
    }

    /// <summary>A number in figures or words, or "a few".</summary>
    internal static bool TryNumber(string word, out double number)
    {
        number = word switch { "a" or "an" => 1, "couple" => 2, "few" or "several" => 3, "half" => 0.5, "dozen" => 12, _ => Array.IndexOf(Numbers, word) };
        return number >= 0 || (word.Length > 0 && char.IsAsciiDigit(word[0]) && double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number));
    }

    // "the last two hours", "past 30m", "previous day", "half an hour ago" is a point.
    private NamedTime? Past(int index)
    {
        var at = index;
        if (Is(at, "the")) at++;
        if (!Is(at, "last", "past", "previous", "latest", "recent")) return null;
        at++;
        if (Is(at, "night")) return new NamedTime(Midnight(now).AddHours(-4), Midnight(now).AddHours(6), at + 1 - index);
        if (Span(at) is { } span) return new NamedTime(now - span.Length, null, at - index + span.Words);
        return null;
    }

    private (TimeSpan Length, int Words)? Span(int index)
    {
        var at = index;
        if (Text(at) is { Length: > 1 } joined && char.IsAsciiDigit(joined[0]) && Units.TrySpan(joined, out var length)) return (length, 1);
        double number = 1;
        if (TryNumber(Text(at), out var said)) (number, at) = (said, at + 1);
        if (number == 0.5 && Is(at, "an", "a")) at++;
        if (number is 2 or 12 or 1 && at > index && Is(at, "couple")) (number, at) = (2, at + 1);
        if (at > index && Is(at, "of")) at++;
        var unit = Text(at);
        // A single letter is a unit only when it is stuck to its number.
        if (unit.Length < 2 || Units.Milliseconds(unit) is not (> 0 and var factor) || number * factor > Units.MillisecondsMax) return null;
        return (TimeSpan.FromMilliseconds(number * factor), at + 1 - index);
    }

    // A whole day or part of one: today, yesterday, this morning, monday, 2026-03-05, march 5.
    private NamedTime? Whole(int index)
    {
        if (Day(index) is not { } day) return Part(index, Midnight(now));
        var at = index + day.Words;
        if (Is(at, "at", "around") && Clock(at + 1) is { } clock)
        {
            var point = Of(day.At, clock.Time, clock.Zone);
            var wide = TimeSpan.FromMinutes(Is(at, "around") ? 15 : 5);
            return new NamedTime(point - wide, point + wide, at + 1 + clock.Words - index);
        }
        if (Clock(at) is { } bare && !Is(at, "and", "to")) return new NamedTime(Of(day.At, bare.Time, bare.Zone).AddMinutes(-5), Of(day.At, bare.Time, bare.Zone).AddMinutes(5), at + bare.Words - index);
        if (Is(at, "between", "from") && Clock(at + 1) is { } from && Is(at + 1 + from.Words, "and", "to", "until") && Clock(at + 2 + from.Words) is { } to)
            return new NamedTime(Of(day.At, from.Time, from.Zone ?? to.Zone), Of(day.At, to.Time, to.Zone ?? from.Zone), at + 2 + from.Words + to.Words - index);
        if (Is(at, "since", "after") && Clock(at + 1) is { } since) return new NamedTime(Of(day.At, since.Time, since.Zone), day.At.AddDays(1), at + 1 + since.Words - index);
        if (Is(at, "before", "until") && Clock(at + 1) is { } until) return new NamedTime(day.At, Of(day.At, until.Time, until.Zone), at + 1 + until.Words - index);
        if (Part(at, day.At) is { } part) return part with { Words = at - index + part.Words };
        return new NamedTime(day.At, day.At.AddDays(1) > now ? null : day.At.AddDays(1), day.Words);
    }

    private NamedTime? Part(int index, DateTimeOffset day)
    {
        var at = index + (Is(index, "this", "in") ? 1 : 0) + (Is(index, "in") && Is(index + 1, "the") ? 1 : 0);
        (double From, double To)? hours = Text(at) switch { "morning" => (0, 12), "afternoon" => (12, 18), "evening" => (18, 24), "tonight" => (18, 24), _ => null };
        if (hours is { } part) return new NamedTime(day.AddHours(part.From), day.AddHours(part.To), at + 1 - index);
        if (!Is(index, "this", "last")) return null;
        var weekday = ((int)Midnight(now).DayOfWeek + 6) % 7;
        return (Text(index), Text(index + 1)) switch
        {
            ("this", "hour") => new NamedTime(new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerHour, now.Offset), null, 2),
            ("this", "week") => new NamedTime(Midnight(now).AddDays(-weekday), null, 2),
            ("this", "month") => new NamedTime(Midnight(now).AddDays(1 - Local(now).Day), null, 2),
            _ => null,
        };
    }

    /// <summary>A point in time: "3pm", "yesterday at 15:30", "2 hours ago", "2026-03-05T10:00Z".</summary>
    private (DateTimeOffset At, int Words)? Point(int index, DateTimeOffset? day = null)
    {
        if (Is(index, "now")) return (now, 1);
        if (Span(index) is { } span && Is(index + span.Words, "ago", "before", "earlier")) return (now - span.Length, span.Words + 1);
        if (Text(index) is { Length: > 15 } stamp && stamp[4] == '-' && DateTimeOffset.TryParse(stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var exact))
            return (stamp.EndsWith('z') || stamp[11..].Contains('+', StringComparison.Ordinal) ? exact : Of(exact, exact.TimeOfDay, null), 1);
        if (Day(index) is { } named)
        {
            var at = index + named.Words + (Is(index + named.Words, "at") ? 1 : 0);
            return Clock(at) is { } of ? (Of(named.At, of.Time, of.Zone), at + of.Words - index) : (named.At, named.Words);
        }
        if (Clock(index) is not { } clock) return null;
        if (Day(index + clock.Words) is { } then && !Is(index + clock.Words, "may")) return (Of(then.At, clock.Time, clock.Zone), clock.Words + then.Words);
        if (Is(index + clock.Words, "on") && Day(index + clock.Words + 1) is { } later) return (Of(later.At, clock.Time, clock.Zone), clock.Words + 1 + later.Words);
        var today = Of(day is { } same ? Midnight(same) : Midnight(now), clock.Time, clock.Zone);
        // A time of day that has not come yet today was yesterday's.
        return (day is null && today > now ? today.AddDays(-1) : today, clock.Words);
    }

    private (DateTimeOffset At, int Words)? Day(int index)
    {
        var at = index;
        var today = Midnight(now);
        if (Is(at, "today")) return (today, 1);
        if (Is(at, "yesterday")) return (today.AddDays(-1), 1);
        var last = Is(at, "last") ? 1 : 0;
        if (Array.IndexOf(Days, Text(at + last)) is >= 0 and var weekday)
        {
            var back = ((int)today.DayOfWeek - weekday + 7) % 7;
            return (today.AddDays(-(back == 0 && last == 1 ? 7 : back)), 1 + last);
        }
        if (Text(at) is { Length: 10 } iso && DateTime.TryParseExact(iso, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return (Start(date), 1);
        if (Month(at) is { } month && Ordinal(at + 1) is { } day) return Dated(month, day, 2);
        if (Ordinal(at) is { } first && Month(at + 1) is { } of) return Dated(of, first, 2);
        return null;
    }

    private (DateTimeOffset At, int Words)? Dated(int month, int day, int count)
    {
        var year = Local(now).Year;
        if (day > DateTime.DaysInMonth(year, month)) return null;
        var date = Start(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified));
        return (date > now ? date.AddYears(-1) : date, count);
    }

    private int? Month(int index) => Text(index) is { Length: >= 3 } word && Array.FindIndex(Months, name => name == word || (word.Length == 3 && name.StartsWith(word, StringComparison.Ordinal))) is >= 0 and var month ? month + 1 : null;

    private int? Ordinal(int index)
    {
        var word = Text(index);
        if (word.Length > 2 && word[^2..] is "st" or "nd" or "rd" or "th") word = word[..^2];
        return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day is >= 1 and <= 31 && word.Length <= 2 ? day : null;
    }

    // "3pm", "3:15 pm", "15:30:10", "noon"; with a zone behind it where one is said.
    private (TimeSpan Time, TimeSpan? Zone, int Words)? Clock(int index)
    {
        var word = Text(index);
        var used = 1;
        if (word is "noon" or "midday") return Zoned(TimeSpan.FromHours(12));
        if (word == "midnight") return Zoned(TimeSpan.Zero);
        var half = word.EndsWith("am", StringComparison.Ordinal) ? "am" : word.EndsWith("pm", StringComparison.Ordinal) ? "pm" : "";
        if (half.Length > 0) word = word[..^2];
        else if (Is(index + 1, "am", "pm", "a.m", "p.m")) (half, used) = (Text(index + 1)[..1] + "m", 2);
        var parts = word.Split(':');
        if (parts.Length > 3 || (parts.Length == 1 && half.Length == 0) || !parts.All(part => part.Length is 1 or 2 && part.All(char.IsAsciiDigit))) return null;
        var figures = parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        var hour = figures[0];
        if (half.Length > 0)
        {
            if (hour is < 1 or > 12) return null;
            hour = hour % 12 + (half == "pm" ? 12 : 0);
        }
        if (hour > 23 || figures.Skip(1).Any(figure => figure > 59)) return null;
        return Zoned(new TimeSpan(hour, figures.Length > 1 ? figures[1] : 0, figures.Length > 2 ? figures[2] : 0));

        (TimeSpan, TimeSpan?, int)? Zoned(TimeSpan time) =>
            Zones.TryGetValue(Text(index + used), out var hours) ? (time, TimeSpan.FromHours(hours), used + 1) : (time, null, used);
    }

    // "the last deployment", "deployment": only what is known to have happened.
    private (DateTimeOffset At, int Words)? Event(int index)
    {
        var at = index + (Is(index, "the") ? 1 : 0);
        if (Is(at, "last", "latest", "previous", "most")) at += Is(at, "most") && Is(at + 1, "recent") ? 2 : 1;
        return events.TryGetValue(Text(at), out var time) ? (time, at + 1 - index) : null;
    }

    private bool Reaches(int index)
    {
        for (var at = index + 1; at < Math.Min(words.Count, index + 7); at++) if (Is(at, "to", "until", "till", "through")) return true;
        return false;
    }

    private bool Is(int index, params ReadOnlySpan<string> any)
    {
        var text = Text(index);
        foreach (var word in any) if (text == word) return true;
        return false;
    }

    private string Text(int index) => index >= 0 && index < words.Count && !words[index].Quoted ? words[index].Text : "";

    private DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, zone);

    private DateTimeOffset Midnight(DateTimeOffset time) => Start(Local(time).Date);

    private DateTimeOffset Start(DateTime date) => new(date, zone.GetUtcOffset(DateTime.SpecifyKind(date, DateTimeKind.Unspecified)));

    private DateTimeOffset Of(DateTimeOffset day, TimeSpan time, TimeSpan? said)
    {
        var date = DateTime.SpecifyKind(day.Date + time, DateTimeKind.Unspecified);
        return new DateTimeOffset(date, said ?? zone.GetUtcOffset(date));
    }
}
