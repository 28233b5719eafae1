using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Chaos;

/// <summary>
/// Puts experiments into effect: through Chaos Mesh when the cluster serves the kind, else by itself. Whatever it changes carries a
/// mark from the same write on, so that <see cref="ChaosRestorer"/> can undo it after a kill at any moment. Thread-safe.
/// </summary>
public sealed class ChaosInjector
{
    /// <summary>How long stress lasts whose experiment names no duration, so that a lost injector cannot leave it running.</summary>
    public static readonly TimeSpan StressWithoutDuration = TimeSpan.FromMinutes(10);

    private readonly ClusterApi api;
    private readonly ContainerExec exec;
    private readonly MeshClient mesh;
    private readonly MarkedObjects objects;
    private readonly TimeProvider time;

    internal ChaosInjector(ClusterApi api, ContainerExec exec, TimeProvider time)
    {
        (this.api, this.exec, this.time) = (api, exec, time);
        (mesh, objects) = (new MeshClient(api, time), new MarkedObjects(api));
    }

    /// <summary>Puts an experiment into effect.</summary>
    /// <param name="experiment">What; checked by <see cref="ChaosGuard"/> before.</param>
    /// <param name="id">Eight hexadecimal digits, new for each injection.</param>
    /// <param name="seed">The same seed chooses the same among the same pods.</param>
    /// <param name="cancellation">Ends it; what was done until then carries its marks.</param>
    /// <exception cref="ChaosRefusedException">It is not possible; nothing was changed, unless it was ended half-way.</exception>
    /// <exception cref="ClusterApiException">The API refused or was lost.</exception>
    public async Task<Injection> InjectAsync(Experiment experiment, string id, int seed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var at = time.GetUtcNow();
        var mark = new InjectionMark { Id = id, Experiment = experiment.Name, Fault = experiment.FaultName, Namespace = experiment.Namespace, At = at };
        var injection = new Injection { Id = id, Experiment = experiment, At = at };
        if (experiment.MeshKind is { } kind)
        {
            if (await mesh.ServesAsync(kind, experiment.Namespace, cancellation)) return injection with { ByMesh = true, Done = await mesh.InjectAsync(experiment, id, cancellation) };
            if (experiment.MeshOnly is { } why) throw new ChaosRefusedException($"{experiment.Source}: {experiment.Name} needs Chaos Mesh, which this cluster does not have: {why}.");
        }
        return experiment.Fault switch
        {
            FaultKind.QuotaSqueeze => await CreateQuotaAsync(injection, mark, cancellation),
            _ when experiment.Pods is null => await ChangeAsync(injection, experiment.Target!, mark, cancellation),
            _ => await OnPodsAsync(injection, mark, seed, cancellation),
        };
    }

    private async Task<Injection> ChangeAsync(Injection injection, ObjectRef target, InjectionMark mark, CancellationToken cancellation)
    {
        var experiment = injection.Experiment;
        InjectionMark? written = null;
        var there = await objects.ChangeAsync(target, live =>
        {
            if (InjectionMark.ReadFrom(live).FirstOrDefault(other => other.Changes.Count > 0) is { } other)
                throw new ChaosRefusedException($"{experiment.Source}: {target} still carries the change of {other.Experiment} ({other.Id}); restore it first: prunella chaos restore -n {target.Namespace}");
            written = mark with { Changes = ObjectFaults.Changes(experiment with { Target = target }, live) };
            foreach (var change in written.Changes) change.Write(live, change.After);
            written.WriteOn(live);
            return true;
        }, cancellation);
        if (!there) throw new ChaosRefusedException($"{experiment.Source}: there is no {target}.");
        var done = new List<string>(injection.Done);
        done.AddRange(written!.Changes.Select(change => $"{target}: {change.PathText} {Show(change.Before)} → {Show(change.After)}"));
        if (experiment.Settings.Restart is { } restart) done.AddRange(await ReplacePodsAsync(experiment, restart, cancellation));
        return injection with { Touched = [.. injection.Touched, target], Done = done };
    }

    // A config map that is read at start shows its loss only in new pods.
    private async Task<IEnumerable<string>> ReplacePodsAsync(Experiment experiment, ObjectRef workload, CancellationToken cancellation)
    {
        var pods = (await PodsAsync(experiment.Namespace, cancellation)).Where(pod => pod.Pod.Live && pod.Top == workload).ToList();
        if (pods.Count == 0) throw new ChaosRefusedException($"{experiment.Source}: restart names {workload}, which has no pods.");
        foreach (var (pod, _) in pods) await DeleteAsync(pod, 0, cancellation);
        return pods.Select(pod => $"{pod.Pod} deleted, so that its successor reads the change");
    }

    private async Task<Injection> CreateQuotaAsync(Injection injection, InjectionMark mark, CancellationToken cancellation)
    {
        var target = injection.Experiment.Target!;
        var body = new JsonObject
        {
            ["apiVersion"] = "v1", ["kind"] = "ResourceQuota", ["metadata"] = new JsonObject { ["name"] = target.Name },
            ["spec"] = new JsonObject { ["hard"] = new JsonObject { ["pods"] = injection.Experiment.Settings.PodsMax.ToString(System.Globalization.CultureInfo.InvariantCulture) } },
        };
        (mark with { Created = true }).WriteOn(body);
        await api.CreateAsync(MarkedObjects.Quota, target.Namespace, body, dryRun: false, cancellation);
        return injection with { Touched = [target], Done = [$"{target} created: at most {injection.Experiment.Settings.PodsMax} pods"] };
    }

    private async Task<Injection> OnPodsAsync(Injection injection, InjectionMark mark, int seed, CancellationToken cancellation)
    {
        var experiment = injection.Experiment;
        var found = new List<(Pod Pod, ObjectRef Top)>();
        foreach (var space in experiment.Namespaces) found.AddRange((await PodsAsync(space, cancellation)).Where(pod => experiment.Pods!.Selects(pod.Pod)));
        if (found.Count == 0) throw new ChaosRefusedException($"{experiment.Source}: {experiment.Name} found no live pods: {experiment.Pods}.");
        var chosen = PodChoice.Choose(experiment, found, pod => $"{pod.Pod.Namespace}/{pod.Pod.Name}", seed);
        if (chosen.Count == 0) return injection with { Done = [$"none of {found.Count} pods: a share of up to {experiment.ModeValue:0} % came to none this time"] };
        foreach (var (pod, top) in chosen)
        {
            if (top.Kind == "Pod" && experiment.Fault == FaultKind.PodKill) throw new ChaosRefusedException($"{experiment.Source}: {pod} has no owner that would make a new one; it is not killed.");
            Missing(experiment, pod);
        }
        if (experiment.Fault == FaultKind.PodKill)
        {
            foreach (var owned in chosen.GroupBy(pod => pod.Top)) await MarkAsync(owned.Key, mark with { Namespace = owned.Key.Namespace, Pods = [.. owned.Select(pod => pod.Pod.Name)] }, cancellation);
            injection = injection with { Touched = [.. chosen.Select(pod => pod.Top).Distinct()], At = time.GetUtcNow() };
            await Task.WhenAll(chosen.Select(pod => DeleteAsync(pod.Pod, experiment.Settings.GraceSeconds, cancellation)));
            return injection with { Done = [.. chosen.Select(pod => $"{pod.Pod} of {pod.Top} deleted")] };
        }
        foreach (var (pod, top) in chosen)
        {
            injection = experiment.Fault == FaultKind.PodFailure
                ? await ChangeAsync(injection, pod.Ref, mark with { Namespace = pod.Namespace }, cancellation)
                : await InContainersAsync(injection, pod, mark with { Namespace = pod.Namespace }, cancellation);
            // The owner is what an incident is about.
            injection = injection with { Touched = [.. injection.Touched.Append(top).Distinct()] };
        }
        return injection;
    }

    private async Task<Injection> InContainersAsync(Injection injection, Pod pod, InjectionMark mark, CancellationToken cancellation)
    {
        var experiment = injection.Experiment;
        await MarkAsync(pod.Ref, mark with { Processes = experiment.Fault != FaultKind.ContainerKill }, cancellation);
        var names = experiment.Settings.Containers.Count > 0 ? experiment.Settings.Containers : [pod.Spec["containers"].Items.All().First()["name"].Text];
        var hold = experiment.Duration ?? StressWithoutDuration;
        var done = new List<string>(injection.Done);
        foreach (var name in names)
        {
            var script = experiment.Fault switch
            {
                FaultKind.ContainerKill => ContainerScripts.Crash,
                FaultKind.MemoryStress => ContainerScripts.Memory(injection.Id, experiment.Settings.Workers, experiment.Settings.MemoryBytes, hold),
                _ => ContainerScripts.Cpu(injection.Id, experiment.Settings.Workers, hold),
            };
            done.Add(await ContainerFaults.RunAsync(api, exec, time, experiment, pod, name, script, cancellation));
        }
        return injection with { Touched = [.. injection.Touched.Append(pod.Ref).Distinct()], Done = done };
    }

    private static void Missing(Experiment experiment, Pod pod)
    {
        var known = pod.Spec["containers"].Items.All().Select(container => container["name"].Text).ToList();
        if (experiment.Settings.Containers.FirstOrDefault(name => !known.Contains(name)) is { } missing)
            throw new ChaosRefusedException($"{experiment.Source}: {pod} has no container {missing}; it has {string.Join(", ", known)}.");
    }

    private Task MarkAsync(ObjectRef target, InjectionMark mark, CancellationToken cancellation) => objects.ChangeAsync(target, live =>
    {
        mark.WriteOn(live);
        return true;
    }, cancellation);

    private async Task DeleteAsync(Pod pod, int grace, CancellationToken cancellation)
    {
        try
        {
            await api.DeleteAsync(ApiKind.Pod, pod.Namespace, pod.Name, pod.Uid, cancellation, grace);
        }
        catch (ClusterApiException failure) when (failure.Failure is ClusterFailure.NotFound or ClusterFailure.Conflict)
        {
            // It went by itself since it was chosen.
        }
    }

    private async Task<List<(Pod Pod, ObjectRef Top)>> PodsAsync(string @namespace, CancellationToken cancellation)
    {
        var builder = new SnapshotBuilder();
        foreach (var kind in (ApiKind[])[ApiKind.Pod, ApiKind.ReplicaSet, ApiKind.Deployment, ApiKind.StatefulSet, ApiKind.DaemonSet, ApiKind.Job])
            foreach (var item in await api.ListAsync<JsonElement>(kind, @namespace, cancellation)) builder.Add(item, kind.Name);
        var snapshot = builder.Build(time.GetUtcNow());
        return [.. snapshot.Pods.Select(pod => (pod, snapshot.TopOf(pod)))];
    }

    private static string Show(JsonNode? value) => value is null ? "(absent)" : Workloads.InertText.OneLine(value.ToJsonString(), 120);
}
