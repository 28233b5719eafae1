using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Injections;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;
using Prunella.Tests;

namespace Prunella.Console.Tests;

/// <summary>Incidents in every state, as the engine leaves them.</summary>
/// <param name="Asked">Waits for an approval.</param>
/// <param name="Approval">What it waits for.</param>
/// <param name="Healed">Was fixed.</param>
/// <param name="Hostile">Is full of text that wants to be more than text.</param>
internal sealed record Seed(Incident Asked, Approval Approval, Incident Healed, Incident Hostile)
{
    internal const string Markup = "<script>window.pwned=1</script><img src=x onerror=\"window.pwned=1\">";
    private const string Diff = "--- deployment/payment\n+++ deployment/payment\n@@ spec.template.spec.containers[0] @@\n-image: demo/payment:1.1.0\n+image: demo/payment:1.0.0";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static async Task<Seed> SowAsync(RunningServer server)
    {
        var ids = server.Services.GetRequiredService<IdSource>();
        var now = TimeProvider.System.GetUtcNow();
        var healed = await AddAsync(server, Of(ids, "api-server", "the connection pool is used up", IncidentState.Resolved, Severity.Critical, now.AddMinutes(-42)) with
        {
            DecidedAt = now.AddMinutes(-42).AddSeconds(2), ActedAt = now.AddMinutes(-42).AddSeconds(3), RecoveredAt = now.AddMinutes(-41), ClosedAt = now.AddMinutes(-40), Outcome = "restart-workload fixed it",
        }, "restart-workload", "Execute", ValidationResult.Fixed);
        await AddAsync(server, Of(ids, "auth", "a configuration key is gone", IncidentState.Escalated, Severity.Warning, now.AddMinutes(-30)) with
        {
            ClosedAt = now.AddMinutes(-29), Outcome = "the key SESSION_KEY is missing in the config map auth", Advice = "Put SESSION_KEY back into the config map auth; its last value is not known here.",
        });
        var waiting = Of(ids, "payment", "a third of all payments fail", IncidentState.AwaitingApproval, Severity.Critical, now.AddSeconds(-20));
        var approval = new Approval
        {
            Id = new ApprovalId(ids.Next()), Incident = waiting.Id, Digest = ProposalOf(waiting, "rollback-rollout").Digest, Action = "rollback-rollout", Target = waiting.Target,
            Recommendation = "Advice by built-in rules: approve. The errors began with the rollout of payment 1.1.0.\nCheck first: that no migration went out with it.",
            Risks = "Requests in flight may be cut while pods are replaced.", Diff = Diff, RequestedAt = now, ExpiresAt = now.AddHours(4),
        };
        var asked = await AddAsync(server, waiting, "rollback-rollout", "Ask", null, approval);
        await AddAsync(server, Of(ids, "recommendation", "a container ran out of memory", IncidentState.Validating, Severity.Warning, now.AddSeconds(-50)) with { ActedAt = now.AddSeconds(-30) }, "raise-memory-limit", "Execute", null);
        var hostile = await AddAsync(server, Of(ids, "evil", $"{Markup}\u202Edesrever\u001b[31m", IncidentState.Closed, Severity.Info, now.AddMinutes(-10)) with
        {
            ClosedAt = now.AddMinutes(-9), Outcome = Markup + new string('x', 1_000_000), Evidence = [new Evidence("log", Markup, new string('y', 1_000_000) + Markup, now), new Evidence("log", "\u202E", Markup, now)],
        });
        foreach (var (index, name) in new[] { "cart", "catalog", "search" }.Index())
        {
            var shadowed = await AddAsync(server, Of(ids, name, "it is slow", IncidentState.Closed, Severity.Warning, now.AddMinutes(-5 - index)) with { ClosedAt = now.AddMinutes(-4 - index), Outcome = "only recorded: the stage is Shadow" }, "scale-up", "Observe", null);
            await server.Store.CommitAsync(new StoreChange
            {
                Decisions = [new StageDecision { Digest = shadowed.Attempts[0].Proposal.Digest, Incident = shadowed.Id, Scope = "shop/Safe", Stage = Stage.Shadow, Action = "scale-up", Target = shadowed.Target, WouldBe = "Execute", At = now.AddMinutes(-5 - index) }],
            }, Cancellation);
        }
        await server.Store.CommitAsync(new StoreChange
        {
            Settings =
            [
                Injected(new InjectionRecord { Id = "0badcafe", Experiment = "pool of the shop", Fault = "exhaust-connections", Namespaces = ["shop"], Targets = [healed.Target.Key], At = healed.StartedAt.AddSeconds(-4), EndedAt = healed.StartedAt.AddSeconds(60), By = "ada" }),
                Injected(new InjectionRecord { Id = "5eaf00d5", Experiment = Markup, Fault = "pod-kill", Namespaces = ["kitchen"], At = now.AddMinutes(-1), By = "ada" }),
            ],
        }, Cancellation);
        return new Seed(asked, approval, healed, hostile);
    }

    internal static Incident Of(IdSource ids, string name, string title, IncidentState state, Severity severity, DateTimeOffset at)
    {
        var target = new Target(Target.DefaultCluster, "shop", "Deployment", name);
        return new Incident
        {
            Id = new IncidentId(ids.Next()), Target = target, Family = "pods", Title = title, State = state, Severity = severity, StartedAt = at.AddSeconds(-5), NoticedAt = at, WakeAt = state is IncidentState.Resolved or IncidentState.Escalated or IncidentState.Closed ? null : at.AddHours(8),
            FirstSignal = new Signal
            {
                Id = new SignalId(ids.Next()), Source = "alertmanager", Fingerprint = name, Status = SignalStatus.Firing, Name = "HighErrorRate", Severity = severity, Summary = title, StartsAt = at, ReceivedAt = at,
                Labels = new Dictionary<string, string> { ["alertname"] = "HighErrorRate", ["namespace"] = "shop", ["deployment"] = name },
            },
            Evidence = [new Evidence("kubernetes/pod", $"shop/{name}-5d9f", "ready 1 of 3", at), new Evidence("prometheus", "rate(http_requests_total)", "a third of the requests fail", at) { Value = 0.33, Unit = "1" }],
            Diagnosis = new Diagnosis
            {
                Cause = "bad-rollout", Confidence = 0.9, Summary = $"The errors of {name} began with its last rollout.", DecidedBy = "playbook:bad-rollout",
                Evidence = [new Evidence("kubernetes/rollout", $"shop/{name}", "revision 2 is 3 minutes old", at)], Rejected = [new RejectedCause("connection-pool-exhausted", "the pool is a third full")],
            },
        };
    }

    private static Setting Injected(InjectionRecord injection) => new($"injection/{injection.Id}", JsonSerializer.Serialize(injection), 0);

    private static Proposal ProposalOf(Incident incident, string action) =>
        new() { Incident = incident.Id, Action = action, Target = incident.Target, Cause = "bad-rollout", Confidence = 0.9, ProposedBy = "playbook:bad-rollout", Why = "The revision before was well." };

    // Two pods are missing for a while, and the errors go with them.
    private static IReadOnlyList<ValidationLook> Looks(DateTimeOffset acted, bool ended) =>
    [
        new(acted.AddSeconds(1), 1, 3, 0.35, false), new(acted.AddSeconds(6), 1, 3, 0.31, false), new(acted.AddSeconds(11), 2, 3, 0.12, false),
        .. ended ? (IEnumerable<ValidationLook>)[new(acted.AddSeconds(18), 3, 3, 0.02, true), new(acted.AddSeconds(48), 3, 3, 0.004, true)] : [],
    ];

    private static async Task<Incident> AddAsync(RunningServer server, Incident incident, string? action = null, string verdict = "", ValidationResult? validation = null, Approval? approval = null)
    {
        if (action is not null)
        {
            var proposal = ProposalOf(incident, action);
            incident = incident with
            {
                Attempts =
                [
                    new Attempt
                    {
                        Number = 1, Proposal = proposal, Verdict = verdict, Reasons = [$"the class of {action} is what it is", "confidence 90 % is above 70 %"], Approval = approval?.Id, ActedAt = incident.ActedAt,
                        Plan = new ActionPlan { Proposal = proposal, Diff = Diff, PodsAffected = 1, PodsTotal = 3, Undo = new UndoRecord(action, incident.Target, "the revision of before", JsonSerializer.SerializeToElement(new { revision = 1 })) }, EffectText = incident.ActedAt is null ? "" : "done", Validation = validation, ValidationText = validation is null ? "" : "3 of 3 ready for 30 s",
                        Baseline = new Baseline { At = incident.NoticedAt, Desired = 3, Ready = 1, ErrorRate = 0.33 }, Looks = incident.ActedAt is { } acted ? Looks(acted, validation is not null) : [],
                    },
                ],
            };
        }
        await server.Store.AcceptAsync([incident.FirstSignal], Cancellation);
        LedgerDraft Draft(string kind, object facts) => new(kind, incident.Id.ToString(), "prunella", JsonSerializer.SerializeToElement(facts, JsonSerializerOptions.Web));
        var stored = await server.Store.CommitAsync(new StoreChange
        {
            Incidents = [incident], Approvals = approval is null ? [] : [approval], Assignments = [new SignalAssignment(incident.FirstSignal.Id, incident.Id)],
            Ledger = [Draft("incident-opened", new { name = "HighErrorRate", target = incident.Target.ToString(), source = "alertmanager", severity = incident.Severity.ToString() }), Draft("diagnosis", new { cause = "bad-rollout", confidence = 0.9, summary = incident.Diagnosis!.Summary })],
        }, Cancellation);
        server.Services.GetRequiredService<IncidentFeed>().Publish(new IncidentEvent(incident.NoticedAt, incident.Id, incident.Target, IncidentEventKind.Noticed, incident.Title));
        return stored[0];
    }
}
