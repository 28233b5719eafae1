using System.Text.Json.Nodes;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Chaos;

/// <summary>
/// Ends injections by their marks. A field goes back to what it was only while it still holds what the fault made of it; what
/// anybody (Prunella's fix, a person, a rollout) has changed since stays as it is. Idempotent; thread-safe.
/// </summary>
public sealed class ChaosRestorer
{
    private readonly ClusterApi api;
    private const int ExecAttemptsMax = 5;
    private static readonly TimeSpan ExecPause = TimeSpan.FromSeconds(1);
    private readonly TimeProvider time;
    private readonly ContainerExec exec;
    private readonly MeshClient mesh;
    private readonly MarkedObjects objects;

    internal ChaosRestorer(ClusterApi api, ContainerExec exec, TimeProvider time) => (this.api, this.exec, this.time, mesh, objects) = (api, exec, time, new MeshClient(api, time), new MarkedObjects(api));

    /// <summary>Ends one injection.</summary>
    /// <exception cref="ClusterApiException">The API refused or was lost; call again.</exception>
    public async Task<IReadOnlyList<Restored>> RestoreAsync(Injection injection, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(injection);
        if (injection.ByMesh)
        {
            var ended = await mesh.EndAsync(injection.Experiment, cancellation);
            return [new Restored(new ObjectRef(injection.Experiment.MeshKind!, injection.Experiment.Namespace, injection.Experiment.Name), injection.Id, ended ? RestoreOutcome.PutBack : RestoreOutcome.Nothing, ended ? "deleted; Chaos Mesh undoes it" : "it is gone already")];
        }
        var restored = new List<Restored>();
        // The node of a cordon is in no namespace, so it is asked for by name.
        foreach (var target in injection.Touched) restored.AddRange(await EndAsync(target, mark => mark.Id == injection.Id, cancellation));
        // What was touched before an interruption is known only by its marks.
        foreach (var space in injection.Experiment.Namespaces) restored.AddRange(await EndInAsync(space, mark => mark.Id == injection.Id, cancellation));
        return restored;
    }

    /// <summary>Ends every injection in a namespace, whoever began it, as after a kill.</summary>
    /// <param name="namespace">The namespace.</param>
    /// <param name="cancellation">Ends it; call again for the rest.</param>
    /// <exception cref="ClusterApiException">The API refused or was lost; call again.</exception>
    public async Task<IReadOnlyList<Restored>> RestoreNamespaceAsync(string @namespace, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(@namespace);
        var restored = new List<Restored>();
        foreach (var ended in await mesh.EndAllAsync(@namespace, cancellation)) restored.Add(new Restored(new ObjectRef(ended.Split(' ')[0], @namespace, ended.Split('/')[^1]), "", RestoreOutcome.PutBack, "deleted; Chaos Mesh undoes it"));
        restored.AddRange(await EndInAsync(@namespace, _ => true, cancellation));
        return restored;
    }

    /// <summary>Ends the injections of a node.</summary>
    public Task<IReadOnlyList<Restored>> RestoreNodeAsync(string name, CancellationToken cancellation) => EndAsync(new ObjectRef("Node", "", name), _ => true, cancellation);

    private async Task<List<Restored>> EndInAsync(string @namespace, Func<InjectionMark, bool> which, CancellationToken cancellation)
    {
        var restored = new List<Restored>();
        foreach (var kind in MarkedObjects.Kinds.Where(kind => kind.Namespaced))
        {
            List<JsonObject> items;
            try
            {
                items = await api.ListAsync<JsonObject>(kind, @namespace, cancellation);
            }
            catch (ClusterApiException refused) when (refused.Failure == ClusterFailure.Forbidden && kind != ApiKind.Pod)
            {
                // Who may not list a kind cannot have changed it either.
                continue;
            }
            foreach (var item in items.Where(item => InjectionMark.ReadFrom(item).Any(which)))
                restored.AddRange(await EndAsync(new ObjectRef(kind.Name, @namespace, item["metadata"]!["name"]!.GetValue<string>()), which, cancellation));
        }
        return restored;
    }

    private async Task<IReadOnlyList<Restored>> EndAsync(ObjectRef target, Func<InjectionMark, bool> which, CancellationToken cancellation)
    {
        var kind = MarkedObjects.KindOf(target);
        if (await api.FindAsync(kind, target.Namespace, target.Name, cancellation) is not { } found) return [];
        var marks = InjectionMark.ReadFrom(found).Where(which).ToList();
        if (marks.Count == 0) return [];
        if (marks.Find(mark => mark.Created) is { } made)
        {
            await api.DeleteAsync(kind, target.Namespace, target.Name, found["metadata"]!["uid"]!.GetValue<string>(), cancellation);
            return [new Restored(target, made.Id, RestoreOutcome.PutBack, "deleted, as the fault had made it")];
        }
        var processes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var mark in marks.Where(mark => mark.Processes)) processes[mark.Id] = await EndProcessesAsync(target, found, mark.Id, cancellation);

        List<Restored> restored = [];
        var there = await objects.ChangeAsync(target, live =>
        {
            restored = [];
            var changed = false;
            // Newest first, so that faults laid one over the other come off in turn.
            foreach (var mark in Enumerable.Reverse(InjectionMark.ReadFrom(live)).Where(which))
            {
                if (!mark.IsCopy(live)) restored.Add(Undo(target, live, mark, processes.GetValueOrDefault(mark.Id)));
                changed = true;
                var annotations = (JsonObject)live["metadata"]!["annotations"]!;
                annotations.Remove(mark.Key);
                if (annotations.Count == 0) ((JsonObject)live["metadata"]!).Remove("annotations");
            }
            return changed;
        }, cancellation);
        return there ? restored : [.. marks.Select(mark => new Restored(target, mark.Id, RestoreOutcome.Nothing, "it is gone"))];
    }

    private static Restored Undo(ObjectRef target, JsonObject live, InjectionMark mark, int processes)
    {
        if (mark.Changes.Count == 0)
        {
            return mark.Processes
                ? new Restored(target, mark.Id, processes > 0 ? RestoreOutcome.PutBack : RestoreOutcome.Nothing, processes > 0 ? $"{processes} processes ended" : "no process of it runs any more")
                : new Restored(target, mark.Id, RestoreOutcome.Nothing, $"{mark.Fault} leaves nothing to put back; the mark is removed");
        }
        var (back, kept) = (new List<string>(), new List<string>());
        foreach (var change in mark.Changes)
        {
            var now = change.In(live);
            if (JsonNode.DeepEquals(now, change.Before)) continue;
            if (JsonNode.DeepEquals(now, change.After) && change.Write(live, change.Before)) back.Add(change.PathText);
            else kept.Add(change.PathText);
        }
        var words = new List<string>();
        if (back.Count > 0) words.Add($"put back: {string.Join(", ", back)}");
        if (kept.Count > 0) words.Add($"kept, because it was changed since: {string.Join(", ", kept)}");
        return new Restored(target, mark.Id, back.Count > 0 ? RestoreOutcome.PutBack : kept.Count > 0 ? RestoreOutcome.Kept : RestoreOutcome.Nothing, words.Count == 0 ? "it is as it was before" : string.Join("; ", words));
    }

    private async Task<int> EndProcessesAsync(ObjectRef pod, JsonObject live, string id, CancellationToken cancellation)
    {
        var ended = 0;
        foreach (var container in live["spec"]?["containers"] as JsonArray ?? [])
        {
            ended += await EndProcessesAsync(pod, container!["name"]!.GetValue<string>(), id, cancellation);
        }
        return ended;
    }

    private async Task<int> EndProcessesAsync(ObjectRef pod, string container, string id, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await exec.RunAsync(pod.Namespace, pod.Name, container, ["sh", "-c", ContainerScripts.EndProcesses(id)], cancellation);
                return int.TryParse(result.Output.Trim(), out var count) ? count : 0;
            }
            catch (ClusterApiException failure) when (failure.Failure is ClusterFailure.Refused or ClusterFailure.NotFound)
            {
                // A container that does not run has no processes; a busy kubelet refuses for one that does, and is asked again.
                if (!await RunsAsync(pod, container, cancellation)) return 0;
                if (attempt == ExecAttemptsMax) throw;
                await Task.Delay(ExecPause, time, cancellation);
            }
        }
    }

    private async Task<bool> RunsAsync(ObjectRef pod, string container, CancellationToken cancellation) =>
        await api.FindAsync(ApiKind.Pod, pod.Namespace, pod.Name, cancellation) is { } live
        && (live["status"]?["containerStatuses"] as JsonArray)?.Any(status => status?["name"]?.GetValue<string>() == container && status["state"]?["running"] is not null) == true;
}
