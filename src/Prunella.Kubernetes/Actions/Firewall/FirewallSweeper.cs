using System.Globalization;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Actions.Firewall;

/// <summary>
/// Removes the network policies of <c>change-firewall</c> when their time is over. It looks only at the cluster, so that a
/// restart forgets nothing; any number of replicas may run it. The host runs it beside the engine.
/// </summary>
public sealed partial class FirewallSweeper
{
    private readonly ClusterApi api;
    private readonly KubernetesOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<FirewallSweeper> logger;

    internal FirewallSweeper(ClusterApi api, KubernetesOptions options, TimeProvider time, ILogger<FirewallSweeper> logger)
    {
        this.api = api;
        this.options = options;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Sweeps until cancelled; what fails is logged and tried again at the next sweep.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await SweepAsync(cancellation);
            }
            catch (ClusterApiException exception)
            {
                LogFailed(logger, exception.Message);
            }
            await Task.Delay(options.FirewallSweepEvery, time, cancellation);
        }
    }

    /// <summary>Removes what has expired, and denials that another policy for the same pods would turn into openings.</summary>
    /// <returns>How many policies were removed.</returns>
    /// <exception cref="ClusterApiException">The policies could not be read or removed.</exception>
    public async Task<int> SweepAsync(CancellationToken cancellation)
    {
        var removed = 0;
        foreach (var scope in options.Namespaces.Count == 0 ? [""] : options.Namespaces)
        {
            var mine = await api.ListAsync<V1NetworkPolicy>(ApiKind.NetworkPolicy, scope, cancellation, $"{Marks.MadeBy}={ChangeFirewall.Name}");
            foreach (var policy in mine)
            {
                if (await WhyRemoveAsync(policy, cancellation) is not { } why) continue;
                try
                {
                    await api.DeleteAsync(ApiKind.NetworkPolicy, policy.Metadata.NamespaceProperty, policy.Metadata.Name, policy.Metadata.Uid, cancellation);
                    LogRemoved(logger, policy.Metadata.NamespaceProperty, policy.Metadata.Name, why);
                    removed++;
                }
                catch (ClusterApiException exception) when (exception.Failure is ClusterFailure.NotFound or ClusterFailure.Conflict)
                {
                    // Another replica was first.
                }
            }
        }
        return removed;
    }

    private async Task<string?> WhyRemoveAsync(V1NetworkPolicy policy, CancellationToken cancellation)
    {
        var notes = policy.Metadata.Annotations ?? new Dictionary<string, string>();
        // A policy of ours without a readable time would stay for ever: it counts as expired.
        if (!notes.TryGetValue(Marks.ExpiresAt, out var text) || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiresAt)) return "it has no time to live";
        if (expiresAt <= time.GetUtcNow()) return "its time is over";
        if (!notes.ContainsKey(ChangeFirewall.DenyAnnotation)) return null;
        var others = (await api.ListAsync<V1NetworkPolicy>(ApiKind.NetworkPolicy, policy.Metadata.NamespaceProperty, cancellation)).Where(other => other.Metadata.Uid != policy.Metadata.Uid);
        return FirewallPolicy.Isolating(others, policy.Spec?.PodSelector?.MatchLabels).FirstOrDefault() is { } other ? $"{other.Metadata.Name} guards the same pods now, beside which it would let in more" : null;
    }

    [LoggerMessage(5201, LogLevel.Information, "Network policy {Namespace}/{Name} was removed: {Why}")]
    private static partial void LogRemoved(ILogger logger, string @namespace, string name, string why);

    [LoggerMessage(5202, LogLevel.Warning, "Expired network policies could not be removed: {Why}")]
    private static partial void LogFailed(ILogger logger, string why);
}
