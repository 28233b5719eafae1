using Prunella.Incidents;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Validating;

namespace Prunella.Remediation.Execution;

/// <summary>Validating → Resolved, Undoing, the next step or Escalated: looks again and again until it is well for the soak, or the time is over.</summary>
internal sealed class ValidateStep(Validator validator, Outcomes outcomes, IncidentJournal journal, EngineOptions options)
{
    // Often enough for a course that can be read, seldom enough for the store.
    private static readonly TimeSpan LooksApart = TimeSpan.FromSeconds(5);

    internal async Task<Incident> RunAsync(Incident incident, CancellationToken cancellation)
    {
        var attempt = incident.LastAttempt!;
        var sight = await validator.LookAsync(incident, cancellation).ConfigureAwait(false);
        var now = sight.At;
        var looks = sight.After(attempt.Looks, LooksApart);
        var seen = looks == attempt.Looks;
        attempt = attempt with { Looks = looks };
        incident = JudgeStep.With(incident, attempt);
        if (sight.Gone is { } gone) return await outcomes.GoneAsync(incident, gone).ConfigureAwait(false);
        if (sight.IsWorseForCertain) return await outcomes.ValidatedAsync(incident, ValidationResult.Regressed, sight.Text, null).ConfigureAwait(false);
        // The next incident of the target waits for its lock, and what is unwell now is that one's to judge: nothing is undone for it.
        if (sight.OvertakenBy is { } next) return await outcomes.ValidatedAsync(incident, ValidationResult.Inconclusive, next, null).ConfigureAwait(false);

        var wellSince = sight.IsWell ? attempt.WellSince ?? now : (DateTimeOffset?)null;
        var soak = validator.SoakOf(incident, attempt, sight);
        if (wellSince is { } since && now - since >= soak)
            return await outcomes.ValidatedAsync(incident, ValidationResult.Fixed, $"well for {(now - since).TotalSeconds:0} s", since).ConfigureAwait(false);

        // A soak that has begun may finish, as long as it stays well; the bound is the settle time plus one soak.
        if (now >= attempt.ValidateUntil && wellSince is null)
        {
            var result = sight.IsWorse ? ValidationResult.Regressed : sight.IsUnwell ? ValidationResult.NotFixed : ValidationResult.Inconclusive;
            return await outcomes.ValidatedAsync(incident, result, sight.Text, null).ConfigureAwait(false);
        }

        var wakeAt = now + options.ValidationInterval;
        if (seen && wellSince == attempt.WellSince && attempt.ValidationText == sight.Text) return incident with { WakeAt = wakeAt };
        return await journal.CommitAsync(
            JudgeStep.With(incident, attempt with { WellSince = wellSince, ValidationText = sight.Text }) with { WakeAt = wakeAt },
            new StoreChange(), IncidentEventKind.Checked, "", cancellation).ConfigureAwait(false);
    }
}
