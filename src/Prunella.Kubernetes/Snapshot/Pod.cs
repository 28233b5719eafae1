namespace Prunella.Kubernetes.Snapshot;

/// <summary>A pod with its containers. Immutable.</summary>
internal sealed class Pod : KubeObject
{
    internal Pod(Field root, string @namespace) : base(root, "Pod", @namespace)
    {
        var containers = new List<Container>(2);
        Add(containers, Spec["initContainers"], Status["initContainerStatuses"], init: true);
        Add(containers, Spec["containers"], Status["containerStatuses"], init: false);
        Containers = containers;
        Phase = Status["phase"].Text;
        Live = !Ended && !Terminating;
        Ready = Condition("Ready")["status"].Text == "True";
    }

    /// <summary>Init containers first, each list in its order.</summary>
    internal IReadOnlyList<Container> Containers { get; }

    internal string Phase { get; }

    internal bool Ready { get; }

    internal string Node => Spec["nodeName"].Text;

    internal bool Ended => Phase is "Succeeded" or "Failed";

    internal bool Terminating => DeletedAt is not null;

    /// <summary>Whether it still counts for its owner and for services.</summary>
    internal bool Live { get; }

    internal Container? Container(string name) => Containers.FirstOrDefault(container => container.Name == name);

    private void Add(List<Container> containers, Field specs, Field statuses, bool init)
    {
        var seen = 0;
        foreach (var spec in specs.Items)
        {
            seen++;
            var found = Field.None;
            foreach (var status in statuses.Items) if (status["name"].Text == spec["name"].Text) found = status;
            containers.Add(new Container(this, spec, found, init));
        }
        if (seen > 0) return;
        foreach (var status in statuses.Items) containers.Add(new Container(this, Field.None, status, init));
    }
}
