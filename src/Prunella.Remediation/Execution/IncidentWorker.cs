using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Prunella.Incidents;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>Moves one incident forward, step by step, until it ends or has to wait. Each step is committed before the next begins.</summary>
internal sealed partial class IncidentWorker(
    IRemediationStore store, GatherStep gather, DiagnoseStep diagnose, JudgeStep judge, ApprovalStep approval, ExecuteStep execute,
    ValidateStep validate, UndoStep undo, Outcomes outcomes, IncidentJournal journal, RemediationMetrics metrics, EngineOptions options,
    ILogger<IncidentWorker> log)
{
    private const int StepsMax = 200;

    /// <summary>Moves the incident as far as it goes now.</summary>
    /// <returns>When to look again; null when it ended or waits for somebody.</returns>
    internal async Task<DateTimeOffset?> AdvanceAsync(IncidentId id, CancellationToken cancellation)
    {
        var stale = 0;
        for (var number = 0; number < StepsMax; number++)
        {
            var incident = await store.FindIncidentAsync(id, cancellation).ConfigureAwait(false);
            if (incident is null || incident.Ended) return null;
            if (Waits(incident)) return incident.WakeAt;
            try
            {
                using var activity = RemediationMetrics.Activities.StartActivity(incident.State.ToString());
                activity?.SetTag("incident", id.ToString());
                var next = await StepAsync(incident, cancellation).ConfigureAwait(false);
                stale = 0;
                if (next.Ended)
                {
                    metrics.Ended(next);
                    return null;
                }

                if (next.State == incident.State && next.WakeAt is { } wakeAt && wakeAt > journal.Now) return wakeAt;
            }
            catch (StaleVersionException) when (++stale < StepsMax / 2)
            {
                // The correlator or a person was faster: read again and decide again.
            }
            catch (PostponedException postponed)
            {
                if (await PostponeAsync(incident, postponed.Message, postponed.RetryAt, cancellation).ConfigureAwait(false) is { } retryAt) return retryAt;
            }
            catch (WorkloadUnreadableException unreadable)
            {
                var why = unreadable.Forbidden ? $"{unreadable.Message} Grant it or take over." : unreadable.Message;
                if (await PostponeAsync(incident, why, null, cancellation).ConfigureAwait(false) is { } retryAt) return retryAt;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                if (await PostponeAsync(incident, $"{incident.State}: no answer in time", null, cancellation).ConfigureAwait(false) is { } retryAt) return retryAt;
            }
        }

        LogStuck(log, id, StepsMax);
        return journal.Now + options.Pause;
    }

    private bool Waits(Incident incident) =>
        incident.WakeAt is { } wakeAt && wakeAt > journal.Now
        && incident.State is IncidentState.Opened or IncidentState.Gathered or IncidentState.Diagnosed or IncidentState.Cleared or IncidentState.Executing or IncidentState.Undoing
        && !AlertsEnded(incident);

    /// <summary>Whether every alert that opened it has resolved, while nothing is in flight.</summary>
    private static bool AlertsEnded(Incident incident) =>
        incident.OpenSeries.Count == 0
        && incident.State is IncidentState.Opened or IncidentState.Gathered or IncidentState.Diagnosed or IncidentState.AwaitingApproval or IncidentState.Cleared;

    private Task<Incident> StepAsync(Incident incident, CancellationToken cancellation)
    {
        if (AlertsEnded(incident)) return EndAsync(incident, cancellation);
        return incident.State switch
        {
            IncidentState.Opened => gather.RunAsync(incident, cancellation),
            IncidentState.Gathered => diagnose.RunAsync(incident, cancellation),
            IncidentState.Diagnosed => judge.RunAsync(incident, cancellation),
            IncidentState.AwaitingApproval => approval.RunAsync(incident, cancellation),
            IncidentState.Cleared => execute.RunAsync(incident, cancellation),
            IncidentState.Executing => execute.SettleAsync(incident, cancellation),
            IncidentState.Validating => validate.RunAsync(incident, cancellation),
            IncidentState.Undoing => undo.RunAsync(incident, cancellation),
            _ => throw new UnreachableException($"{incident.Id} is in state {incident.State}."),
        };
    }

    private async Task<Incident> EndAsync(Incident incident, CancellationToken cancellation)
    {
        var now = journal.Now;
        var acted = incident.Attempts.Any(attempt => attempt.ActedAt is not null);
        var (ended, change) = Endings.Resolved(incident, acted ? "its alerts ended after the last attempt" : "its alerts ended before anything was done", now, now);
        if (incident.State == IncidentState.AwaitingApproval && incident.LastAttempt?.Approval is { } asked
            && await store.FindApprovalAsync(asked, cancellation).ConfigureAwait(false) is { State: ApprovalState.Pending } open)
        {
            change = change.And(new StoreChange { Approvals = [open with { State = ApprovalState.Withdrawn, DecidedAt = now }] });
        }

        return await journal.CommitAsync(ended, change, IncidentEventKind.Resolved, ended.Outcome, cancellation).ConfigureAwait(false);
    }

    /// <summary>Puts the present step off.</summary>
    /// <returns>When to try again; null when the bound was reached and a person takes over.</returns>
    private async Task<DateTimeOffset?> PostponeAsync(Incident incident, string why, DateTimeOffset? retryAt, CancellationToken cancellation)
    {
        LogPostponed(log, incident.Id, incident.State, incident.Postponed + 1, why);
        if (incident.Postponed >= options.PostponeMax)
        {
            if (incident.State == IncidentState.Executing) await outcomes.GiveUpAsync(incident, why).ConfigureAwait(false);
            else if (incident.State == IncidentState.Undoing) await outcomes.UndoneAsync(incident, restored: false, why).ConfigureAwait(false);
            else
            {
                var (ended, change) = Endings.Escalated(incident, why, JudgeStep.Advice(incident), journal.Now);
                try
                {
                    await journal.CommitAsync(ended, change, IncidentEventKind.Escalated, why, cancellation).ConfigureAwait(false);
                }
                catch (StaleVersionException)
                {
                    return journal.Now + options.Pause;
                }
            }

            return null;
        }

        var wakeAt = retryAt ?? journal.Now + outcomes.Pause(incident.Postponed);
        try
        {
            await journal.CommitAsync(
                incident with { Postponed = incident.Postponed + 1, WakeAt = wakeAt },
                new StoreChange { Ledger = [LedgerFacts.Draft("postponed", incident.Id.ToString(), new { state = incident.State, why, until = wakeAt })] },
                IncidentEventKind.Gathered, "", cancellation).ConfigureAwait(false);
        }
        catch (StaleVersionException)
        {
            return journal.Now + options.Pause;
        }

        return wakeAt;
    }

    [LoggerMessage(2101, LogLevel.Warning, "{Incident} put off in state {State} ({Number}): {Why}")]
    private static partial void LogPostponed(ILogger log, IncidentId incident, IncidentState state, int number, string why);

    [LoggerMessage(2102, LogLevel.Error, "{Incident} took {Steps} steps without coming to rest")]
    private static partial void LogStuck(ILogger log, IncidentId incident, int steps);
}
