using System.Globalization;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Chaos;

/// <summary>Runs a fault's script in a container and makes sure that it took effect.</summary>
internal static class ContainerFaults
{
    private static readonly TimeSpan CrashWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <returns>What was done, for people.</returns>
    /// <exception cref="ChaosRefusedException">The container has no shell, or outlives what can be done to it from within.</exception>
    internal static async Task<string> RunAsync(ClusterApi api, ContainerExec exec, TimeProvider time, Experiment experiment, Pod pod, string container, string script, CancellationToken cancellation)
    {
        ExecResult? result = null;
        try
        {
            result = await exec.RunAsync(pod.Namespace, pod.Name, container, ["sh", "-c", script], cancellation);
        }
        catch (ClusterApiException failure) when (experiment.Fault == FaultKind.ContainerKill && failure.Failure == ClusterFailure.Lost)
        {
            // The container went away under the command, which is what was wanted.
        }
        var title = $"{pod} container {container}";
        if (result is { ExitCode: 9 }) throw new ChaosRefusedException($"{experiment.Source}: {title} has no head, tr and sleep; its stress needs Chaos Mesh.");
        if (result is { ExitCode: 126 or 127 or -1 } && result.Output.Contains("exec", StringComparison.OrdinalIgnoreCase)) throw new ChaosRefusedException($"{experiment.Source}: {title} has no shell: {InertText.OneLine(result.Output, 200)}. Use pod-kill, or Chaos Mesh.");
        if (experiment.Fault != FaultKind.ContainerKill)
        {
            return result is { ExitCode: 0 }
                ? string.Create(CultureInfo.InvariantCulture, $"{title}: {(experiment.Fault == FaultKind.CpuStress ? $"{experiment.Settings.Workers} cores burnt" : $"{(double)experiment.Settings.Workers * experiment.Settings.MemoryBytes / (1 << 20):0.#} MiB filled")}")
                : throw new ChaosRefusedException($"{experiment.Source}: {title}: the stress did not start (exit code {result?.ExitCode}): {InertText.OneLine(result?.Output, 200)}");
        }
        var before = IdOf(pod.Status, container);
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < CrashWithin)
        {
            var live = await api.FindAsync(ApiKind.Pod, pod.Namespace, pod.Name, cancellation);
            if (live is null) return $"{title} ended with its pod";
            var status = new Field(System.Text.Json.JsonSerializer.SerializeToElement(live["status"]));
            if (IdOf(status, container) != before || StateOf(status, container)["terminated"].Exists || StateOf(status, container)["waiting"].Exists) return $"{title} was ended";
            await Task.Delay(Interval, time, cancellation);
        }
        throw new ChaosRefusedException($"{experiment.Source}: {title} outlives every signal that can be sent from within it (the kernel shields a first process that handles none); use pod-kill, or Chaos Mesh.");
    }

    private static Field Of(Field status, string container)
    {
        foreach (var entry in status["containerStatuses"].Items) if (entry["name"].Text == container) return entry;
        return Field.None;
    }

    private static string IdOf(Field status, string container) => Of(status, container)["containerID"].Text;

    private static Field StateOf(Field status, string container) => Of(status, container)["state"];
}
