using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>A job has given up: too many failures, or too little time.</summary>
public sealed class JobFailed : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("job-failed", "Workloads", CauseLayer.Symptom)
    {
        RecognisedBy = "The job's condition Failed is True with BackoffLimitExceeded, DeadlineExceeded or a failure policy. A job that was retried and then did its work is no finding.",
        Done = "A person reads what its pods said, which is told, and starts it again.",
        Precedence = 70,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var job in snapshot.Of("Job"))
        {
            var condition = job.Condition("Failed");
            if (condition["status"].Text != "True") continue;
            // A cron job whose later run did well has got over it.
            if (job.Owner is { Kind: "CronJob" } && snapshot.Of("Job", job.Namespace).Any(later => later.Owner == job.Owner && later.CreatedAt > job.CreatedAt && later.Condition("Complete")["status"].Text == "True")) continue;
            var deadline = condition["reason"].Text == "DeadlineExceeded";
            var pods = snapshot.Pods.Where(pod => pod.Owner == job.Ref).OrderByDescending(pod => pod.CreatedAt).ToList();
            var evidence = new List<Evidence> { Observed.Condition(snapshot, job, condition) };
            var said = "";
            var code = "";
            foreach (var container in pods.SelectMany(pod => pod.Containers).Where(container => container.ExitCode is not (0 or null)).Take(1))
            {
                evidence.Add(Observed.Ended(snapshot, container));
                code = $" with exit code {container.ExitCode}";
                if (snapshot.LastWords(container) is { Lines.Count: > 0 } log)
                {
                    evidence.Add(Observed.Log(snapshot, container, log, log.Lines.Count - 1));
                    said = $" It said: {log.Show(log.Lines.Count - 1)}";
                }
            }
            var limit = job.Spec["backoffLimit"].Int(6);
            var summary = deadline
                ? $"Job {job.Name} was ended because it ran longer than its {Words.Of(TimeSpan.FromSeconds(job.Spec["activeDeadlineSeconds"].Int()))} (activeDeadlineSeconds)."
                : string.Create(CultureInfo.InvariantCulture, $"Job {job.Name} has given up after {Words.Count(job.Status["failed"].Int(limit + 1), "failure", "failures")}{code} (backoffLimit {limit}).{said}");
            yield return Found(snapshot.TopOf(job), deadline ? "activeDeadlineSeconds" : "backoffLimit", 0.95, Severity.Warning, summary, evidence) with
            {
                Pods = [.. pods.Select(pod => pod.Name)],
                Advice = deadline ? "Give it more time, or find what made it slow." : "Mend what its log tells, then start the job again.",
            };
        }
    }
}
