using Prunella.Incidents;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Workloads;

/// <summary>Workloads of one Kubernetes cluster. Thread-safe.</summary>
internal sealed class KubernetesWorkloadSource(
    KubernetesOptions options, WorkloadReader reader, TargetResolver resolver, EvidenceGatherer gatherer, WorkloadSurvey survey) : IWorkloadSource
{
    public async Task<TargetResolution> ResolveAsync(Signal signal, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(signal);
        // The operator has the object itself, and no other source can send signals in its name.
        if (signal.Source == Signal.OperatorSource && Target.TryParse(signal.Label(Watch.TroubleBook.TargetLabel) ?? "", out var target)) return new TargetResolution(target, "named by the operator");
        try
        {
            return await resolver.ResolveAsync(signal, cancellation);
        }
        catch (ClusterApiException exception)
        {
            return new TargetResolution(null, exception.Message) { Transient = exception.Transient };
        }
    }

    public Task<WorkloadState?> ReadAsync(Target target, CancellationToken cancellation) =>
        AskAsync(target, async () => (await reader.ReadAsync(target, cancellation))?.State);

    public Task<IReadOnlyList<Evidence>> GatherAsync(Target target, DateTimeOffset around, CancellationToken cancellation) =>
        AskAsync(target, () => gatherer.GatherAsync(target, around, cancellation));

    public Task<Surroundings> SurveyAsync(Target target, CancellationToken cancellation) =>
        AskAsync(target, () => survey.CountAsync(target.Namespace, cancellation));

    private async Task<T> AskAsync<T>(Target target, Func<Task<T>> ask)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Cluster != options.ClusterName) throw new WorkloadUnreadableException($"{target} is in cluster {target.Cluster}; this source reads {options.ClusterName}.");
        if (!options.Allows(target.Namespace)) throw new WorkloadUnreadableException($"Namespace {target.Namespace} is not among kubernetes:namespaces, so {target} is not read.", forbidden: true);
        try
        {
            return await ask();
        }
        catch (ClusterApiException exception)
        {
            throw new WorkloadUnreadableException(exception.Message, exception.Failure == ClusterFailure.Forbidden, exception);
        }
    }
}
