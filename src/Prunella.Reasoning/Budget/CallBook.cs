using System.Globalization;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning.Budget;

/// <summary>Sets money aside before a call and settles it after, in a store that outlives the process and that replicas share. Thread-safe.</summary>
internal sealed class CallBook(ISpendingStore store, ReasoningOptions options, TimeProvider time) : IDisposable
{
    internal const double AlertShare = 0.8;
    private const int TriesMax = 50;
    private readonly SemaphoreSlim writing = new(1, 1);

    /// <summary>Sets an estimate aside.</summary>
    /// <exception cref="BudgetExceededException">It does not fit into what is left.</exception>
    /// <exception cref="SpendingUnavailableException">The store cannot be used.</exception>
    internal async Task<Reservation> ReserveAsync(ModelTier tier, double dollars, CancellationToken cancellation)
    {
        var today = Today();
        await ChangeAsync(today, month =>
        {
            if (Refusal(month, today, tier, dollars) is { } why) throw new BudgetExceededException(why);
            return (Set(DayOf(month, today), tier, dollars), []);
        }, cancellation).ConfigureAwait(false);
        return new Reservation(today, tier, dollars);
    }

    /// <summary>Sets what a call did cost aside in place of the estimate; <see cref="RecordAsync"/> turns it into spending.</summary>
    internal async Task<Reservation> AdjustAsync(Reservation reservation, double dollars, CancellationToken cancellation)
    {
        await ChangeAsync(reservation.Date, month => (Set(DayOf(month, reservation.Date), reservation.Tier, dollars - reservation.Dollars), []), cancellation).ConfigureAwait(false);
        return reservation with { Dollars = dollars };
    }

    /// <summary>Writes calls into the ledger and the sums, and gives back what was set aside for them, in one step.</summary>
    internal Task RecordAsync(IReadOnlyList<CallRecord> calls, IReadOnlyList<Reservation> settled, CancellationToken cancellation)
    {
        if (calls.Count == 0 && settled.Count == 0) return Task.CompletedTask;
        var date = settled.Count > 0 ? settled[0].Date : Today();
        return ChangeAsync(date, month =>
        {
            var day = settled.Aggregate(DayOf(month, date), (sum, reservation) => Set(sum, reservation.Tier, -reservation.Dollars));
            return (calls.Aggregate(day, Add), calls);
        }, cancellation);
    }

    /// <summary>Why no call of this tier can be paid now; null when one can.</summary>
    internal async Task<string?> ExhaustedAsync(ModelTier tier, CancellationToken cancellation)
    {
        var today = Today();
        return Refusal(await MonthAsync(today, cancellation).ConfigureAwait(false), today, tier, 0);
    }

    internal Task<IReadOnlyList<SpendingDay>> ReadAsync(DateOnly first, DateOnly last, CancellationToken cancellation) => store.ReadAsync(first, last, cancellation);

    public void Dispose() => writing.Dispose();

    internal DateOnly Today() => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private async Task ChangeAsync(DateOnly date, Func<IReadOnlyList<SpendingDay>, (SpendingDay Day, IReadOnlyList<CallRecord> Calls)> change, CancellationToken cancellation)
    {
        // Within the process writers queue; only other replicas race.
        await writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            for (var number = 1; number <= TriesMax; number++)
            {
                var month = await MonthAsync(date, cancellation).ConfigureAwait(false);
                var (day, calls) = change(month);
                var after = month.Where(other => other.Date != date).Append(day).ToList();
                if (await store.TryWriteAsync(day, calls, AlertOf(month, after, date), cancellation).ConfigureAwait(false)) return;
            }
        }
        finally
        {
            writing.Release();
        }
        throw new SpendingUnavailableException($"the spending of {date:yyyy-MM-dd} was changed by others {TriesMax} times in a row");
    }

    private Task<IReadOnlyList<SpendingDay>> MonthAsync(DateOnly date, CancellationToken cancellation) =>
        store.ReadAsync(new DateOnly(date.Year, date.Month, 1), new DateOnly(date.Year, date.Month, DateTime.DaysInMonth(date.Year, date.Month)), cancellation);

    private string? Refusal(IReadOnlyList<SpendingDay> month, DateOnly today, ModelTier tier, double dollars)
    {
        foreach (var (name, spent, limit) in Limits(month, today).Where(limit => limit.Tier is null || limit.Tier == tier).Select(limit => (limit.Name, limit.Spent, limit.Dollars)))
        {
            // A limit of 0 means no paid call; a model of one's own costs nothing and is never stopped by money.
            if (dollars > 0 && spent + dollars > limit || (dollars <= 0 && spent >= limit && limit > 0))
                return string.Create(CultureInfo.InvariantCulture, $"the {name} budget of ${limit:0.00} does not suffice: ${spent:0.00} are spent or set aside, and this call may cost ${dollars:0.0000}; built-in reasoning only");
        }
        return null;
    }

    private IEnumerable<(string Name, string Key, ModelTier? Tier, double Spent, double Dollars)> Limits(IReadOnlyList<SpendingDay> month, DateOnly today)
    {
        var day = DayOf(month, today);
        yield return ("daily", $"day/{today:yyyy-MM-dd}", null, day.Dollars(), options.DollarsPerDay);
        yield return ("monthly", $"month/{today:yyyy-MM}", null, month.Sum(other => other.Dollars()), options.DollarsPerMonth);
        foreach (var tier in Enum.GetValues<ModelTier>())
        {
            var own = options.Of(tier);
            var name = tier.ToString().ToLowerInvariant();
            if (own.DollarsPerDay is { } daily) yield return ($"daily {name}", $"day/{today:yyyy-MM-dd}/{name}", tier, day.Dollars(tier), daily);
            if (own.DollarsPerMonth is { } monthly) yield return ($"monthly {name}", $"month/{today:yyyy-MM}/{name}", tier, month.Sum(other => other.Dollars(tier)), monthly);
        }
    }

    private BudgetAlert? AlertOf(IReadOnlyList<SpendingDay> before, IReadOnlyList<SpendingDay> after, DateOnly date)
    {
        BudgetAlert? alert = null;
        foreach (var (earlier, later) in Limits(before, date).Zip(Limits(after, date)))
        {
            if (later.Dollars <= 0) continue;
            foreach (var share in (double[])[AlertShare, 1])
            {
                if (earlier.Spent >= later.Dollars * share || later.Spent < later.Dollars * share || alert is { Exhausted: true }) continue;
                var percent = share * 100;
                alert = new BudgetAlert(
                    string.Create(CultureInfo.InvariantCulture, $"budget/{later.Key}/{percent:0}"),
                    string.Create(CultureInfo.InvariantCulture, $"{percent:0} % of the {later.Name} budget for models is used (${later.Spent:0.00} of ${later.Dollars:0.00})") + (share < 1 ? "." : "; built-in reasoning only until it is renewed."), share >= 1);
            }
        }
        return alert;
    }

    private static SpendingDay DayOf(IReadOnlyList<SpendingDay> month, DateOnly date) => month.FirstOrDefault(day => day.Date == date) ?? new SpendingDay { Date = date };

    private static SpendingDay Set(SpendingDay day, ModelTier tier, double dollars)
    {
        var reserved = new Dictionary<ModelTier, double>(day.Reserved);
        var left = reserved.GetValueOrDefault(tier) + dollars;
        if (left < 1e-9) reserved.Remove(tier);
        else reserved[tier] = left;
        return day with { Reserved = reserved };
    }

    private static SpendingDay Add(SpendingDay day, CallRecord call)
    {
        var line = day.Lines.FirstOrDefault(line => line.Tier == call.Tier && line.Task == call.Task) ?? new SpendingLine(call.Tier, call.Task);
        return day with { Lines = [.. day.Lines.Where(other => other.Tier != call.Tier || other.Task != call.Task), line.With(call)] };
    }
}

/// <summary>Money set aside for a call under way.</summary>
/// <param name="Date">The day that it is taken from.</param>
/// <param name="Tier">The tier.</param>
/// <param name="Dollars">How much.</param>
internal sealed record Reservation(DateOnly Date, ModelTier Tier, double Dollars);

/// <summary>The budget does not suffice for a call; the message says which and how much.</summary>
public sealed class BudgetExceededException(string message) : Exception(message);
