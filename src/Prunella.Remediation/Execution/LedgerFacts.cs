using System.Text.Json;
using System.Text.Json.Serialization;
using Prunella.Ledger;
using Prunella.Remediation.Judging;

namespace Prunella.Remediation.Execution;

/// <summary>Builds ledger drafts. The kinds of entries are listed in docs/ledger.md.</summary>
internal static class LedgerFacts
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    internal static LedgerDraft Draft(string kind, string subject, object facts, string actor = Gate.SystemActor) =>
        new(kind, subject, actor, JsonSerializer.SerializeToElement(facts, Json));
}
