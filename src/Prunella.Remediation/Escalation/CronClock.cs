using Cronos;

namespace Prunella.Remediation.Escalation;

/// <summary>Moments by a cron expression in a time zone. Immutable.</summary>
internal sealed class CronClock
{
    private readonly CronExpression cron;
    private readonly TimeZoneInfo zone;

    /// <summary>Compiles.</summary>
    /// <exception cref="ArgumentException">Expression or time zone cannot be read; both at once.</exception>
    internal CronClock(string expression, string timeZone, string section)
    {
        List<string> errors = [];
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var found)) errors.Add($"{section}:timeZone is '{timeZone}'; allowed is an IANA time zone such as Europe/Berlin");
        if (!CronExpression.TryParse(expression, out var parsed)) errors.Add($"{section}:at is '{expression}'; allowed is a cron expression of five fields such as 0 8 * * *");
        if (errors.Count > 0) throw new ArgumentException(string.Join(Environment.NewLine, errors));
        (cron, zone) = (parsed!, found!);
    }

    /// <summary>The first moment after this one; null when there is none any more.</summary>
    internal DateTimeOffset? After(DateTimeOffset moment) => cron.GetNextOccurrence(moment, zone);

    /// <summary>The last moment that is not after this one, within a span back; null when there is none.</summary>
    internal DateTimeOffset? LastUntil(DateTimeOffset moment, TimeSpan back)
    {
        DateTimeOffset? last = null;
        for (var next = cron.GetNextOccurrence(moment - back, zone, inclusive: true); next is { } at && at <= moment; next = cron.GetNextOccurrence(at, zone)) last = at;
        return last;
    }
}
