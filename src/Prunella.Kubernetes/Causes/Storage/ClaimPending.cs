using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Storage;

/// <summary>A claim has no volume: no class, no such class, no provisioner, or no volume that fits.</summary>
public sealed class ClaimPending : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("claim-pending", "Storage", CauseLayer.Root)
    {
        RecognisedBy = "A claim is Pending for another reason than waiting for its first consumer; its class, the cluster's classes and the provisioner's events are looked up.",
        Done = "A person corrects the class or makes the volume; claims and volumes are never deleted by Prunella.",
        Family = "claim",
        Precedence = 50,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var claim in snapshot.Of("PersistentVolumeClaim"))
        {
            if (claim.Status["phase"].Text == "Lost")
            {
                yield return Found(claim.Ref, "volume " + claim.Spec["volumeName"].Text, 0.97, Severity.Critical, $"Its volume {claim.Spec["volumeName"].Text} is gone: the claim is lost.", Observed.Object(snapshot, claim, "phase: Lost")) with { Advice = "Restore the volume or its data from a backup; make a new claim." };
                continue;
            }
            if (claim.Status["phase"].Text != "Pending" || claim.DeletedAt is not null) continue;
            var told = snapshot.EventsOf(claim.Ref).FirstOrDefault(happened => happened.Reason is "ProvisioningFailed" or "FailedBinding" or "VolumeMismatch" or "ExternalProvisioning" or "WaitForPodScheduled");
            if (told is null && snapshot.EventsOf(claim.Ref).Any(happened => happened.Reason == "WaitForFirstConsumer")) continue;
            if (snapshot.Since(claim.CreatedAt) < TimeSpan.FromSeconds(30) && told?.Reason is null or "ExternalProvisioning" or "WaitForPodScheduled") continue;
            var asked = claim.Spec["storageClassName"];
            var classes = snapshot.Of("StorageClass");
            var known = snapshot.Knows("StorageClass", "");
            var name = asked.Text;
            if (asked.IsText && name.Length > 0 && snapshot.Find("StorageClass", "", name) is null && (known || told?.Reason == "ProvisioningFailed")) continue;
            var size = claim.Spec["resources"]["requests"]["storage"].Text;
            var modes = Words.List(claim.Spec["accessModes"].Items.All().Select(mode => mode.Text));
            var (offender, summary, advice) = name.Length == 0
                ? ("storageClassName", $"It names no storage class, {(classes.Any(candidate => candidate.Annotations["storageclass.kubernetes.io/is-default-class"].IsTrue) ? "and" : "no class is the default, and")} no volume of {size} with {modes} is free.", "Set storageClassName, mark a class as the default, or make a volume that fits.")
                : told?.Reason == "ProvisioningFailed" ? ($"storage class {name}", $"The provisioner of storage class {name} cannot make its volume: {told.Message}", $"Look at the provisioner of class {name}.")
                : told?.Reason == "ExternalProvisioning" ? ($"provisioner of {name}", $"It waits for the provisioner of storage class {name}, which does not answer: {told.Message}", $"Look at the pods of the provisioner of class {name}.")
                : ($"storage class {name}", $"It waits for a volume of {size} with {modes} of class {name}, and none is there.", $"Make a volume of class {name} that fits, or look at its provisioner.");
            yield return Found(claim.Ref, offender, told is null ? 0.85 : 0.95, Severity.Warning, summary, told is null ? Observed.Object(snapshot, claim, "phase: Pending") : Observed.Event(snapshot, told)) with { Advice = advice };
        }
    }
}
