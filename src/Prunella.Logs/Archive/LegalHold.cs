namespace Prunella.Logs.Archive;

/// <summary>Nothing of a time may be deleted while a hold stands, whatever its age.</summary>
/// <param name="Name">Who or what asks for it; unique in a store.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="From">Earliest time held; null for all before <paramref name="To"/>.</param>
/// <param name="To">Latest time held; null for all after <paramref name="From"/>, also what is still to come.</param>
public sealed record LegalHold(string Name, string Reason, DateTime? From, DateTime? To)
{
    internal bool Covers(DateTime first, DateTime last) => (From is null || last >= From) && (To is null || first <= To);
}
