using Prunella.Incidents;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Diagnosing;
using Prunella.Remediation.Playbooks;
using Microsoft.Extensions.Time.Testing;

namespace Prunella.Remediation.Tests.Playbooks;

/// <summary>Makes incidents and the facts around them.</summary>
internal static class Facts
{
    internal static readonly DateTimeOffset Now = new(2026, 3, 14, 3, 0, 0, TimeSpan.Zero);

    internal static readonly Target Api = new(Target.DefaultCluster, "shop", "Deployment", "api-server");

    internal static Signal Alert(string name, params (string Key, string Value)[] labels) => new()
    {
        Id = new SignalId(new Guid(1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1])),
        Source = "alertmanager",
        Fingerprint = "f",
        Status = SignalStatus.Firing,
        Name = name,
        StartsAt = Now.AddMinutes(-5),
        ReceivedAt = Now.AddMinutes(-4),
        Labels = labels.ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal),
    };

    internal static IncidentContext Context(Signal signal, IMetricSource? metrics = null, WorkloadState? workload = null, Target? target = null) => new()
    {
        Incident = new Incident
        {
            Id = new IncidentId(new Guid(2, 0, 0, [0, 0, 0, 0, 0, 0, 0, 2])),
            Target = target ?? Api,
            Family = "test",
            Title = signal.Name,
            State = IncidentState.Gathered,
            StartedAt = signal.StartsAt,
            NoticedAt = signal.ReceivedAt,
            FirstSignal = signal,
        },
        Signals = [signal],
        Workload = workload,
        Metrics = metrics is null ? new Dictionary<string, IMetricSource>() : new Dictionary<string, IMetricSource> { [metrics.Name] = metrics },
        Now = Now,
    };

    internal static WorkloadState Workload(int desired = 3, int? ready = null, TimeSpan? revisionAge = null, params ContainerState[] containers) => new()
    {
        Target = Api,
        Uid = "u",
        ReadAt = Now,
        Desired = desired,
        Ready = ready ?? desired,
        Updated = desired,
        RolledOutAt = revisionAge is { } age ? Now - age : null,
        Pods = [.. Enumerable.Range(0, desired).Select(index => new PodState
        {
            Name = $"api-server-5d9f-{index:00000}",
            Uid = $"p{index}",
            Phase = "Running",
            Ready = index < (ready ?? desired),
            Containers = containers.Length > 0 ? [containers[Math.Min(index, containers.Length - 1)]] : [new ContainerState { Name = "api" }],
        })],
    };

    internal static PlaybookSet Load(string yaml, IReadOnlyDictionary<string, string>? variables = null) =>
        PlaybookLoader.LoadOrThrow([new PlaybookFile("test.yaml", yaml)], new PlaybookLoadOptions { Actions = TestActions.All, Variables = variables ?? new Dictionary<string, string>() });

    internal static IReadOnlyList<PlaybookProblem> ProblemsOf(string yaml) =>
        PlaybookLoader.Load([new PlaybookFile("test.yaml", yaml)], new PlaybookLoadOptions { Actions = TestActions.All }).Problems;

    internal static PlaybookSet Shipped() => PlaybookLoader.LoadOrThrow(PlaybookFile.ShippedFiles(), new PlaybookLoadOptions { Actions = TestActions.All });

    internal static PlaybookDiagnostician Diagnostician(PlaybookSet playbooks) => new(playbooks, new PlaybookOptions(), new FakeTimeProvider(Now));
}

/// <summary>A metric source that answers by a rule and remembers what it was asked.</summary>
internal sealed class ScriptedMetrics(Func<string, MetricAnswer> answer) : IMetricSource
{
    public string Name { get; init; } = "prometheus";

    internal List<string> Asked { get; } = [];

    /// <summary>Each value is constant over any range.</summary>
    internal static MetricAnswer Constant(params double[] values) =>
        new(MetricStatus.Ok, [.. values.Select((value, index) => Line($"p{index}", value, 0))]);

    /// <summary>Grows from a value by so much a second, over the 10 minutes before now.</summary>
    internal static MetricSeries Line(string pod, double newest, double perSecond, int minutes = 10) => new(
        new Dictionary<string, string> { ["pod"] = pod },
        [.. Enumerable.Range(0, 61).Select(index => new MetricPoint(Facts.Now - TimeSpan.FromMinutes(minutes) * ((60 - index) / 60.0), newest - perSecond * minutes * (60 - index)))]);

    public Task<MetricAnswer> QueryAsync(string query, DateTimeOffset at, CancellationToken cancellation) => Answer(query);

    public Task<MetricAnswer> QueryRangeAsync(string query, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellation) => Answer("range:" + query);

    private Task<MetricAnswer> Answer(string query)
    {
        Asked.Add(query);
        return Task.FromResult(answer(query));
    }
}
