using System.Text.RegularExpressions;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Application;

/// <summary>A workload of one environment is told an address of another one.</summary>
public sealed partial class WrongEnvironment : Cause
{
    private static readonly string[][] Environments = [["prod", "production", "prd", "live"], ["staging", "stage", "stg"], ["dev", "development", "devel"], ["test", "testing", "qa", "uat"]];

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("wrong-environment", "Applications", CauseLayer.Root)
    {
        RecognisedBy = "The namespace (or a label) names one environment, and a host in the pod's environment or in a config map that it uses names another: staging in prod, and the like.",
        Done = "Back to the last revision when an earlier one is there; else a person corrects the named variable or key.",
        Actions = ["rollback-rollout"],
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var group in snapshot.Pods.Where(pod => pod.Live).GroupBy(snapshot.TopOf))
        {
            var pod = group.First();
            if (Own(pod) is not { } own) continue;
            foreach (var (name, value, where) in Values(snapshot, pod))
            {
                if (value.Length > 2_000 || Foreign(value, own) is not { } host) continue;
                // An address that is configured is a suspicion; one that also fails is the cause.
                var failing = pod.Containers.FirstOrDefault(container => !container.Ready && !container.Done) is not null || Mentioned(snapshot, pod, host);
                yield return Found(snapshot, pod, $"{name}", failing ? 0.88 : 0.72, $"{name} ({where}) leads to {host}, an address of another environment than {Environments[own][0]}.",
                    new Evidence("kubernetes/" + (where == "env" ? "pod" : "configmap"), $"{pod.Namespace}/{(where == "env" ? pod.Name : where)}", Prunella.Kubernetes.Workloads.InertText.OneLine($"{name} names {host}"), snapshot.TakenAt)) with
                {
                    Severity = failing ? Impact.Of(snapshot, group.Key) : Severity.Warning, Advice = $"Set {name} to the address of {Environments[own][0]}.", Remedies = failing ? Rollouts.BackOrNone(snapshot, pod) : [],
                };
            }
        }
    }

    private static int? Own(Pod pod)
    {
        foreach (var label in new[] { "environment", "env", "app.kubernetes.io/environment", "stage" })
            if (pod.Labels.TryGetValue(label, out var named) && Of(named) is { } labelled) return labelled;
        return Of(pod.Namespace);
    }

    private static IEnumerable<(string Name, string Value, string Where)> Values(ClusterSnapshot snapshot, Pod pod)
    {
        foreach (var container in pod.Containers)
        {
            foreach (var entry in container.Spec["env"].Items)
            {
                if (entry["value"].Text.Length > 0) yield return (entry["name"].Text, entry["value"].Text, "env");
                var reference = entry["valueFrom"]["configMapKeyRef"];
                if (reference.Exists && snapshot.Find("ConfigMap", pod.Namespace, reference["name"].Text) is { } map) yield return (reference["key"].Text, map.Root["data"][reference["key"].Text].Text, $"ConfigMap {map.Name}");
            }
            foreach (var from in container.Spec["envFrom"].Items)
                if (snapshot.Find("ConfigMap", pod.Namespace, from["configMapRef"]["name"].Text) is { } map)
                    foreach (var (key, value) in map.Root["data"].Texts) yield return (key, value, $"ConfigMap {map.Name}");
        }
    }

    private static string? Foreign(string value, int own)
    {
        foreach (Match match in Host().Matches(value))
        {
            var host = match.Groups[1].Value;
            if (Of(host) is { } other && other != own) return host;
        }
        return null;
    }

    private static bool Mentioned(ClusterSnapshot snapshot, Pod pod, string host) =>
        pod.Containers.SelectMany(snapshot.LogsOf).Any(log => log.Lines.TakeLast(200).Any(line => line.Contains(host, StringComparison.Ordinal) && Trouble().IsMatch(line)));

    /// <summary>The one environment that the words of a name say; null when they say none or several.</summary>
    private static int? Of(string name)
    {
        int? found = null;
        foreach (var word in name.Split(['-', '.', '_']))
        {
            var index = Array.FindIndex(Environments, words => words.Contains(word, StringComparer.OrdinalIgnoreCase));
            if (index < 0) continue;
            if (found is not null && found != index) return null;
            found = index;
        }
        return found;
    }

    [GeneratedRegex(@"(?://|@|^)([a-zA-Z][a-zA-Z0-9-]*(?:\.[a-zA-Z0-9-]+)+)(?=[:/?]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Host();

    [GeneratedRegex(@"refused|timed? ?out|denied|no such host|not known|forbidden|unauthori[sz]ed|error|fail", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Trouble();
}
