using System.Globalization;
using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Api;

/// <summary>Finds incidents and approvals by the names that people use for them.</summary>
internal static class IncidentLookup
{
    private const string ShortPrefix = "inc-";

    /// <summary>By the full id, or by <c>inc-0199a1b2-5e6f7a8b</c>; null when there is none.</summary>
    internal static async Task<Incident?> FindByNameAsync(this IRemediationStore store, string name, CancellationToken cancellation)
    {
        if (Guid.TryParse(name, out var id)) return await store.FindIncidentAsync(new IncidentId(id), cancellation);
        if (!name.StartsWith(ShortPrefix, StringComparison.OrdinalIgnoreCase) || name.Length != 21
            || !uint.TryParse(name.AsSpan(4, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var head)) return null;
        // The first 32 bits of a time-ordered id are its time to 65 s; the incidents of that time are a page or two.
        var before = head == uint.MaxValue ? (IncidentId?)null : new IncidentId(Guid.ParseExact((head + 1).ToString("x8", CultureInfo.InvariantCulture) + new string('0', 24), "N"));
        while (true)
        {
            var page = await store.ListIncidentsAsync(new IncidentQuery { Before = before, Max = 500 }, cancellation);
            foreach (var incident in page.Incidents)
            {
                if (incident.Id.Short.Equals(name, StringComparison.OrdinalIgnoreCase)) return incident;
                if (!incident.Id.Short.AsSpan(4, 8).Equals(name.AsSpan(4, 8), StringComparison.OrdinalIgnoreCase)) return null;
            }
            if (page.Incidents.Count < 500) return null;
            before = page.Incidents[^1].Id;
        }
    }

    /// <summary>By the full id, or by its last characters when they fit only one of the newest 500; null when none or several fit.</summary>
    internal static async Task<Approval?> FindApprovalByNameAsync(this IRemediationStore store, string name, CancellationToken cancellation)
    {
        if (Guid.TryParse(name, out var id)) return await store.FindApprovalAsync(new ApprovalId(id), cancellation);
        if (name.Length is < 4 or > 31 || !name.All(char.IsAsciiHexDigit)) return null;
        var fitting = (await store.ListApprovalsAsync(pendingOnly: false, 500, cancellation)).Where(approval => approval.Id.ToString().EndsWith(name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return fitting.Count == 1 ? fitting[0] : null;
    }
}
