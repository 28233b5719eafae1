using Prunella.Incidents.Actions;

namespace Prunella.Kubernetes.Actions;

/// <summary>What is never done, whoever asks. These entries have no code behind them.</summary>
public static class ForbiddenActions
{
    /// <summary>The forbidden entries of the catalogue, by name.</summary>
    public static IReadOnlyList<ActionDescriptor> All { get; } =
    [
        Entry("delete-database", "Deletes a database or its data.", BlastRadius.Dependency),
        Entry("delete-volume", "Deletes a persistent volume.", BlastRadius.Dependency),
        Entry("delete-claim", "Deletes a persistent volume claim.", BlastRadius.Dependency),
        Entry("delete-namespace", "Deletes a namespace with everything in it.", BlastRadius.Dependency),
        Entry("delete-backup", "Deletes a backup or a snapshot.", BlastRadius.Dependency),
        Entry("revoke-certificate", "Revokes or replaces a certificate.", BlastRadius.Dependency),
        Entry("change-dns", "Changes name resolution.", BlastRadius.Dependency),
        Entry("change-authentication", "Changes how people or programs prove who they are.", BlastRadius.Dependency),
        Entry("change-authorisation", "Changes what people or programs may do.", BlastRadius.Dependency),
        Entry("change-rbac", "Changes roles or role bindings.", BlastRadius.Dependency),
        Entry("change-webhook", "Changes admission webhooks.", BlastRadius.Dependency),
        Entry("change-crd", "Changes custom resource definitions.", BlastRadius.Dependency),
        Entry("open-firewall-to-all", "Lets everybody in.", BlastRadius.Dependency),
    ];

    private static ActionDescriptor Entry(string name, string summary, BlastRadius radius) => new()
    {
        Name = name,
        Summary = summary,
        Class = ActionClass.Forbidden,
        Radius = radius,
        Risks = "Cannot be undone, or takes away the ground that everything else stands on.",
    };
}
