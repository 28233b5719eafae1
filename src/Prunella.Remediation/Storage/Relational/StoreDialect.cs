using System.Data.Common;

namespace Prunella.Remediation.Storage.Relational;

/// <summary>What differs between the databases. Twins: SQLite and PostgreSQL.</summary>
internal abstract class StoreDialect : IAsyncDisposable
{
    /// <summary>Appended to a SELECT that locks the rows it reads until the transaction ends; empty where writers exclude each other anyway.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>The store's name and place, without secrets, for messages.</summary>
    public abstract string Place { get; }

    /// <summary>A context for one unit of work; the caller disposes of it.</summary>
    public abstract StoreContext NewContext();

    /// <summary>Brings the schema up to date; safe when several processes do it together, and after a kill in the middle of it.</summary>
    public abstract Task MigrateAsync(CancellationToken cancellation);

    /// <summary>Waits for the turn to write; dispose of the result to let the next one write.</summary>
    /// <exception cref="TimeoutException">The turn did not come in time.</exception>
    public abstract Task<IDisposable?> EnterWriteAsync(CancellationToken cancellation);

    /// <summary>Inserts signals in one durable transaction; those with a known identity are left out.</summary>
    /// <returns>For each request, how many of its signals were new.</returns>
    public abstract Task<int[]> InsertSignalsAsync(IReadOnlyList<AcceptRequest> requests, CancellationToken cancellation);

    /// <summary>Whether the environment failed: full, locked, away. What was asked for may be right and is worth another try.</summary>
    public abstract bool IsUnavailable(Exception exception);

    /// <summary>Whether a unique index refused a row.</summary>
    public abstract bool IsConflict(Exception exception);

    /// <summary>Whether the database chose this transaction to end a deadlock; the same one at once again may pass.</summary>
    public abstract bool IsDeadlock(Exception exception);

    /// <summary>What an operator should know and do, for an exception that <see cref="IsUnavailable"/> recognises.</summary>
    protected abstract string Describe(Exception exception);

    public abstract ValueTask DisposeAsync();

    /// <summary>The exception to show for one that <see cref="IsUnavailable"/> recognises.</summary>
    public StoreUnavailableException Unavailable(Exception exception) => new($"The store {Place} cannot be used: {Describe(exception)}", exception);

    /// <summary>The database's own exception inside what EF Core wrapped around it.</summary>
    protected static DbException? Cause(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
            if (inner is DbException cause) return cause;
        return null;
    }
}
