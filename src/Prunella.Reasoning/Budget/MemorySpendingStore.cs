namespace Prunella.Reasoning.Budget;

/// <summary>Spending for as long as the process lives: commands without a server, and tests.</summary>
public sealed class MemorySpendingStore : ISpendingStore
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<DateOnly, SpendingDay> days = [];
    private readonly List<CallRecord> calls = [];
    private readonly Dictionary<string, BudgetAlert> alerts = new(StringComparer.Ordinal);

    /// <summary>Every call so far.</summary>
    public IReadOnlyList<CallRecord> Calls { get { lock (gate) return [.. calls]; } }

    /// <summary>Every alert so far.</summary>
    public IReadOnlyList<BudgetAlert> Alerts { get { lock (gate) return [.. alerts.Values]; } }

    /// <inheritdoc/>
    public Task<IReadOnlyList<SpendingDay>> ReadAsync(DateOnly first, DateOnly last, CancellationToken cancellation)
    {
        lock (gate) return Task.FromResult<IReadOnlyList<SpendingDay>>([.. days.Values.Where(day => day.Date >= first && day.Date <= last)]);
    }

    /// <inheritdoc/>
    public Task<bool> TryWriteAsync(SpendingDay day, IReadOnlyList<CallRecord> calls, BudgetAlert? alert, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(day);
        lock (gate)
        {
            if ((days.GetValueOrDefault(day.Date)?.Version ?? 0) != day.Version) return Task.FromResult(false);
            days[day.Date] = day with { Version = day.Version + 1 };
            this.calls.AddRange(calls);
            if (alert is not null) alerts.TryAdd(alert.Key, alert);
        }
        return Task.FromResult(true);
    }
}
