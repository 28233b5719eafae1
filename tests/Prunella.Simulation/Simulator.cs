using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Escalation;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;
using Prunella.Ledger;
using Prunella.Remediation;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Diagnosing;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Memory;

namespace Prunella.Simulation;

/// <summary>
/// Days of operation in milliseconds: the real engine's steps over an in-memory store and world, on a fake clock, with
/// seeded faults and kills. The same seed replays the same history.
/// </summary>
internal sealed class Simulator : IDisposable
{
    internal static readonly Person Ana = new("ana", Role.Admin);
    private readonly Random random;
    private readonly TimeProvider clock;
    private readonly LedgerChain chain = new(LedgerKeyRing.Of(new byte[32]));
    private ServiceProvider process = null!;
    private Mortal mortal = null!;

    internal Simulator(int seed, Action<RemediationOptions>? configure = null, TimeProvider? clock = null)
    {
        Seed = seed;
        random = new Random(seed);
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        this.clock = clock ?? Time;
        World = new World(new Random(seed + 1), this.clock);
        Store = new MemoryRemediationStore(this.clock, chain, () => ["people"]);
        Options = new RemediationOptions { Stages = { Default = Stage.Full } };
        configure?.Invoke(Options);
        Start();
    }

    internal int Seed { get; }

    internal FakeTimeProvider Time { get; }

    internal World World { get; }

    internal MemoryRemediationStore Store { get; }

    internal RemediationOptions Options { get; }

    internal Dictionary<string, CourseStep[]> Courses { get; } = new(StringComparer.Ordinal);

    /// <summary>The causes that an alert names, by the alert's name.</summary>
    internal Dictionary<string, string> CausesOfAlerts { get; } = new(StringComparer.Ordinal);

    internal int EscalateAfter { get; set; } = 2;

    internal double Confidence { get; set; } = 0.9;

    internal int Kills { get; private set; }

    internal T Get<T>() where T : notnull => process.GetRequiredService<T>();

    internal World.Workload Add(string name, int ready = 2, string? cure = null)
    {
        var workload = new World.Workload { Target = new Target(Target.DefaultCluster, "shop", "Deployment", name), Ready = ready, Cure = cure };
        World.Workloads[workload.Target.Key] = workload;
        return workload;
    }

    internal Signal Fire(string name, string alert = "Trouble", string source = "person") => new()
    {
        Id = new SignalId(new Guid(random.Next(), 0, 0, new byte[8])), Source = source, Fingerprint = $"{alert}-{name}", Status = SignalStatus.Firing, Name = alert,
        StartsAt = clock.GetUtcNow(), ReceivedAt = clock.GetUtcNow(), Labels = new Dictionary<string, string> { ["deployment"] = name, ["namespace"] = "shop" },
    };

    /// <summary>The end of what a signal told of, now.</summary>
    internal Signal Over(Signal fired) => fired with { Id = new SignalId(Guid.CreateVersion7()), Status = SignalStatus.Resolved, EndsAt = clock.GetUtcNow() };

    /// <summary>Has the running process take a signal.</summary>
    internal Task AcceptAsync(Signal signal) => Get<Intake>().AcceptAsync([signal], TestContext.Current.CancellationToken);

    /// <summary>Every notice that waits to be sent.</summary>
    internal async Task<List<Notice>> NoticesAsync() => [.. (await Store.DueNoticesAsync(DateTimeOffset.MaxValue, 1_000, default)).Select(pending => pending.Notice)];

    /// <summary>A new process over what survived.</summary>
    internal void Start()
    {
        process?.Dispose();
        mortal = new Mortal();
        var services = new ServiceCollection();
        services.AddSingleton(clock).AddSingleton(new IdSource(clock, new Random(random.Next())));
        services.AddSingleton(MortalProxy<IRemediationStore>.Of(Store, mortal)).AddSingleton(MortalProxy<IWorkloadSource>.Of(World, mortal));
        services.AddSingleton(MortalProxy<IActionDriver>.Of(World, mortal)).AddSingleton<IHealthProbe>(World);
        services.AddSingleton<IDiagnostician>(new Diagnostician(this)).AddSingleton<IFamilySource>(new Families(this));
        services.AddSingleton(typeof(Microsoft.Extensions.Logging.ILogger<>), typeof(NullLogger<>));
        services.AddRemediation(Options);
        process = services.BuildServiceProvider();
    }

    /// <summary>The present process dies at its nth call to the outside, counted from now.</summary>
    internal void KillAtCall(int number, bool afterwards) => mortal.DieAtCall(number, afterwards);

    /// <summary>Lets the world go on, with a step each <paramref name="step"/>; a process that was killed is started again.</summary>
    internal async Task RunAsync(TimeSpan length, TimeSpan? step = null)
    {
        var end = Time.GetUtcNow() + length;
        while (Time.GetUtcNow() < end)
        {
            try
            {
                await TurnAsync();
            }
            catch (Exception gone) when (gone is World.KilledException or StoreUnavailableException)
            {
                // Killed, or a round that failed and will be repeated, as the engine's loops do.
            }

            if (mortal.Dead)
            {
                Kills++;
                Start();
            }

            Time.Advance(step ?? TimeSpan.FromSeconds(1));
        }
    }

    private async Task TurnAsync()
    {
        var correlator = process.GetRequiredService<Correlator>();
        while (await correlator.RunOnceAsync(CancellationToken.None) > 0)
        {
            // Until none wait.
        }

        var worker = process.GetRequiredService<IncidentWorker>();

        // Only what is due, as a sweep finds it: an open incident that is never due would be forgotten here as in production.
        foreach (var id in await Store.DueIncidentsAsync(clock.GetUtcNow(), 10_000, CancellationToken.None))
        {
            if (mortal.Dead) return;
            var work = worker.AdvanceAsync(id, CancellationToken.None);
            for (var waits = 0; !work.IsCompleted && waits < 10_000; waits++) Time.Advance(TimeSpan.FromMilliseconds(50));
            await work;
        }
    }

    public void Dispose() => process.Dispose();

    private sealed class Families(Simulator simulator) : IFamilySource
    {
        public string? FamilyOf(Signal signal) => null;

        public IEnumerable<string> CausesOf(Signal signal) => simulator.CausesOfAlerts.TryGetValue(signal.Name, out var cause) ? [cause] : [];
    }

    private sealed class Diagnostician(Simulator simulator) : IDiagnostician
    {
        public Task<IReadOnlyList<Finding>> DiagnoseAsync(IncidentContext context, CancellationToken cancellation)
        {
            if (!simulator.Courses.TryGetValue(context.Incident.FirstSignal.Name, out var course)) return Task.FromResult<IReadOnlyList<Finding>>([]);
            var diagnosis = new Diagnosis { Cause = $"cause-of-{context.Incident.FirstSignal.Name}", Confidence = simulator.Confidence, Summary = "simulated", DecidedBy = "simulation" };
            return Task.FromResult<IReadOnlyList<Finding>>([new Finding(diagnosis, course) { EscalateAfter = simulator.EscalateAfter, NoAction = course.Length == 0 }]);
        }
    }
}
