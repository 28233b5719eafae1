namespace Prunella.Ledger;

/// <summary>Takes the entries of the ledger elsewhere, in their order and each at least once. One call at a time.</summary>
public interface ILedgerSink
{
    /// <summary>Its name, by which it is kept how far it got.</summary>
    string Name { get; }

    /// <summary>Entries to take at once, at most.</summary>
    int BatchMax { get; }

    /// <summary>Whether it begins, at its first start, with the ledger's first entry rather than with the next one.</summary>
    bool FromTheBeginning { get; }

    /// <summary>Takes entries. When it returns, the first ones of the returned number are safe at the receiver.</summary>
    /// <param name="entries">In order, at least one.</param>
    /// <param name="cancellation">Stops; entries may have arrived.</param>
    /// <returns>How many were taken, counted from the first; at least one.</returns>
    /// <exception cref="LedgerSinkException">None was taken; it will be tried again.</exception>
    Task<int> TakeAsync(IReadOnlyList<LedgerEntry> entries, CancellationToken cancellation);
}

/// <summary>A receiver of ledger entries took none.</summary>
public sealed class LedgerSinkException(string message, Exception? inner = null) : Exception(message, inner);
