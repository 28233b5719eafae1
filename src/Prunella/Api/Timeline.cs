using System.Text.Json;
using Prunella.Ledger;

namespace Prunella.Api;

/// <summary>Tells an incident's ledger entries as sentences.</summary>
internal static class Timeline
{
    internal static TimelineEntry Tell(LedgerEntry entry) => new(entry.At, entry.Kind, entry.Actor, Text(entry.Kind, entry.Payload));

    private static string Text(string kind, JsonElement facts) => kind switch
    {
        "incident-opened" => $"noticed {Get(facts, "name")} on {Get(facts, "target")} ({Get(facts, "source")}, {Get(facts, "severity")})",
        "signal-joined" => $"joined by {Get(facts, "name")}: {Get(facts, "summary")}",
        "evidence" => $"{Count(facts, "facts")} facts gathered",
        "diagnosis" => $"{Get(facts, "cause")} (confidence {Get(facts, "confidence")}): {Get(facts, "summary")}",
        "verdict" => $"{Get(facts, "action")}: {Get(facts, "verdict")} – {string.Join("; ", Reasons(facts))}",
        "approval-asked" => $"asked to approve {Get(facts, "action")} until {Get(facts, "expiresAt")}",
        "approval-decided" => $"{(Get(facts, "approve") == "true" ? "approved" : "rejected")} {Get(facts, "action")}: {Get(facts, "reason")}",
        "approval-expired" => $"nobody answered about {Get(facts, "action")} in time",
        "intent" => $"about to {Get(facts, "action")} on {Get(facts, "target")}",
        "effect" => $"{Get(facts, "action")}: {Get(facts, "text")}",
        "validation" => $"{Get(facts, "action")}: {Get(facts, "validation")} – {Get(facts, "text")}",
        "undo-intent" => $"about to undo {Get(facts, "action")}: {Get(facts, "summary")}",
        "undo-outcome" => $"undo of {Get(facts, "action")}: {Get(facts, "text")}",
        "outcome" => $"{Get(facts, "action")} ended: {Get(facts, "validation")} {Get(facts, "text")}",
        "resolved" or "closed" => Get(facts, "why"),
        "escalated" => $"{Get(facts, "why")}. Advice: {Get(facts, "advice")}",
        _ => Get(facts, "why") is { Length: > 0 } why ? why : facts.GetRawText(),
    };

    private static string Get(JsonElement facts, string name) =>
        facts.ValueKind == JsonValueKind.Object && facts.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText() : "";

    private static int Count(JsonElement facts, string name) =>
        facts.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : 0;

    private static IEnumerable<string> Reasons(JsonElement facts) =>
        facts.TryGetProperty("reasons", out var reasons) && reasons.ValueKind == JsonValueKind.Array ? reasons.EnumerateArray().Select(reason => Get(reason, "text")) : [];
}
