using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Pods;

/// <summary>An object was deleted and is still there, long past its grace.</summary>
public sealed class StuckTerminating : Cause
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // The kubelet waits so long for its runtime before it asks again (runtimeRequestTimeout).
    private static readonly TimeSpan KubeletPatience = TimeSpan.FromMinutes(2);

    // A namespace ends what is in it first, each with its own grace.
    private static readonly TimeSpan NamespacePatience = TimeSpan.FromMinutes(5);

    private static readonly string[] Kinds = ["Pod", "Namespace", "PersistentVolumeClaim", "PersistentVolume", "Deployment", "StatefulSet", "Job", "Service"];

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("stuck-terminating", "Pods", CauseLayer.Root)
    {
        RecognisedBy = "deletionTimestamp lies more than a minute in the past, two for a pod that only its node has to end, five for a namespace unless finalizers hold what is in it; finalizers, the conditions of a namespace and the node of a pod tell what it waits for.",
        Done = "A person looks at the controller of the named finalizer, or at the node. Finalizers are never taken off by Prunella: they guard something.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var candidate in Kinds.SelectMany(snapshot.Of))
        {
            // The API writes the moment at which the grace ends into deletionTimestamp.
            if (candidate.DeletedAt is not { } until || snapshot.TakenAt - until < PatienceWith(candidate)) continue;
            var finalizers = candidate.Metadata["finalizers"].Items.All().Select(finalizer => finalizer.Text).ToList();
            var holding = candidate.Kind == "Namespace" ? candidate.Status["conditions"].Items.All().Where(condition => condition["status"].Text == "True").ToList() : [];
            var node = candidate is Pod pod ? pod.Node : "";
            var users = candidate.Kind == "PersistentVolumeClaim" && finalizers.Contains("kubernetes.io/pvc-protection")
                ? snapshot.PodsIn(candidate.Namespace).Where(user => user.Spec["volumes"].Items.All().Any(volume => volume["persistentVolumeClaim"]["claimName"].Text == candidate.Name)).Select(user => user.Name).ToList() : [];
            var waits = holding.Count > 0 ? string.Join("; ", holding.Select(condition => condition["message"].Text))
                : users.Count > 0 ? $"pod {Words.List(users)} still uses it" : finalizers.Count > 0 ? $"its finalizer {Words.List(finalizers)} has not been taken off" : node.Length > 0 ? $"node {node} has not confirmed its end" : "nothing has confirmed its end";
            var evidence = new List<Evidence> { Observed.Object(snapshot, candidate, string.Create(CultureInfo.InvariantCulture, $"deleted, grace ended {until:u}; finalizers: {(finalizers.Count > 0 ? string.Join(", ", finalizers) : "none")}"), until) };
            evidence.AddRange(holding.Select(condition => Observed.Condition(snapshot, candidate, condition)));
            yield return Found(candidate.Ref, Words.List(finalizers.DefaultIfEmpty(node)), 0.93, Severity.Warning, $"It was deleted {Words.Of(snapshot.TakenAt - until)} ago and is still there: {waits}.", evidence) with
            {
                Pods = candidate is Pod ? [candidate.Name] : [],
                Blames = node.Length > 0 && finalizers.Count == 0 ? [new ObjectRef("Node", "", node)] : [],
                Advice = holding.Count > 0 ? "Mend what keeps its content, as the controller that owns a finalizer, or an aggregated API that does not answer. Taking off the namespace's own finalizer would leave that content behind, out of everybody's sight."
                    : finalizers.Count > 0 ? $"Look at the controller that owns {Words.List(finalizers)}; take the finalizer off by hand only when what it guards is known to be gone." : "Look at the node's kubelet; when the node is gone for good, delete the node object.",
            };
        }
    }

    private static TimeSpan PatienceWith(KubeObject ending) => ending switch
    {
        { Kind: "Namespace" } => ending.Metadata["finalizers"].Exists || ending.Condition("NamespaceFinalizersRemaining")["status"].Text == "True" || ending.Condition("NamespaceDeletionDiscoveryFailure")["status"].Text == "True" ? Patience : NamespacePatience,
        Pod when !ending.Metadata["finalizers"].Exists => KubeletPatience,
        _ => Patience,
    };
}
