using System.Collections.Frozen;

namespace Prunella.Incidents.Actions;

/// <summary>The seed's forbidden list. It is code, not configuration: no file, model or person can shorten it.</summary>
public static class ForbiddenActions
{
    private static readonly FrozenDictionary<string, string> Entries = new Dictionary<string, string>
    {
        ["delete-database"] = "Deletes a database.",
        ["delete-volume"] = "Deletes a persistent volume.",
        ["delete-claim"] = "Deletes a persistent volume claim.",
        ["delete-namespace"] = "Deletes a namespace with everything in it.",
        ["delete-backup"] = "Deletes a backup.",
        ["revoke-certificate"] = "Revokes a certificate.",
        ["change-dns"] = "Changes DNS records.",
        ["change-authentication"] = "Changes how people or workloads prove who they are.",
        ["change-authorisation"] = "Changes what people or workloads may do.",
        ["change-rbac"] = "Changes roles or their bindings.",
        ["change-webhook"] = "Changes admission webhooks.",
        ["change-crd"] = "Changes custom resource definitions.",
        ["open-firewall-to-all"] = "Opens a firewall to everybody.",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names and what they would do, in ordinal order.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> All { get; } = [.. Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)];

    /// <summary>Whether a name is forbidden, in any case and with underscores or spaces for hyphens.</summary>
    public static bool IsForbidden(string action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Entries.ContainsKey(action) || (action.AsSpan().ContainsAny('_', ' ') && Entries.ContainsKey(action.Trim().Replace('_', '-').Replace(' ', '-')));
    }
}
