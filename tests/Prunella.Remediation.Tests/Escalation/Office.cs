using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Ledger;
using Prunella.Remediation.Escalation;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Memory;
using Prunella.Remediation.Tests.Storage;

namespace Prunella.Remediation.Tests.Escalation;

/// <summary>A store, sinks that write down what they are told and when, and what tells them.</summary>
internal sealed class Office
{
    internal Office(EscalationPolicyOptions policy, params string[] sinks)
    {
        Sinks = [.. sinks.Select(name => new Sink(name, Time, Told))];
        Store = new MemoryRemediationStore(Time, new LedgerChain(Tests.Storage.Samples.Keys), () => sinks);
        Policy = policy;
        Dispatcher = Restarted();
        Desk = new EscalationDesk(Store, new IncidentFeed(), Time);
        Digests = new DigestWriter(Store, policy, Time);
    }

    internal Samples Samples { get; } = new();

    internal FakeTimeProvider Time => Samples.Time;

    internal MemoryRemediationStore Store { get; }

    internal EscalationPolicyOptions Policy { get; }

    internal NoticeDispatcher Dispatcher { get; set; }

    internal EscalationDesk Desk { get; }

    internal DigestWriter Digests { get; }

    /// <summary>What was told: the sink, the kind, and how many minutes after the start.</summary>
    internal List<(string Sink, NoticeKind Kind, double Minutes)> Told { get; } = [];

    private Sink[] Sinks { get; }

    internal NoticeDispatcher Restarted() => new(Store, Sinks, new EscalationPolicy(Policy, Store), new EngineOptions(), Time, NullLogger<NoticeDispatcher>.Instance);

    /// <summary>Commits an incident that people have to take over, and the notice of it.</summary>
    internal async Task<Incident> EscalateAsync(Severity severity = Severity.Warning)
    {
        var (incident, change) = Endings.Escalated(Samples.Incident() with { Severity = severity, OpenSeries = ["alert|1"] }, "nothing helped", "look at the database", Time.GetUtcNow());
        return (await Store.CommitAsync(change with { Incidents = [incident] }, default))[0];
    }

    /// <summary>Lets time go on in steps of half a minute, and delivers what is due.</summary>
    internal async Task PassAsync(TimeSpan span)
    {
        var step = TimeSpan.FromSeconds(30);
        for (var gone = TimeSpan.Zero; gone <= span; gone += step)
        {
            await Dispatcher.RoundAsync(default);
            if (gone < span) Time.Advance(step);
        }
    }

    internal Task TellAsync(Notice notice) => Store.CommitAsync(new StoreChange { Notices = [notice] }, default);

    private sealed class Sink(string name, TimeProvider time, List<(string, NoticeKind, double)> told) : IEscalationSink
    {
        private readonly DateTimeOffset began = time.GetUtcNow();

        public string Name => name;

        public Task DeliverAsync(Notice notice, CancellationToken cancellation)
        {
            told.Add((name, notice.Kind, Math.Floor((time.GetUtcNow() - began).TotalMinutes)));
            return Task.CompletedTask;
        }
    }
}
