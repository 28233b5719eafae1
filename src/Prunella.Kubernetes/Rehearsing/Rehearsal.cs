using k8s;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prunella.Incidents;
using Prunella.Incidents.Metrics;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Watch;
using Prunella.Remediation;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;

namespace Prunella.Kubernetes.Rehearsing;

/// <summary>
/// Takes one invented incident from its first sign to its end, with the code that takes the real ones, on a cluster that is not
/// there and a store that is thrown away. The runtime compiles what it has not run before: without this the first incident of
/// a process was decided after two to seven seconds. Nothing of it is seen outside: no request leaves the process, no sink hears of
/// it, no meter that is exported counts it.
/// </summary>
/// <param name="ports">Adds what else of the host takes part in a decision: its diagnosticians. No sinks, no drivers.</param>
public sealed class Rehearsal(Action<IServiceCollection> ports)
{
    private const string MeterName = "Prunella.Rehearsal";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Plays it once.</summary>
    /// <param name="time">The clock of the waits.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>How the incident ended; null when it did not come to an end within half a minute.</returns>
    /// <exception cref="IOException">There is no folder for temporary files that may be written.</exception>
    public async Task<IncidentState?> PlayAsync(TimeProvider time, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("prunella-rehearsal-").FullName;
        try
        {
            return await PlayAsync(folder, time, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IncidentState?> PlayAsync(string folder, TimeProvider time, CancellationToken cancellation)
    {
        using var cluster = new RehearsedCluster(time);
        await using var services = Services(cluster, folder, time);
        var store = services.GetRequiredService<IRemediationStore>();
        await store.MigrateAsync(cancellation);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = Task.WhenAll(services.GetRequiredService<RemediationEngine>().RunAsync(ending.Token), services.GetRequiredService<ClusterOperator>().RunAsync(ending.Token));
        try
        {
            var began = time.GetTimestamp();
            var broken = false;
            while (time.GetElapsedTime(began) < Patience && !running.IsCompleted)
            {
                if (!broken && cluster.Watched && services.GetRequiredService<ClusterOperator>().UpToDate)
                {
                    cluster.RunOutOfMemory();
                    broken = true;
                }
                var incidents = (await store.ListIncidentsAsync(new IncidentQuery { Max = 10 }, cancellation)).Incidents;
                if (incidents.Count > 0 && incidents.All(incident => incident.Ended)) return incidents[^1].State;
                await Task.Delay(Interval, time, cancellation);
            }
            return null;
        }
        finally
        {
            await ending.CancelAsync();
            await running;
        }
    }

    private ServiceProvider Services(RehearsedCluster cluster, string folder, TimeProvider time)
    {
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddRemediationStorage(storage =>
        {
            storage.Path = Path.Combine(folder, "store.db");
            storage.LedgerKeyFile = Path.Combine(folder, "ledger.key");
            storage.CheckpointFile = Path.Combine(folder, "ledger.jsonl");
        });
        services.AddRemediation(new RemediationOptions
        {
            Stages = new StageOptions { Default = Stage.Full },
            Engine = new EngineOptions
            {
                Pause = TimeSpan.FromMilliseconds(100), PauseMax = TimeSpan.FromMilliseconds(500), SweepInterval = TimeSpan.FromMilliseconds(100), ValidationInterval = TimeSpan.FromMilliseconds(50),
                SoakOverride = TimeSpan.FromMilliseconds(100), SettleOverride = TimeSpan.FromSeconds(5), KubeletBackOff = TimeSpan.FromMilliseconds(50), AlertResolveWithin = TimeSpan.FromSeconds(10),
            },
        });
        services.AddSingleton<IHealthProbe, NothingToAsk>();
        services.AddKubernetes(new KubernetesOptions());
        services.AddOperator(new OperatorOptions { LeaderElection = false, OverAfter = TimeSpan.FromMilliseconds(200), LookAgainFirst = TimeSpan.FromMilliseconds(100), LookAgainMax = TimeSpan.FromSeconds(1) });
        services.Replace(ServiceDescriptor.Singleton(_ => new k8s.Kubernetes(new KubernetesClientConfiguration { Host = "http://rehearsal.invalid" }, cluster)));
        services.Replace(ServiceDescriptor.Singleton(_ => new RemediationMetrics(MeterName))).Replace(ServiceDescriptor.Singleton(_ => new OperatorMetrics(MeterName)));
        ports(services);
        return services.BuildServiceProvider();
    }

    private sealed class NothingToAsk : IHealthProbe
    {
        public Task<HealthAnswer> AskAsync(Uri endpoint, CancellationToken cancellation) => Task.FromResult(new HealthAnswer(null, "a rehearsal asks nobody"));
    }
}
