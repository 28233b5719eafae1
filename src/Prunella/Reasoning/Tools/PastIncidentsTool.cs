using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Incidents;
using Prunella.Remediation.Storage;

namespace Prunella.Reasoning.Tools;

/// <summary>Earlier incidents of the incident's own namespace: causes, what was tried, what came of it.</summary>
internal sealed class PastIncidentsTool(IRemediationStore store, Incident incident) : ReadOnlyTool
{
    private const int IncidentsMax = 20;

    public override string Name => "past_incidents";

    public override string Description => "Lists earlier incidents of the same namespace, newest first: cause, what was tried, what came of it.";

    public override string Schema => """{"type":"object","additionalProperties":false,"properties":{"same_target_only":{"type":"boolean"}}}""";

    public override async Task<string> ReadAsync(JsonElement arguments, CancellationToken cancellation)
    {
        var same = arguments.TryGetProperty("same_target_only", out var only) && only.GetBoolean();
        try
        {
            var page = await store.ListIncidentsAsync(new IncidentQuery { Namespace = incident.Target.Namespace, Max = 200 }, cancellation);
            var text = new StringBuilder();
            foreach (var past in page.Incidents.Where(past => past.Id != incident.Id && (!same || past.Target == incident.Target)).Take(IncidentsMax))
            {
                text.Append(CultureInfo.InvariantCulture, $"{past.NoticedAt:u} {past.Target}: {past.Title}; cause {past.Diagnosis?.Cause ?? "none"}; {past.State}");
                foreach (var attempt in past.Attempts) text.Append(CultureInfo.InvariantCulture, $"; {attempt.Proposal.Action}: {attempt.Validation?.ToString() ?? attempt.Verdict}");
                text.Append('\n');
            }
            return text.Length == 0 ? "none" : text.ToString();
        }
        catch (StoreUnavailableException)
        {
            return "the store is away";
        }
    }
}
