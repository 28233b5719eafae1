using Prunella.Remediation.Storage;

namespace Prunella.Tests;

/// <summary>Everything that a store holds, as text to compare.</summary>
internal static class StateOf
{
    internal static async Task<string> ReadAsync(RunningServer server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var incidents = await server.Store.ListIncidentsAsync(new IncidentQuery { Max = 500 }, cancellation);
        var settings = await server.Store.ListSettingsAsync("", cancellation);
        var approvals = await server.Store.ListApprovalsAsync(pendingOnly: false, 500, cancellation);
        var ledger = await server.Store.ReadLedgerAsync(1, 10_000, cancellation);
        return string.Join('\n',
        [
            $"ledger {ledger.Count}", $"waiting {await server.Store.CountPendingSignalsAsync(cancellation)}",
            .. incidents.Incidents.Select(incident => $"{incident.Id} {incident.Version} {incident.State}"),
            .. settings.Select(setting => $"{setting.Key} {setting.Version} {setting.Value}"),
            .. approvals.Select(approval => $"{approval.Id} {approval.Version} {approval.State}"),
        ]);
    }
}
