using Prunella.Incidents;
using Prunella.Incidents.Workloads;

namespace Prunella.Hosting;

/// <summary>Stands in where no cluster is configured: every signal is kept and escalates, because nothing can be told about its target.</summary>
internal sealed class NoCluster : IWorkloadSource
{
    private const string Why = "no cluster is configured; give one with --kubeconfig or kubernetes:kubeconfig";

    public Task<TargetResolution> ResolveAsync(Signal signal, CancellationToken cancellation) => Task.FromResult(new TargetResolution(null, Why));

    public Task<WorkloadState?> ReadAsync(Target target, CancellationToken cancellation) => throw new WorkloadUnreadableException(Why);

    public Task<IReadOnlyList<Evidence>> GatherAsync(Target target, DateTimeOffset around, CancellationToken cancellation) => throw new WorkloadUnreadableException(Why);

    public Task<Surroundings> SurveyAsync(Target target, CancellationToken cancellation) => throw new WorkloadUnreadableException(Why);

    /// <summary>Whether a cluster is named anywhere that the client looks: configuration, environment, home, or the pod's own account.</summary>
    internal static bool Applies(IConfiguration configuration) =>
        string.IsNullOrEmpty(configuration["kubernetes:kubeconfig"])
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KUBECONFIG"))
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"))
        && !File.Exists(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config"));
}
