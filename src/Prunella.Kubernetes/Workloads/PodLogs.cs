using k8s.Models;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Workloads;

/// <summary>A container that runs or ran, as far as its log is concerned.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Container">The container's name.</param>
/// <param name="Run">The runtime's id of the present run; a restart has another.</param>
/// <param name="Running">Whether it runs now.</param>
public readonly record struct LoggingContainer(string Namespace, string Pod, string Container, string Run, bool Running);

/// <summary>The logs of a cluster's containers, as they are written. Thread-safe.</summary>
public sealed class PodLogs
{
    private readonly ClusterApi api;
    private readonly KubernetesOptions options;

    internal PodLogs(ClusterApi api, KubernetesOptions options) => (this.api, this.options) = (api, options);

    /// <summary>Containers that have begun a run, in the namespaces that may be read.</summary>
    /// <exception cref="WorkloadUnreadableException">The API could not be asked, or forbids it.</exception>
    public async Task<IReadOnlyList<LoggingContainer>> ListAsync(CancellationToken cancellation)
    {
        try
        {
            var found = new List<LoggingContainer>();
            foreach (var name in options.Namespaces.Count == 0 ? [""] : options.Namespaces)
            {
                foreach (var pod in await api.ListAsync<V1Pod>(ApiKind.Pod, name, cancellation))
                {
                    foreach (var status in (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []))
                    {
                        if (status.ContainerID is { Length: > 0 } run) found.Add(new LoggingContainer(pod.Metadata.NamespaceProperty, pod.Metadata.Name, status.Name, run, status.State?.Running is not null));
                    }
                }
            }
            return found;
        }
        catch (ClusterApiException away)
        {
            throw Unreadable(away);
        }
    }

    /// <summary>Opens the log of a container's present run: lines with their times before them, until the run ends.</summary>
    /// <param name="container">Whose.</param>
    /// <param name="sinceSeconds">How old the first line may be; null for all of the run.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The stream; null when there is no such log (yet, or any more).</returns>
    /// <exception cref="WorkloadUnreadableException">The API could not be asked, or forbids it.</exception>
    public async Task<Stream?> OpenAsync(LoggingContainer container, int? sinceSeconds, CancellationToken cancellation)
    {
        try
        {
            var response = await api.FollowLogAsync(container.Namespace, container.Pod, container.Container, sinceSeconds, cancellation);
            return await response.Content.ReadAsStreamAsync(cancellation);
        }
        catch (ClusterApiException gone) when (gone.Failure is ClusterFailure.NotFound or ClusterFailure.Refused)
        {
            return null;
        }
        catch (ClusterApiException away)
        {
            throw Unreadable(away);
        }
    }

    private static WorkloadUnreadableException Unreadable(ClusterApiException away) => new(away.Message, away.Failure == ClusterFailure.Forbidden, away);
}
