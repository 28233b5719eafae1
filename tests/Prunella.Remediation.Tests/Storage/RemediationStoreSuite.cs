using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Prunella.Incidents;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Relational;

namespace Prunella.Remediation.Tests.Storage;

/// <summary>What every store keeps. Runs over the in-memory, the SQLite and the PostgreSQL one.</summary>
public abstract class RemediationStoreSuite : IAsyncLifetime
{
    private readonly Samples samples = new();

    private protected Samples Samples => samples;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected IRemediationStore Store { get; private set; } = null!;

    /// <summary>An empty, migrated store with the sinks <c>log</c> and <c>slack</c>.</summary>
    private protected abstract Task<IRemediationStore> NewStoreAsync();

    public async ValueTask InitializeAsync() => Store = await NewStoreAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Store is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }

    /// <summary>Makes a database as the first version left it, with one open incident of this severity.</summary>
    private protected async Task WriteFirstVersionAsync(StoreDialect dialect, Severity severity)
    {
        await using var context = dialect.NewContext();
        await context.GetService<IMigrator>().MigrateAsync("Initial", Token);
        var incident = samples.Incident(Samples.Workload("first")) with { Severity = severity, Version = 1 };
        var (id, key, document) = (incident.Id.ToString(), incident.Target.Key, StoreJson.Write(incident));
        await context.Database.ExecuteSqlAsync($"INSERT INTO incidents (id, target_key, family, namespace, ended, wake_at, noticed_at, version, document) VALUES ({id}, {key}, 'memory', 'shop', 0, NULL, 0, 1, {document})", Token);
    }

    private protected static async Task ShouldPutSeverestFirstAsync(IRemediationStore migrated, Incident newer)
    {
        await migrated.CommitAsync(new StoreChange { Incidents = [newer] }, Token);
        var page = await migrated.ListIncidentsAsync(new IncidentQuery { Open = true, SeverestFirst = true }, Token);
        page.Incidents.Select(incident => incident.Severity).ShouldBe([Severity.Critical, Severity.Warning]);
    }

    [Fact]
    public async Task Accept_SameIdentityTwice_IsOneSignal()
    {
        var first = samples.Signal("f1");
        var again = samples.Signal("f1");

        (await Store.AcceptAsync([first, again], Token)).ShouldBe(1);
        (await Store.AcceptAsync([samples.Signal("f1"), samples.Signal("f2")], Token)).ShouldBe(1);

        var pending = await Store.PendingSignalsAsync(10, Token);
        pending.Select(signal => signal.Fingerprint).ShouldBe(["f1", "f2"]);
        StoreJson.Write(pending[0]).ShouldBe(StoreJson.Write(first));
    }

    [Fact]
    public async Task Accept_Nothing_IsZero() => (await Store.AcceptAsync([], Token)).ShouldBe(0);

    [Fact]
    public async Task Accept_HostileTexts_AreKeptAndFoundAgain()
    {
        var long1 = samples.Signal(new string('x', 20_000) + "1");
        var long2 = samples.Signal(new string('x', 20_000) + "2");
        var control = samples.Signal("nul\0and\u0001'; DROP TABLE signals; --");

        (await Store.AcceptAsync([long1, long2, control], Token)).ShouldBe(3);
        (await Store.AcceptAsync([long1, long2, control], Token)).ShouldBe(0);

        var incident = samples.Incident(new Target("default", new string('n', 3_000), "Deployment", "a\0b"), first: control);
        await Store.CommitAsync(new StoreChange { Incidents = [incident], Assignments = [new(control.Id, incident.Id)] }, Token);
        (await Store.IncidentOfSeriesAsync(control.Series, Token)).ShouldBe(incident.Id);
        (await Store.OpenIncidentsOfAsync([incident.Target.Key], Token)).ShouldHaveSingleItem().Target.ShouldBe(incident.Target);
        (await Store.PendingSignalsAsync(10, Token)).Select(signal => signal.Fingerprint).ShouldBe([long1.Fingerprint, long2.Fingerprint]);
    }

    [Fact]
    public async Task Accept_ManyAtOnce_LosesNothingAndCountsEachCallRight()
    {
        var own = Enumerable.Range(0, 16).Select(_ => samples.Signals(40)).ToList();
        var shared = samples.Signals(10);

        var added = await Task.WhenAll(own.Select(signals => Task.Run(() => Store.AcceptAsync([.. signals, .. shared], Token))));

        added.Sum().ShouldBe(16 * 40 + 10);
        added.ShouldAllBe(count => count >= 40);
        (await Store.CountPendingSignalsAsync(Token)).ShouldBe(650);
        (await Store.PendingSignalsAsync(1_000, Token)).Select(signal => signal.Identity).Distinct().Count().ShouldBe(650);
    }

    [Fact]
    public async Task Accept_OneCallHoldsAnImpossibleSignal_OnlyThatCallFails()
    {
        var known = samples.Signal();
        await Store.AcceptAsync([known], Token);
        var sameIdOtherIdentity = known with { Fingerprint = "other" };

        var bad = Task.Run(() => Store.AcceptAsync([sameIdOtherIdentity], Token));
        var good = Enumerable.Range(0, 8).Select(_ => samples.Signals(5)).ToList();
        var others = good.Select(signals => Task.Run(() => Store.AcceptAsync(signals, Token))).ToList();

        await Should.ThrowAsync<Exception>(() => bad);
        (await Task.WhenAll(others)).ShouldAllBe(count => count == 5);
        (await Store.CountPendingSignalsAsync(Token)).ShouldBe(41);
    }

    [Fact]
    public async Task Pending_KeepsTheOrderOfAcceptanceAndShrinksByAssignment()
    {
        var signals = samples.Signals(5);
        await Store.AcceptAsync(signals, Token);
        var incident = samples.Incident(first: signals[1]);

        await Store.CommitAsync(new StoreChange { Incidents = [incident], Assignments = [new(signals[1].Id, incident.Id), new(signals[3].Id, null)] }, Token);

        (await Store.PendingSignalsAsync(2, Token)).Select(signal => signal.Id).ShouldBe([signals[0].Id, signals[2].Id]);
        (await Store.CountPendingSignalsAsync(Token)).ShouldBe(3);
        (await Store.SignalsOfAsync(incident.Id, 10, Token)).Select(signal => signal.Id).ShouldBe([signals[1].Id]);
        (await Store.IncidentOfSeriesAsync(signals[1].Series, Token)).ShouldBe(incident.Id);
        (await Store.IncidentOfSeriesAsync(signals[3].Series, Token)).ShouldBeNull();
        (await Store.IncidentOfSeriesAsync("nobody", Token)).ShouldBeNull();
    }

    [Fact]
    public async Task SignalsOf_MoreThanAsked_AreTheNewestOldestFirst()
    {
        var signals = samples.Signals(6);
        await Store.AcceptAsync(signals, Token);
        var incident = samples.Incident(first: signals[0]);
        await Store.CommitAsync(new StoreChange { Incidents = [incident], Assignments = [.. signals.Select(signal => new SignalAssignment(signal.Id, incident.Id))] }, Token);

        (await Store.SignalsOfAsync(incident.Id, 2, Token)).Select(signal => signal.Id).ShouldBe([signals[4].Id, signals[5].Id]);
    }

    [Fact]
    public async Task Assign_SignalOfAnotherIncident_IsStaleAndChangesNothing()
    {
        var signal = samples.Signal();
        await Store.AcceptAsync([signal], Token);
        var first = samples.Incident(first: signal);
        await Store.CommitAsync(new StoreChange { Incidents = [first], Assignments = [new(signal.Id, first.Id)] }, Token);
        var second = samples.Incident(Samples.Workload("other"));

        await Should.ThrowAsync<StaleVersionException>(() =>
            Store.CommitAsync(new StoreChange { Incidents = [second], Assignments = [new(signal.Id, second.Id)], Ledger = [Samples.Draft("x")] }, Token));

        (await Store.FindIncidentAsync(second.Id, Token)).ShouldBeNull();
        (await Store.ReadLedgerAsync(1, 10, Token)).ShouldBeEmpty();
        // Once more to the same incident is no conflict: a commit whose answer was lost may be repeated.
        await Store.CommitAsync(new StoreChange { Assignments = [new(signal.Id, first.Id)] }, Token);
    }

    [Fact]
    public async Task Assign_SignalNeverAccepted_Throws() =>
        await Should.ThrowAsync<InvalidOperationException>(() =>
            Store.CommitAsync(new StoreChange { Assignments = [new(samples.Signal().Id, null)] }, Token));

    [Fact]
    public async Task Commit_Incident_ComesBackWhole()
    {
        var incident = samples.FullIncident();

        var committed = await Store.CommitAsync(new StoreChange { Incidents = [incident] }, Token);

        committed.Single().Version.ShouldBe(1);
        var read = await Store.FindIncidentAsync(incident.Id, Token);
        StoreJson.Write(read).ShouldBe(StoreJson.Write(incident with { Version = 1 }));
        read!.Attempts[0].Proposal.Digest.ShouldBe(incident.Attempts[0].Proposal.Digest);
        (await Store.FindIncidentAsync(new IncidentId(samples.NextId()), Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Commit_OlderVersion_IsStaleAndChangesNothing()
    {
        var created = (await Store.CommitAsync(new StoreChange { Incidents = [samples.Incident()] }, Token)).Single();
        var updated = (await Store.CommitAsync(new StoreChange { Incidents = [created with { State = IncidentState.Gathered }] }, Token)).Single();
        updated.Version.ShouldBe(2);

        var stale = await Should.ThrowAsync<StaleVersionException>(() => Store.CommitAsync(new StoreChange
        {
            Incidents = [created with { State = IncidentState.Escalated }],
            Settings = [new Setting("s", "1", 0)],
            Notices = [samples.Notice("n")],
            Lock = new TargetLock("t", new ExecutionId(samples.NextId())),
            Ledger = [Samples.Draft("x")],
        }, Token));

        stale.What.ShouldContain(created.Id.ToString());
        (await Store.FindIncidentAsync(created.Id, Token))!.State.ShouldBe(IncidentState.Gathered);
        (await Store.ReadSettingAsync("s", Token)).ShouldBeNull();
        (await Store.DueNoticesAsync(DateTimeOffset.MaxValue, 10, Token)).ShouldBeEmpty();
        (await Store.ReadLedgerAsync(1, 10, Token)).ShouldBeEmpty();
        await Store.CommitAsync(new StoreChange { Lock = new TargetLock("t", new ExecutionId(samples.NextId())) }, Token);
        await Should.ThrowAsync<StaleVersionException>(() => Store.CommitAsync(new StoreChange { Incidents = [created with { Version = 0 }] }, Token));
    }

    [Fact]
    public async Task Commit_SecondOpenIncidentOfTargetAndFamily_IsStale()
    {
        var first = (await Store.CommitAsync(new StoreChange { Incidents = [samples.Incident()] }, Token)).Single();
        await Should.ThrowAsync<StaleVersionException>(() => Store.CommitAsync(new StoreChange { Incidents = [samples.Incident()] }, Token));
        await Store.CommitAsync(new StoreChange { Incidents = [samples.Incident(family: "cpu")] }, Token);

        var second = samples.Incident();
        await Store.CommitAsync(new StoreChange { Incidents = [first with { State = IncidentState.Resolved }, second] }, Token);

        (await Store.OpenIncidentsOfAsync([second.Target.Key], Token)).Single(incident => incident.Family == "memory").Id.ShouldBe(second.Id);
        (await Store.OpenIncidentsAsync(10, Token)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task OpenIncidentsOf_ManyTargets_AreTheirOpenOnesAndNoOthers()
    {
        var all = Enumerable.Range(0, 700).Select(index => samples.Incident(Samples.Workload($"w{index}"))).ToList();
        var cpu = samples.Incident(Samples.Workload("w3"), family: "cpu");
        var ended = samples.Incident(Samples.Workload("w4"), family: "cpu") with { State = IncidentState.Resolved };
        await Store.CommitAsync(new StoreChange { Incidents = [.. all, cpu, ended] }, Token);

        var found = await Store.OpenIncidentsOfAsync([.. all.Take(650).Select(incident => incident.Target.Key), "default/shop/Deployment/unknown"], Token);
        found.Select(incident => incident.Id).ShouldBe([.. all.Take(650).Select(incident => incident.Id), cpu.Id]);
        (await Store.OpenIncidentsOfAsync([], Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task DueIncidents_AreThoseOpenAndDueEarliestFirst()
    {
        var now = Samples.Start.AddHours(1);
        var late = samples.Incident(Samples.Workload("a")) with { WakeAt = now.AddTicks(1) };
        var second = samples.Incident(Samples.Workload("b")) with { WakeAt = now };
        var first = samples.Incident(Samples.Workload("c")) with { WakeAt = now.AddMinutes(-5) };
        var ended = samples.Incident(Samples.Workload("d")) with { WakeAt = now.AddMinutes(-9), State = IncidentState.Resolved };
        var asleep = samples.Incident(Samples.Workload("e"));
        await Store.CommitAsync(new StoreChange { Incidents = [late, second, first, ended, asleep] }, Token);

        (await Store.DueIncidentsAsync(now, 10, Token)).ShouldBe([first.Id, second.Id]);
        (await Store.DueIncidentsAsync(now, 1, Token)).ShouldBe([first.Id]);
        (await Store.OpenIncidentsAsync(10, Token)).Select(incident => incident.Id).ShouldBe([late.Id, second.Id, first.Id, asleep.Id]);
    }

    [Fact]
    public async Task ListIncidents_PagesNewestFirstWithTotal()
    {
        var all = Enumerable.Range(0, 7).Select(index => samples.Incident(Samples.Workload($"w{index}", index == 6 ? "other" : "shop"))
            with
        { State = index % 2 == 0 ? IncidentState.Resolved : IncidentState.Opened, NoticedAt = Samples.Start.AddMinutes(index) }).ToList();
        await Store.CommitAsync(new StoreChange { Incidents = all }, Token);

        var page = await Store.ListIncidentsAsync(new IncidentQuery { Namespace = "shop", Max = 4 }, Token);
        page.Total.ShouldBe(6);
        page.Incidents.Select(incident => incident.Id).ShouldBe(all.Take(6).Reverse().Take(4).Select(incident => incident.Id));
        var next = await Store.ListIncidentsAsync(new IncidentQuery { Namespace = "shop", Max = 4, Before = page.Incidents[^1].Id }, Token);
        next.Total.ShouldBe(6);
        next.Incidents.Select(incident => incident.Id).ShouldBe([all[1].Id, all[0].Id]);
        (await Store.ListIncidentsAsync(new IncidentQuery { Open = true }, Token)).Total.ShouldBe(3);
        (await Store.ListIncidentsAsync(new IncidentQuery { Open = false, Since = Samples.Start.AddMinutes(4) }, Token)).Total.ShouldBe(2);
    }

    [Fact]
    public async Task ListIncidents_SeverestFirst_PutsAnOldCriticalOneBeforeNewerWarnings()
    {
        var critical = samples.Incident(Samples.Workload("old")) with { Severity = Severity.Critical };
        var warnings = Enumerable.Range(0, 5).Select(index => samples.Incident(Samples.Workload($"w{index}")) with { Severity = Severity.Warning }).ToList();
        var hint = samples.Incident(Samples.Workload("hint")) with { Severity = Severity.Info };
        var stored = await Store.CommitAsync(new StoreChange { Incidents = [critical, .. warnings, hint] }, Token);

        var page = await Store.ListIncidentsAsync(new IncidentQuery { Open = true, SeverestFirst = true, Max = 3 }, Token);
        page.Total.ShouldBe(7);
        page.Incidents.Select(incident => incident.Id).ShouldBe([critical.Id, warnings[4].Id, warnings[3].Id]);

        await Store.CommitAsync(new StoreChange { Incidents = [stored[0] with { Severity = Severity.Info }] }, Token);
        (await Store.ListIncidentsAsync(new IncidentQuery { Open = true, SeverestFirst = true, Max = 1 }, Token)).Incidents.Single().Id.ShouldBe(warnings[4].Id);
    }

    [Fact]
    public async Task Executions_AreReplacedByIdAndFilteredNewestFirst()
    {
        var incident = samples.Incident();
        var one = samples.Execution(incident.Id);
        var two = samples.Execution(incident.Id, Samples.Workload("cache"), "restart-pod");
        var three = samples.Execution(incident.Id, Samples.Workload("api-server", "other"));
        await Store.CommitAsync(new StoreChange { Executions = [one, two, three] }, Token);
        (await Store.OpenExecutionsAsync(Token)).Select(execution => execution.Id).ShouldBe([one.Id, two.Id, three.Id]);

        var finished = one with { FinishedAt = Samples.Start.AddHours(1), Validation = ValidationResult.Fixed };
        await Store.CommitAsync(new StoreChange { Executions = [finished] }, Token);

        (await Store.OpenExecutionsAsync(Token)).Select(execution => execution.Id).ShouldBe([two.Id, three.Id]);
        (await Store.ExecutionsAsync(new ExecutionQuery(), Token)).Select(execution => execution.Id).ShouldBe([three.Id, two.Id, one.Id]);
        (await Store.ExecutionsAsync(new ExecutionQuery { TargetKey = one.Target.Key }, Token)).Single().ShouldBe(finished);
        (await Store.ExecutionsAsync(new ExecutionQuery { Action = "restart-pod" }, Token)).Single().ShouldBe(two);
        (await Store.ExecutionsAsync(new ExecutionQuery { ClusterNamespace = "default/other" }, Token)).Single().ShouldBe(three);
        (await Store.ExecutionsAsync(new ExecutionQuery { Since = two.StartedAt, Max = 1 }, Token)).Single().ShouldBe(three);
    }

    [Fact]
    public async Task Approvals_TwoApproversRace_OneDecisionStands()
    {
        var incident = samples.Incident();
        var old = samples.Approval(incident.Id);
        var asked = samples.Approval(incident.Id);
        await Store.CommitAsync(new StoreChange { Approvals = [old, asked, samples.Approval(incident.Id, "d2")] }, Token);
        var read = (await Store.FindApprovalAsync("d1", Token))!;
        read.Id.ShouldBe(asked.Id);
        read.Version.ShouldBe(1);

        var outcomes = await Task.WhenAll(new[] { ApprovalState.Approved, ApprovalState.Rejected }.Select(state => Task.Run(async () =>
        {
            try
            {
                await Store.CommitAsync(new StoreChange { Approvals = [read with { State = state, ApprovedBy = ["ana"] }] }, Token);
                return state;
            }
            catch (StaleVersionException)
            {
                return ApprovalState.Pending;
            }
        })));

        outcomes.Count(state => state == ApprovalState.Pending).ShouldBe(1);
        var settled = (await Store.FindApprovalAsync(asked.Id, Token))!;
        settled.State.ShouldBe(outcomes.Single(state => state != ApprovalState.Pending));
        settled.ApprovedBy.ShouldBe(["ana"]);
        (await Store.ListApprovalsAsync(pendingOnly: true, 10, Token)).Select(approval => approval.Digest).ShouldBe(["d2", "d1"]);
        (await Store.ListApprovalsAsync(pendingOnly: false, 2, Token)).Count.ShouldBe(2);
        (await Store.FindApprovalAsync("unknown", Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Decisions_AreReplacedByDigestAndFilteredNewestFirst()
    {
        var incident = samples.Incident();
        var one = samples.Decision(incident.Id, "a");
        var two = samples.Decision(incident.Id, "b", "other/Safe");
        samples.Time.Advance(TimeSpan.FromHours(1));
        var three = samples.Decision(incident.Id, "c");
        await Store.CommitAsync(new StoreChange { Decisions = [one, two, three] }, Token);
        await Store.CommitAsync(new StoreChange { Decisions = [one with { Agreed = true, ReviewedBy = "ana" }] }, Token);

        (await Store.DecisionsAsync("shop/Safe", Samples.Start, 10, Token)).Select(decision => decision.Digest).ShouldBe(["c", "a"]);
        (await Store.DecisionsAsync(null, three.At, 10, Token)).Single().ShouldBe(three);
        (await Store.DecisionsAsync(null, Samples.Start, 10, Token)).Single(decision => decision.Digest == "a").Agreed.ShouldBe(true);
    }

    [Fact]
    public async Task Settings_AreVersionedAndListedByPrefix()
    {
        await Store.CommitAsync(new StoreChange { Settings = [new("stage/b", "\"Full\"", 0), new("stage/a", "1", 0), new("Stage/c", "2", 0), new("kill-switch", "false", 0)] }, Token);
        (await Store.ReadSettingAsync("kill-switch", Token)).ShouldBe(new Setting("kill-switch", "false", 1));
        await Store.CommitAsync(new StoreChange { Settings = [new("kill-switch", "true", 1)] }, Token);

        await Should.ThrowAsync<StaleVersionException>(() => Store.CommitAsync(new StoreChange { Settings = [new("kill-switch", "false", 1)] }, Token));
        await Should.ThrowAsync<StaleVersionException>(() => Store.CommitAsync(new StoreChange { Settings = [new("kill-switch", "false", 0)] }, Token));
        await Should.ThrowAsync<StaleVersionException>(() => Store.CommitAsync(new StoreChange { Settings = [new("never-seen", "false", 3)] }, Token));

        (await Store.ReadSettingAsync("kill-switch", Token)).ShouldBe(new Setting("kill-switch", "true", 2));
        (await Store.ReadSettingAsync("none", Token)).ShouldBeNull();
        (await Store.ListSettingsAsync("stage/", Token)).Select(setting => setting.Key).ShouldBe(["stage/a", "stage/b"]);
        (await Store.ListSettingsAsync("%", Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Lock_HeldByAnother_IsBusyAndNamesTheHolder()
    {
        var holder = new ExecutionId(samples.NextId());
        var other = new ExecutionId(samples.NextId());
        await Store.CommitAsync(new StoreChange { Lock = new("t", holder) }, Token);
        await Store.CommitAsync(new StoreChange { Lock = new("t", holder) }, Token);

        var busy = await Should.ThrowAsync<TargetBusyException>(() => Store.CommitAsync(new StoreChange { Lock = new("t", other), Ledger = [Samples.Draft("x")] }, Token));
        busy.Holder.ShouldBe(holder);
        busy.TargetKey.ShouldBe("t");
        (await Store.ReadLedgerAsync(1, 1, Token)).ShouldBeEmpty();

        await Store.CommitAsync(new StoreChange { Unlock = new("t", other) }, Token);
        await Should.ThrowAsync<TargetBusyException>(() => Store.CommitAsync(new StoreChange { Lock = new("t", other) }, Token));
        await Store.CommitAsync(new StoreChange { Unlock = new("t", holder), Lock = new("t", other) }, Token);
        await Should.ThrowAsync<TargetBusyException>(() => Store.CommitAsync(new StoreChange { Lock = new("t", holder) }, Token));
    }

    [Fact]
    public async Task Lock_ManyWantIt_ExactlyOneGetsIt()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ =>
        {
            var execution = new ExecutionId(samples.NextId());
            return Task.Run(async () =>
            {
                try
                {
                    await Store.CommitAsync(new StoreChange { Lock = new("t", execution), Ledger = [Samples.Draft("intent")] }, Token);
                    return 1;
                }
                catch (TargetBusyException)
                {
                    return 0;
                }
            });
        }));

        outcomes.Sum().ShouldBe(1);
        (await Store.ReadLedgerAsync(1, 100, Token)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Notices_AreDeliveredOncePerKeyAndSink()
    {
        var notice = samples.Notice("inc-1/escalated");
        await Store.CommitAsync(new StoreChange { Notices = [notice, samples.Notice("inc-2")] }, Token);
        await Store.CommitAsync(new StoreChange { Notices = [samples.Notice("inc-1/escalated")] }, Token);
        var now = samples.Time.GetUtcNow();

        var due = await Store.DueNoticesAsync(now, 10, Token);
        due.Select(delivery => (delivery.Notice.Key, delivery.Sink, delivery.Tries)).ShouldBe(
            [("inc-1/escalated", "log", 0), ("inc-1/escalated", "slack", 0), ("inc-2", "log", 0), ("inc-2", "slack", 0)]);
        due[0].Notice.ShouldBe(notice);

        await Store.SettleNoticeAsync("inc-1/escalated", "log", null, Token);
        await Store.SettleNoticeAsync("inc-1/escalated", "slack", now.AddMinutes(1), Token);
        await Store.SettleNoticeAsync("nobody", "log", null, Token);

        (await Store.DueNoticesAsync(now, 10, Token)).Select(delivery => delivery.Notice.Key).ShouldBe(["inc-2", "inc-2"]);
        var retried = (await Store.DueNoticesAsync(now.AddMinutes(1), 10, Token)).Single(delivery => delivery.Notice.Key == "inc-1/escalated");
        retried.Tries.ShouldBe(1);
        retried.NextAt.ShouldBe(now.AddMinutes(1));
        // Delivered to every sink: the key still counts as known.
        await Store.SettleNoticeAsync("inc-1/escalated", "slack", null, Token);
        await Store.CommitAsync(new StoreChange { Notices = [samples.Notice("inc-1/escalated")] }, Token);
        (await Store.DueNoticesAsync(DateTimeOffset.MaxValue, 10, Token)).Select(delivery => delivery.Notice.Key).ShouldBe(["inc-2", "inc-2"]);
    }

    [Fact]
    public async Task Ledger_ConcurrentCommits_MakeOneUnbrokenChain()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(writer => Task.Run(() =>
            Store.CommitAsync(new StoreChange { Ledger = [Samples.Draft($"s{writer % 4}"), Samples.Draft($"s{writer % 4}", "intent")] }, Token))));

        var entries = await Store.ReadLedgerAsync(1, 1_000, Token);
        entries.Select(entry => entry.Number).ShouldBe(Enumerable.Range(1, 40).Select(number => (long)number));
        var report = await new LedgerVerifier(Samples.Keys).VerifyAsync(Store.ReadWholeLedgerAsync(Token), [], cancellation: Token);
        report.Intact.ShouldBeTrue(report.ToString());
        report.Entries.ShouldBe(40);
        (await Store.ReadLedgerAsync(39, 10, Token)).Count.ShouldBe(2);
        var about = await Store.ReadLedgerAsync("s1", 4, Token);
        about.Count.ShouldBe(4);
        about.ShouldAllBe(entry => entry.Subject == "s1");
    }

    [Fact]
    public async Task Ledger_PayloadWithoutCanonicalForm_RefusesTheWholeCommit()
    {
        var incident = samples.Incident();
        using var payload = System.Text.Json.JsonDocument.Parse("{\"ticks\":638999999999999999}");

        await Should.ThrowAsync<CanonicalJsonException>(() => Store.CommitAsync(new StoreChange
        {
            Incidents = [incident],
            Ledger = [Samples.Draft("x"), new LedgerDraft("verdict", "x", "prunella", payload.RootElement)],
        }, Token));

        (await Store.FindIncidentAsync(incident.Id, Token)).ShouldBeNull();
        (await Store.ReadLedgerAsync(1, 10, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Commit_TheSameThingTwice_IsRefused()
    {
        var incident = samples.Incident();
        await Should.ThrowAsync<ArgumentException>(() => Store.CommitAsync(new StoreChange { Incidents = [incident, incident] }, Token));
        await Should.ThrowAsync<ArgumentException>(() => Store.CommitAsync(new StoreChange { Settings = [new("a", "1", 0), new("a", "2", 0)] }, Token));
    }

    [Fact]
    public async Task Migrate_Again_ChangesNothing()
    {
        await Store.AcceptAsync(samples.Signals(3), Token);
        await Store.MigrateAsync(Token);
        (await Store.CountPendingSignalsAsync(Token)).ShouldBe(3);
    }
}
