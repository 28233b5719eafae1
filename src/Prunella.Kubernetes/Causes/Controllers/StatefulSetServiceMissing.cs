using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>A stateful set names a service that does not exist, so its pods have no names of their own.</summary>
public sealed class StatefulSetServiceMissing : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("stateful-set-service-missing", "Workloads", CauseLayer.Root)
    {
        MayComeLater = true,
        RecognisedBy = "The stateful set's serviceName is not among the services of its namespace.",
        Done = "A person creates the named headless service.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var set in snapshot.Of("StatefulSet"))
        {
            var name = set.Spec["serviceName"].Text;
            if (name.Length == 0 || set.DeletedAt is not null || snapshot.Find("Service", set.Namespace, name) is not null) continue;
            var known = snapshot.Knows("Service", set.Namespace);
            var unwell = set.Spec["replicas"].Int(1) > set.Status["readyReplicas"].Int();
            // Without a list of services nothing is proved: a set that is well makes it a hint.
            yield return Found(set.Ref, $"service {name}", known ? 0.95 : 0.55, known || unwell ? Severity.Warning : Severity.Info, $"Service {set.Namespace}/{name}, by which its pods get their names, {(known ? "does not exist" : "is not among what was given")}.", Observed.Object(snapshot, set, $"serviceName: {name}")) with
            {
                Advice = $"Create the headless service {name} in namespace {set.Namespace} (clusterIP: None) selecting {LabelSelector.Describe(set.Spec["selector"])}.",
            };
        }
    }
}
