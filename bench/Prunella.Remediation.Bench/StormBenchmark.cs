using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Prunella.Incidents;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Bench;

/// <summary>A storm: 100 000 alerts over 200 targets, in posts of 50, while correlation runs. 200 incidents, nothing lost.</summary>
internal static class StormBenchmark
{
    private const int Alerts = 100_000;
    private const int Targets = 200;
    private const int AlertsAPost = 50;
    private const int Posters = 4;

    internal static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("prunella-storm-");
        try
        {
            var services = new ServiceCollection();
            services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>)).AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
            services.AddSingleton<IWorkloadSource, StormWorld>().AddSingleton<IHealthProbe, StormWorld>();
            services.AddRemediation(new RemediationOptions());
            services.AddRemediationStorage(options =>
            {
                options.Path = Path.Combine(folder.FullName, "store.db");
                options.LedgerKeyFile = Path.Combine(folder.FullName, "ledger.key");
                options.CheckpointFile = Path.Combine(folder.FullName, "checkpoints.jsonl");
            });
            await using var provider = services.BuildServiceProvider();
            var store = provider.GetRequiredService<IRemediationStore>();
            await store.MigrateAsync(CancellationToken.None);
            return await PlayAsync(provider, store);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> PlayAsync(ServiceProvider provider, IRemediationStore store)
    {
        var intake = provider.GetRequiredService<Intake>();
        var correlator = provider.GetRequiredService<Correlator>();
        var ids = provider.GetRequiredService<IdSource>();
        var time = provider.GetRequiredService<TimeProvider>();
        var began = Stopwatch.GetTimestamp();
        var next = -AlertsAPost;
        var posters = Enumerable.Range(0, Posters).Select(_ => Task.Run(async () =>
        {
            for (var first = Interlocked.Add(ref next, AlertsAPost); first < Alerts; first = Interlocked.Add(ref next, AlertsAPost))
                await intake.AcceptAsync([.. Enumerable.Range(first, AlertsAPost).Select(number => Alert(number, ids, time))], CancellationToken.None);
        })).ToArray();
        var accepted = Task.WhenAll(posters);
        var taken = 0;
        while (!accepted.IsCompleted || await store.CountPendingSignalsAsync(CancellationToken.None) > 0) taken += await correlator.RunOnceAsync(CancellationToken.None);
        await accepted;
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;

        var incidents = await store.OpenIncidentsAsync(10_000, CancellationToken.None);
        var joined = incidents.Sum(incident => (long)incident.SignalCount);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"storm: {Alerts} alerts over {Targets} targets in posts of {AlertsAPost} by {Posters} posters, SQLite, {Environment.ProcessorCount} cores"));
        Console.WriteLine("| alerts/s accepted and correlated | incidents | signals joined | seconds | peak MB |\n|---:|---:|---:|---:|---:|");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {Alerts / seconds:0} | {incidents.Count} | {joined} | {seconds:0.0} | {process.PeakWorkingSet64 / 1e6:0} |"));
        return incidents.Count == Targets && joined == Alerts ? 0 : 1;
    }

    private static Signal Alert(int number, IdSource ids, TimeProvider time) => new()
    {
        Id = new SignalId(ids.Next()), Source = "alertmanager", Fingerprint = number.ToString("x16", CultureInfo.InvariantCulture), Status = SignalStatus.Firing, Name = "PodNotReady",
        Summary = "a pod is not ready for longer than it should be", StartsAt = time.GetUtcNow(), ReceivedAt = time.GetUtcNow(),
        Labels = new Dictionary<string, string> { ["alertname"] = "PodNotReady", ["namespace"] = "shop", ["deployment"] = $"service-{number % Targets}", ["pod"] = $"service-{number % Targets}-{number:x}", ["severity"] = "warning" },
    };

    /// <summary>Resolves a pod to its deployment from the labels alone.</summary>
    private sealed class StormWorld : IWorkloadSource, IHealthProbe
    {
        public Task<TargetResolution> ResolveAsync(Signal signal, CancellationToken cancellation) =>
            Task.FromResult(new TargetResolution(new Target("default", "shop", "Deployment", signal.Label("deployment")!), "label"));

        public Task<WorkloadState?> ReadAsync(Target target, CancellationToken cancellation) => Task.FromResult<WorkloadState?>(null);

        public Task<IReadOnlyList<Evidence>> GatherAsync(Target target, DateTimeOffset around, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Evidence>>([]);

        public Task<Surroundings> SurveyAsync(Target target, CancellationToken cancellation) => Task.FromResult(new Surroundings(1, 0, 1, 0));

        public Task<HealthAnswer> AskAsync(Uri endpoint, CancellationToken cancellation) => Task.FromResult(new HealthAnswer(null, ""));
    }
}
