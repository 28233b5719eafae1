using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Proposals;

/// <summary>The answer to a proposal from outside.</summary>
/// <param name="Incident">The incident that carries it to the gate; null when it was not taken.</param>
/// <param name="Text">For whoever proposed: what becomes of it, or why it was not taken.</param>
public sealed record ProposalAnswer(Incident? Incident, string Text);

/// <summary>
/// Takes proposals that come through a tool. One becomes an incident of its own, which goes the engine's way: planned, judged with
/// class, stage, breakers, limits and windows, asked about, executed, validated, undone. It never executes without the approval of a
/// person other than the one who proposed it, whatever the action's class. Thread-safe.
/// </summary>
public sealed class ProposalDesk(IRemediationStore store, ActionCatalogue catalogue, EngineWakeUps wakeUps, IncidentFeed feed, IdSource ids, TimeProvider time)
{
    /// <summary>The most characters of the reason given.</summary>
    public const int WhyCharactersMax = 500;

    /// <summary>The family of the incidents that carry proposals; one of a target is open at a time.</summary>
    public const string Family = "proposal";

    /// <summary>The source of their first signal. No door for signals from outside gives it.</summary>
    public const string Source = "proposal";

    private const string KeyPrefix = "proposal/";

    /// <summary>Takes a proposal, or says why not. Executes nothing.</summary>
    /// <param name="about">The incident that it is about: open, or escalated to people.</param>
    /// <param name="person">Whose tool proposes.</param>
    /// <param name="action">A name of the catalogue.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="why">Why, for the approver; 1 to <see cref="WhyCharactersMax"/> characters. Nothing reads it but people.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="NotEntitledException">The person is less than an operator.</exception>
    public async Task<ProposalAnswer> ProposeAsync(Incident about, Person person, string action, IReadOnlyDictionary<string, string> parameters, string why, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(about);
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(why);
        person.Demand(Role.Operator, "propose an action");
        if (Refusal(about, action, parameters, why) is { } refused) return new(null, refused);
        var target = about.Course.FirstOrDefault(step => step.Action == action)?.Target ?? about.Target;
        while (true)
        {
            var kept = await store.ReadSettingAsync(KeyPrefix + target.Key, cancellation).ConfigureAwait(false);
            if (kept is not null && Guid.TryParse(kept.Value.Trim('"'), out var last) && await store.FindIncidentAsync(new IncidentId(last), cancellation).ConfigureAwait(false) is { Ended: false } open)
                return new(null, $"A proposal for {target} is under way already ({open.Id.Short}); one at a time.");
            var incident = Carrying(about, target, person, action, parameters, why);
            try
            {
                var stored = await store.CommitAsync(
                    new StoreChange
                    {
                        Incidents = [incident],
                        Settings = [new Setting(KeyPrefix + target.Key, $"\"{incident.Id}\"", kept?.Version ?? 0)],
                        Ledger = [LedgerFacts.Draft("proposed", incident.Id.ToString(), new { about = about.Id.ToString(), action, target = target.Key, parameters, why }, Proposal.ByTool + person.Name)],
                    },
                    cancellation).ConfigureAwait(false);
                feed.Publish(new IncidentEvent(time.GetUtcNow(), incident.Id, target, IncidentEventKind.Noticed, incident.Title));
                wakeUps.Wake(incident.Id);
                return new(stored[0], $"Proposed as {incident.Id.Short}. The gate judges it now; it executes only when somebody other than {person.Name} approves it.");
            }
            catch (StaleVersionException)
            {
                // Another proposal for the target came at this moment; the next reading finds it.
            }
        }
    }

    private string? Refusal(Incident about, string action, IReadOnlyDictionary<string, string> parameters, string why)
    {
        if (why.Length is 0 or > WhyCharactersMax) return $"A reason of 1 to {WhyCharactersMax} characters is needed.";
        if (about.Ended && about.State != IncidentState.Escalated) return $"{about.Id.Short} is over; there is nothing to propose.";
        if (about.Family == Family) return $"{about.Id.Short} carries a proposal itself; propose for the incident that it is about.";
        if (about.Target.Kind == Correlator.UnresolvedKind) return $"What {about.Id.Short} is about cannot be told; nothing can be proposed for it.";
        if (ForbiddenActions.IsForbidden(action)) return $"{action} is forbidden, whoever asks.";
        if (catalogue.Find(action) is not { } known) return $"The catalogue does not know {(action.Length <= 64 ? action : action[..64])}.";
        List<string>? errors = null;
        ParameterCheck.Check(known, parameters, ref errors);
        return errors is null ? null : string.Join("; ", errors);
    }

    private Incident Carrying(Incident about, Target target, Person person, string action, IReadOnlyDictionary<string, string> parameters, string why)
    {
        var now = time.GetUtcNow();
        var id = new IncidentId(ids.Next());
        var title = $"Proposed for {about.Id.Short}: {action}";
        return new Incident
        {
            Id = id, Target = target, Family = Family, Title = title, Severity = about.Severity, State = IncidentState.Diagnosed,
            StartedAt = now, NoticedAt = now, WakeAt = now, ErrorRateQuery = about.ErrorRateQuery, Evidence = about.Evidence, OpenSeries = [$"{Source}|{id}|{now.UtcTicks}"],
            FirstSignal = new Signal
            {
                Id = new SignalId(ids.Next()), Source = Source, Fingerprint = id.ToString(), Status = SignalStatus.Firing, Name = "Proposed", Severity = about.Severity,
                Summary = title, StartsAt = now, ReceivedAt = now, Labels = about.FirstSignal.Labels,
            },
            Diagnosis = about.Diagnosis ?? new Diagnosis { Cause = Diagnosis.Unknown, Confidence = 0, Summary = "no cause is known", DecidedBy = Gate.SystemActor },
            Course = [new CourseStep(action, new SortedDictionary<string, string>(parameters.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal), Proposal.ByTool + person.Name, $"Proposed by {person.Name} through a tool, whose words are: \"{why}\".") { Target = target == about.Target ? null : target }],
        };
    }
}
