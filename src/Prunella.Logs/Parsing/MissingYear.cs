namespace Prunella.Logs.Parsing;

/// <summary>
/// The year of times that do not write one: the one given, else the latest in which the time is not more than a day ahead of the
/// clock. On 1 January the lines of 31 December are yesterday's, not those of a year to come. For one thread at a time.
/// </summary>
/// <param name="given">The year of all such times; null to take it from the clock.</param>
/// <param name="time">The clock.</param>
internal sealed class MissingYear(int? given, TimeProvider time)
{
    // A time this much older than the newest allowed may be one of a year that began since the clock was read.
    private const long Old = 300 * TimeSpan.TicksPerDay;

    private int year = given ?? 1;
    private long latest;

    /// <summary>The ticks with the year, of ticks of the <see cref="TimestampScanner.PlaceholderYear"/>.</summary>
    internal long Complete(long ticks)
    {
        var completed = TimestampScanner.WithYear(ticks, year);
        if (given is not null || (completed <= latest && completed > latest - Old))
        {
            return completed;
        }

        // The clock is read for such times only: in a stream that goes on, once a day.
        latest = time.GetUtcNow().UtcTicks + TimeSpan.TicksPerDay;
        year = new DateTime(latest).Year;
        completed = TimestampScanner.WithYear(ticks, year);
        return completed <= latest ? completed : TimestampScanner.WithYear(ticks, year - 1);
    }
}
