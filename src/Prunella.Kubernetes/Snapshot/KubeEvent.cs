namespace Prunella.Kubernetes.Snapshot;

/// <summary>An event, of either API group. Immutable.</summary>
internal sealed class KubeEvent : KubeObject
{
    internal KubeEvent(Field root, string @namespace) : base(root, "Event", @namespace)
    {
        var about = root["involvedObject"] is { Exists: true } involved ? involved : root["regarding"];
        About = new ObjectRef(about["kind"].Text, about["kind"].Text is "Node" or "PersistentVolume" ? "" : about["namespace"].TextOrNull ?? @namespace, about["name"].Text);
        AboutUid = about["uid"].Text;
        FieldPath = about["fieldPath"].Text;
        Reason = root["reason"].Text;
        Message = root["message"].TextOrNull ?? root["note"].Text;
        Warning = root["type"].Text != "Normal";
        Count = Math.Max(1, root["count"].Whole ?? root["series"]["count"].Whole ?? root["deprecatedCount"].Whole ?? 1);
        At = root["series"]["lastObservedTime"].Time ?? root["lastTimestamp"].Time ?? root["eventTime"].Time ?? root["deprecatedLastTimestamp"].Time ?? CreatedAt;
    }

    internal ObjectRef About { get; }

    /// <summary>Which object of that name; of a node it is the name again, of a static pod the kubelet's own.</summary>
    internal string AboutUid { get; }

    /// <summary><c>spec.containers{app}</c>; empty for the whole object.</summary>
    internal string FieldPath { get; }

    internal string Reason { get; }

    internal string Message { get; }

    internal bool Warning { get; }

    internal long Count { get; }

    internal DateTimeOffset? At { get; }

    /// <summary>Whether it is about that container, or about the pod as a whole.</summary>
    internal bool IsAbout(string container) => FieldPath.Length == 0 || FieldPath.EndsWith($"{{{container}}}", StringComparison.Ordinal);
}
