using System.Text.Json;

namespace Prunella.Ledger;

/// <summary>An entry before it has a place in the chain.</summary>
/// <param name="Kind">What happened, in kebab-case: <c>signal-accepted</c>, <c>verdict</c>, <c>intent</c>, <c>outcome</c>.</param>
/// <param name="Subject">What it is about: an incident's id, a scope, a setting's key.</param>
/// <param name="Actor">Who did it: <c>prunella</c>, <c>person:ana</c>, <c>webhook:alertmanager</c>.</param>
/// <param name="Payload">The facts, a JSON object.</param>
public sealed record LedgerDraft(string Kind, string Subject, string Actor, JsonElement Payload);

/// <summary>An entry in the chain.</summary>
/// <param name="Number">Its place, from 1, without gaps.</param>
/// <param name="At">When it was appended, by Prunella's clock, to the microsecond.</param>
/// <param name="Kind">See <see cref="LedgerDraft"/>.</param>
/// <param name="Subject">See <see cref="LedgerDraft"/>.</param>
/// <param name="Actor">See <see cref="LedgerDraft"/>.</param>
/// <param name="Payload">See <see cref="LedgerDraft"/>.</param>
/// <param name="PreviousHash">The hash of the entry before; 64 zeros for the first.</param>
/// <param name="Hash">HMAC-SHA256 in lower-case hex over the previous hash and the canonical JSON of the other fields.</param>
public sealed record LedgerEntry(
    long Number, DateTimeOffset At, string Kind, string Subject, string Actor, JsonElement Payload, string PreviousHash, string Hash)
{
    /// <summary>Which key of the <see cref="LedgerKeyRing"/> keyed <see cref="Hash"/>: 8 lower-case hex digits. Covered by the hash.</summary>
    public string KeyId { get; init; } = "";
}
