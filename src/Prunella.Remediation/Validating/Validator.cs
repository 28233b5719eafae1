using System.Globalization;
using Prunella.Incidents;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Validating;

/// <summary>One look at whether an effect helped, compared with the baseline.</summary>
internal sealed class Validator(
    IRemediationStore store, IWorkloadSource workloads, IEnumerable<IMetricSource> metrics, IHealthProbe health, ActionCatalogue catalogue,
    TimeProvider time, EngineOptions options)
{
    private const int IncidentsMax = 200;
    private static readonly HashSet<string> ResolvingSources = new(StringComparer.Ordinal) { "alertmanager", "generic" };

    /// <summary>How long a validation may take before it gives up.</summary>
    internal TimeSpan SettleTime(Incident incident, Attempt attempt)
    {
        var action = catalogue.Find(attempt.Proposal.Action);
        var settle = options.SettleOverride ?? action?.SettleWithin ?? TimeSpan.FromMinutes(5);
        var soak = options.SoakOverride ?? StepOf(incident, attempt)?.Soak ?? action?.Soak ?? TimeSpan.FromSeconds(30);
        return settle + soak + (Resolves(incident) ? options.AlertResolveWithin : TimeSpan.Zero);
    }

    /// <summary>Looks once. Never throws for what it cannot see: that is a missing fact, and no pass.</summary>
    internal async Task<Sight> LookAsync(Incident incident, CancellationToken cancellation)
    {
        var attempt = incident.LastAttempt!;
        var sight = new Sight(time.GetUtcNow());
        await LookAtWorkloadAsync(sight, attempt, cancellation).ConfigureAwait(false);
        await LookAtErrorRateAsync(sight, attempt, cancellation).ConfigureAwait(false);
        await LookAtChecksAsync(sight, StepOf(incident, attempt), cancellation).ConfigureAwait(false);
        LookAtAlerts(sight, incident);
        await LookAtNeighboursAsync(sight, incident, attempt, cancellation).ConfigureAwait(false);
        return sight;
    }

    /// <summary>How long everything has to stay well: the action's soak, or the kubelet's present back-off where that is longer.</summary>
    internal TimeSpan SoakOf(Incident incident, Attempt attempt, Sight sight)
    {
        var own = options.SoakOverride ?? StepOf(incident, attempt)?.Soak ?? catalogue.Find(attempt.Proposal.Action)?.Soak ?? TimeSpan.FromSeconds(30);
        return sight.BackOff > own ? sight.BackOff : own;
    }

    private static CourseStep? StepOf(Incident incident, Attempt attempt) =>
        attempt.Proposal.AttemptNumber - 1 is var index && index >= 0 && index < incident.Course.Count ? incident.Course[index] : null;

    // Of what is no workload (a budget, a claim) only the operator can say that it is well: by the end of what it noticed.
    private static bool Resolves(Incident incident) =>
        ResolvingSources.Contains(incident.FirstSignal.Source) || (incident.FirstSignal.Source == Signal.OperatorSource && !GateStateReader.IsWorkload(incident.Target));

    private async Task LookAtWorkloadAsync(Sight sight, Attempt attempt, CancellationToken cancellation)
    {
        var target = attempt.Proposal.Target;
        if (!GateStateReader.IsWorkload(target)) return;
        WorkloadState? now;
        try
        {
            now = await workloads.ReadAsync(target, cancellation).ConfigureAwait(false);
        }
        catch (WorkloadUnreadableException unreadable)
        {
            sight.Missing(unreadable.Message);
            return;
        }

        sight.Looked = true;
        var before = attempt.Baseline;
        if (now is null)
        {
            if (catalogue.Find(attempt.Proposal.Action) is { ChangesNothing: true }) sight.Gone = $"{target} was deleted by somebody";
            else sight.Worse($"{target} does not exist any more", certain: true);
            return;
        }

        sight.Replicas = (now.Ready, now.Desired);
        if (before is { Uid.Length: > 0 } && before.Uid != now.Uid) sight.Worse($"{target} was deleted and made anew", certain: true);
        if (now.Desired == 0 && before is { Desired: > 0 }) sight.Worse($"{target} was scaled to zero", certain: true);
        if (!now.Healthy)
        {
            var text = $"{now.Ready} of {now.Desired} replicas ready{(now.RollingOut ? ", rollout under way" : "")}";
            if (before is { Ready: { } ready } && now.Ready < ready && now.Ready < now.Desired) sight.Worse($"{text}; before it were {ready}", certain: false);
            else sight.NotWell(text);
        }

        foreach (var pod in now.Pods)
        {
            if (pod.Terminating) continue;
            foreach (var container in pod.Containers)
            {
                if (container.WaitingReason is "CrashLoopBackOff" or "ImagePullBackOff" or "ErrImagePull" or "CreateContainerConfigError" or "RunContainerError")
                    sight.NotWell($"{pod.Name}/{container.Name} waits: {container.WaitingReason}");
                if (container.Restarts > 0 && container.LastTerminatedAt is { } ended && sight.At - ended < TimeSpan.FromMinutes(10))
                    sight.Outlast(TimeSpan.FromSeconds(Math.Min(300, options.KubeletBackOff.TotalSeconds * Math.Pow(2, Math.Min(container.Restarts - 1, 10)))));
                if (before is not null && before.Restarts.TryGetValue($"{pod.Uid}/{container.Name}", out var restarts) && container.Restarts > restarts && container.LastTerminatedAt > attempt.ActedAt
                    && attempt.WellSince is { } since && container.LastTerminatedAt > since)
                    sight.NotWell($"{pod.Name}/{container.Name} restarted again");
            }
        }
    }

    private async Task LookAtErrorRateAsync(Sight sight, Attempt attempt, CancellationToken cancellation)
    {
        if (attempt.Baseline is not { ErrorRateQuery.Length: > 0 } before || metrics.FirstOrDefault() is not { } source) return;
        var answer = await source.QueryAsync(before.ErrorRateQuery, sight.At, cancellation).ConfigureAwait(false);
        if (answer.Value is not { } rate)
        {
            sight.Missing($"error rate: {source.Name} {answer.Status}: {answer.Text}");
            return;
        }

        sight.Looked = true;
        sight.ErrorRate = rate;
        var bound = Math.Max(options.ErrorRateNoise, (before.ErrorRate ?? 0) * options.ErrorRateFactorMax);
        if (rate > bound) sight.Worse(string.Create(CultureInfo.InvariantCulture, $"error rate {rate:P1}, before it was {before.ErrorRate ?? 0:P1}"), certain: false);
    }

    private async Task LookAtChecksAsync(Sight sight, CourseStep? step, CancellationToken cancellation)
    {
        foreach (var check in step?.Checks ?? [])
        {
            if (check.Operator == "healthy")
            {
                var said = Uri.TryCreate(check.Query, UriKind.Absolute, out var endpoint)
                    ? await health.AskAsync(endpoint, cancellation).ConfigureAwait(false)
                    : new HealthAnswer(null, $"'{check.Query}' is no URL");
                if (said.Healthy is null) sight.Missing($"{check.Query}: {said.Text}");
                else sight.Looked = true;
                if (said.Healthy == false) sight.NotWell($"{check.Query}: {said.Text}");
                continue;
            }

            var source = check.Source.Length == 0 ? metrics.FirstOrDefault() : metrics.FirstOrDefault(candidate => candidate.Name == check.Source);
            if (source is null)
            {
                sight.Missing($"there is no metric source '{check.Source}'");
                continue;
            }

            var answer = await source.QueryAsync(check.Query, sight.At, cancellation).ConfigureAwait(false);
            if (answer.Value is not { } value)
            {
                sight.Missing($"{check.Query}: {source.Name} {answer.Status}: {answer.Text}");
                continue;
            }

            sight.Looked = true;
            if (!Holds(value, check)) sight.NotWell(string.Create(CultureInfo.InvariantCulture, $"{(check.Text.Length > 0 ? check.Text : check.Query)}: {value:0.####}, wanted {check.Operator} {check.Bound:0.####}"));
        }
    }

    private static bool Holds(double value, ValidationCheck check) => check.Operator switch
    {
        "<" => value < check.Bound,
        "<=" => value <= check.Bound,
        ">" => value > check.Bound,
        ">=" => value >= check.Bound,
        "==" => Math.Abs(value - check.Bound) <= 1e-9 * Math.Max(1, Math.Abs(check.Bound)),
        _ => false,
    };

    private static void LookAtAlerts(Sight sight, Incident incident)
    {
        if (!Resolves(incident)) return;
        sight.Looked = true;
        if (incident.OpenSeries.Count > 0) sight.NotWell($"{incident.OpenSeries.Count} alert(s) still firing");
    }

    private async Task LookAtNeighboursAsync(Sight sight, Incident incident, Attempt attempt, CancellationToken cancellation)
    {
        if (attempt is not { Baseline: { } before, ActedAt: { } actedAt } || attempt.Proposal.Target.Namespace.Length == 0) return;
        var open = await store.ListIncidentsAsync(new IncidentQuery { Open = true, Namespace = attempt.Proposal.Target.Namespace, Since = actedAt, Max = IncidentsMax }, cancellation).ConfigureAwait(false);
        var next = open.Incidents.FirstOrDefault(other => other.Id != incident.Id && other.Target == incident.Target && other.FirstSignal.Source == Signal.OperatorSource && !before.FiringSeries.Contains(other.Id.ToString()));
        if (next is not null) sight.Overtaken($"another trouble of {next.Target} began before the soak was over: {next.Id.Short} {next.Title}");
        var appeared = open.Incidents.FirstOrDefault(other => other.Id != incident.Id && other.Severity >= Severity.Warning && !before.FiringSeries.Contains(other.Id.ToString()));
        if (appeared is not null) sight.NotWell($"a new alert in the namespace: {appeared.Title} ({appeared.Target})");
    }
}
