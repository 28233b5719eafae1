using System.Globalization;
using Prunella.Kubernetes.Chaos.Reading;

namespace Prunella.Kubernetes.Chaos;

/// <summary>When a schedule comes up next, in UTC.</summary>
public static class ScheduleClock
{
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private static readonly string[] Months = ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>The first time after <paramref name="after"/>; null when there is none within four years.</summary>
    /// <param name="schedule">Five fields of cron, <c>@hourly</c> and the like, or <c>@every 30s</c>; checked before.</param>
    /// <param name="after">Exclusive.</param>
    public static DateTimeOffset? Next(string schedule, DateTimeOffset after)
    {
        if (schedule.StartsWith("@every ", StringComparison.Ordinal)) return after + (GoDuration.Parse(schedule[7..]) ?? throw new FormatException(schedule));
        var text = schedule switch
        {
            "@hourly" => "0 * * * *", "@daily" or "@midnight" => "0 0 * * *", "@weekly" => "0 0 * * 0", "@monthly" => "0 0 1 * *", "@yearly" or "@annually" => "0 0 1 1 *", _ => schedule,
        };
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var (minutes, hours, days, months, weekdays) = (Set(fields[0], 0, 59, []), Set(fields[1], 0, 23, []), Set(fields[2], 1, 31, []), Set(fields[3], 1, 12, Months), Set(fields[4], 0, 7, Days));
        if (weekdays.Contains(7)) weekdays.Add(0);
        var either = fields[2] is not ("*" or "?") && fields[4] is not ("*" or "?");
        var at = new DateTimeOffset(after.Year, after.Month, after.Day, after.Hour, after.Minute, 0, TimeSpan.Zero).AddMinutes(1);
        var end = after.AddYears(4);
        while (at < end)
        {
            var (day, weekday) = (days.Contains(at.Day), weekdays.Contains((int)at.DayOfWeek));
            // Where both days are given, either of them counts, as cron has it.
            if (!months.Contains(at.Month) || !(either ? day || weekday : day && weekday)) at = new DateTimeOffset(at.Year, at.Month, at.Day, 0, 0, 0, TimeSpan.Zero).AddDays(1);
            else if (!hours.Contains(at.Hour)) at = new DateTimeOffset(at.Year, at.Month, at.Day, at.Hour, 0, 0, TimeSpan.Zero).AddHours(1);
            else if (!minutes.Contains(at.Minute)) at = at.AddMinutes(1);
            else return at;
        }
        return null;
    }

    private static HashSet<int> Set(string field, int least, int most, string[] names)
    {
        var set = new HashSet<int>();
        foreach (var part in field.Split(','))
        {
            var halves = part.Split('/');
            var step = halves.Length == 2 ? int.Parse(halves[1], CultureInfo.InvariantCulture) : 1;
            var ends = halves[0] is "*" or "?" ? [least, most] : halves[0].Split('-').Select(text => Number(text, names)).ToArray();
            var last = ends.Length == 2 ? ends[1] : halves.Length == 2 ? most : ends[0];
            for (var value = ends[0]; value <= last; value += step) set.Add(value);
        }
        return set;
    }

    private static int Number(string text, string[] names) => Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is var index and >= 0 ? index : int.Parse(text, CultureInfo.InvariantCulture);
}
