using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Chaos;

/// <summary>
/// Where chaos may run: in the namespaces that were named, with a person's word for it, never among what the cluster or Prunella
/// itself lives on.
/// </summary>
public sealed class ChaosGuard
{
    /// <summary>The label of a namespace with which its owner allows chaos for good; its value is <c>allowed</c>.</summary>
    public const string Label = "prunella.io/chaos";

    private const string OwnNamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
    private static readonly ApiKind Namespaces = new("Namespace", "v1", "namespaces", Namespaced: false);

    private readonly ClusterApi api;

    internal ChaosGuard(ClusterApi api) => this.api = api;

    /// <summary>Refuses what must not be; passes otherwise.</summary>
    /// <param name="experiments">What is to run.</param>
    /// <param name="named">The namespaces that the person named.</param>
    /// <param name="confirmed">Whether the person said yes to all of it.</param>
    /// <param name="cancellation">Ends the look-ups.</param>
    /// <exception cref="ChaosRefusedException">An experiment must not run; every reason is told.</exception>
    public async Task CheckAsync(IReadOnlyList<Experiment> experiments, IReadOnlyCollection<string> named, bool confirmed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(experiments);
        ArgumentNullException.ThrowIfNull(named);
        var reasons = new List<string>();
        foreach (var experiment in experiments)
        {
            foreach (var space in experiment.Namespaces.Append(experiment.Namespace).Where(space => space.Length > 0).Distinct())
                if (!named.Contains(space)) reasons.Add($"{experiment.Source}: {experiment.Name} reaches into namespace {space}, which was not named; chaos runs only in {(named.Count == 0 ? "namespaces named with --namespace" : string.Join(", ", named))}.");
            if (experiment.Fault == FaultKind.NodeCordon && !confirmed) reasons.Add($"{experiment.Source}: {experiment.Name} cordons {experiment.Target}, which serves every namespace; say --yes.");
        }
        foreach (var space in experiments.SelectMany(experiment => experiment.Namespaces.Append(experiment.Namespace)).Concat(named).Where(space => space.Length > 0).Distinct(StringComparer.Ordinal))
            if (await WhyNotAsync(space, confirmed, cancellation) is { } why) reasons.Add(why);
        if (reasons.Count > 0) throw new ChaosRefusedException(string.Join('\n', reasons.Distinct()));
    }

    private async Task<string?> WhyNotAsync(string space, bool confirmed, CancellationToken cancellation)
    {
        if (space.StartsWith("kube-", StringComparison.Ordinal)) return $"Namespace {space} is the cluster's own; chaos never runs there.";
        if (File.Exists(OwnNamespaceFile) && (await File.ReadAllTextAsync(OwnNamespaceFile, cancellation)).Trim() == space) return $"Prunella itself runs in namespace {space}; chaos never does.";
        if (await api.FindAsync(Namespaces, "", space, cancellation) is not { } live) return $"There is no namespace {space}.";
        var servers = await api.ListAsync<System.Text.Json.JsonElement>(ApiKind.Pod, space, cancellation, labels: "app.kubernetes.io/name=prunella");
        if (servers.Count > 0) return $"Prunella itself runs in namespace {space}; chaos never does.";
        return confirmed || live["metadata"]?["labels"]?[Label]?.GetValue<string>() == "allowed" ? null : $"Namespace {space} is not labelled {Label}=allowed; label it, or say --yes.";
    }
}
