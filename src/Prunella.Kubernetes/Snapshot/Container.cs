namespace Prunella.Kubernetes.Snapshot;

/// <summary>A container of a pod: what was asked for, and what became of it. Immutable.</summary>
internal sealed class Container(Pod pod, Field spec, Field status, bool init)
{
    internal Pod Pod { get; } = pod;

    internal Field Spec { get; } = spec;

    internal Field Status { get; } = status;

    internal bool Init { get; } = init;

    internal string Name { get; } = spec["name"].TextOrNull ?? status["name"].Text;

    internal string Image => Spec["image"].TextOrNull ?? Status["image"].Text;

    internal int Restarts { get; } = status["restartCount"].Int();

    internal bool Ready => Status["ready"].IsTrue;

    internal Field Waiting => Status["state"]["waiting"];

    internal string WaitingReason { get; } = status["state"]["waiting"]["reason"].Text;

    internal string WaitingMessage => Waiting["message"].Text;

    internal bool Running => Status["state"]["running"].Exists;

    internal DateTimeOffset? StartedAt => Status["state"]["running"]["startedAt"].Time;

    /// <summary>The present end, or the last one before the present start; empty when it never ended.</summary>
    internal Field Ended => Status["state"]["terminated"] is { Exists: true } now ? now : Status["lastState"]["terminated"];

    internal string EndedReason => Ended["reason"].Text;

    internal int? ExitCode => Ended["exitCode"].Whole is { } code ? (int)code : null;

    internal DateTimeOffset? EndedAt => Ended["finishedAt"].Time;

    /// <summary>How long the ended run lasted; null when unknown, as for one that never began: the kubelet gives the year 1970 as its start.</summary>
    internal TimeSpan? RanFor => Ended["startedAt"].Time is { } from && from > DateTimeOffset.UnixEpoch && EndedAt is { } to ? to - from : null;

    /// <summary>Whether it did what it was for: an init or job container that ended well, and is not run again.</summary>
    internal bool Done => Status["state"]["terminated"]["exitCode"].Whole == 0;

    /// <summary>Whether it keeps ending and is started again, or has ended badly.</summary>
    internal bool Crashing => WaitingReason == "CrashLoopBackOff" || (Status["state"]["terminated"] is { Exists: true } now && now["exitCode"].Whole is not (0 or null))
        || (Restarts > 0 && !Ready && !Done && Ended["exitCode"].Whole is not (0 or null));

    internal double? Limit(string resource) => Spec["resources"]["limits"][resource].Quantity;

    internal double? Request(string resource) => Spec["resources"]["requests"][resource].Quantity ?? Limit(resource);

    /// <summary>Ports that it declares: number, name, protocol.</summary>
    internal IEnumerable<(int Number, string Name, string Protocol)> Ports
    {
        get
        {
            foreach (var port in Spec["ports"].Items) yield return (port["containerPort"].Int(), port["name"].Text, port["protocol"].TextOrNull ?? "TCP");
        }
    }

    /// <summary><c>shop/api-7d9f/app</c>.</summary>
    internal string Path => $"{Pod.Namespace}/{Pod.Name}/{Name}";

    /// <summary>As people say it: <c>container app</c>, <c>init container setup</c>.</summary>
    internal string Words => Init ? $"init container {Name}" : $"container {Name}";
}
