namespace Prunella.Reasoning.Budget;

/// <summary>Keeps what was spent, and the ledger of calls. Twins: the server's store, and one in memory. Thread-safe.</summary>
public interface ISpendingStore
{
    /// <summary>The days from the first to the last that have any spending, in order.</summary>
    /// <exception cref="SpendingUnavailableException">The store cannot be used now.</exception>
    Task<IReadOnlyList<SpendingDay>> ReadAsync(DateOnly first, DateOnly last, CancellationToken cancellation);

    /// <summary>Writes a day together with ledger entries and a warning, all or nothing.</summary>
    /// <param name="day">With the version as read, 0 when new; stored with the next.</param>
    /// <param name="calls">Entries for the ledger.</param>
    /// <param name="alert">Somebody is told; the same <see cref="BudgetAlert.Key"/> only once.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False when the day has a newer version: read again.</returns>
    /// <exception cref="SpendingUnavailableException">The store cannot be used now.</exception>
    Task<bool> TryWriteAsync(SpendingDay day, IReadOnlyList<CallRecord> calls, BudgetAlert? alert, CancellationToken cancellation);
}

/// <summary>The budget nears or reached its end.</summary>
/// <param name="Key">Tells alerts apart: <c>budget/day/2026-11-23/80</c>.</param>
/// <param name="Text">For people.</param>
/// <param name="Exhausted">Whether only built-in reasoning is left.</param>
public sealed record BudgetAlert(string Key, string Text, bool Exhausted);

/// <summary>What was spent cannot be read or written; no model is asked meanwhile.</summary>
public sealed class SpendingUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
