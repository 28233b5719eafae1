namespace Prunella.Kubernetes.Snapshot;

/// <summary>Which object: what findings, blame and owners point at.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace; empty for objects of the whole cluster.</param>
/// <param name="Name">Its name.</param>
public sealed record ObjectRef(string Kind, string Namespace, string Name)
{
    /// <summary><c>Deployment shop/api</c>.</summary>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}

/// <summary>An object of any kind, with what every object has. Immutable.</summary>
internal class KubeObject
{
    internal KubeObject(Field root, string kind, string @namespace)
    {
        Root = root;
        Metadata = root["metadata"];
        ApiVersion = root["apiVersion"].Text;
        Ref = new ObjectRef(kind, @namespace, Metadata["name"].Text);
        Labels = Metadata["labels"].Texts;
        DeletedAt = Metadata["deletionTimestamp"].Time;
        foreach (var owner in Metadata["ownerReferences"].Items)
        {
            if (!owner["controller"].IsTrue) continue;
            Owner = new ObjectRef(owner["kind"].Text, @namespace, owner["name"].Text);
            break;
        }
    }

    internal Field Root { get; }

    internal Field Metadata { get; }

    internal Field Spec => Root["spec"];

    internal Field Status => Root["status"];

    internal string ApiVersion { get; }

    internal ObjectRef Ref { get; }

    internal string Kind => Ref.Kind;

    internal string Namespace => Ref.Namespace;

    internal string Name => Ref.Name;

    internal string Uid => Metadata["uid"].Text;

    internal IReadOnlyDictionary<string, string> Labels { get; }

    internal Field Annotations => Metadata["annotations"];

    /// <summary>The controller that owns it; null when none does.</summary>
    internal ObjectRef? Owner { get; }

    internal DateTimeOffset? CreatedAt => Metadata["creationTimestamp"].Time;

    internal DateTimeOffset? DeletedAt { get; }

    /// <summary>When the API server took the last write, by its field managers; null where that was not read.</summary>
    internal DateTimeOffset? WrittenAt { get; init; }

    /// <summary>The condition of a type; empty when there is none.</summary>
    internal Field Condition(string type)
    {
        foreach (var condition in Status["conditions"].Items) if (condition["type"].Text == type) return condition;
        return Field.None;
    }

    public override string ToString() => Ref.ToString();
}
