using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Runs a job's pods until enough succeeded, too many failed or its time is up.</summary>
internal sealed class JobController(EventRecorder events, SandboxOptions options) : Controller
{
    private const string Component = "job-controller";
    private readonly Dictionary<string, (int Failed, DateTimeOffset Until)> delays = new(StringComparer.Ordinal);

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.Jobs)
        {
            if (kind == ChangeKind.Deleted) delays.Remove(item.Uid);
            Enqueue(ObjectKey.Of(item));
        }
        else if (item.Type == ResourceCatalogue.Pods && PodFactory.ControllerOf(Store, item) is { } owner && owner.Type == ResourceCatalogue.Jobs) Enqueue(ObjectKey.Of(owner));
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.Jobs, key.Namespace, key.Name) is not { } job || job.Body.Deleting()) return;
        var pods = Store.OwnedBy(job.Uid).Where(pod => pod.Type == ResourceCatalogue.Pods && PodFactory.IsControlledBy(pod.Body, job.Uid)).ToList();
        var active = pods.Where(pod => PodFactory.IsActive(pod.Body)).ToList();
        var succeeded = pods.Count(pod => pod.Body.Text("status", "phase") == "Succeeded");
        var failed = pods.Count(pod => pod.Body.Text("status", "phase") == "Failed" || (pod.Body.Deleting() && pod.Body.Text("status", "phase") != "Succeeded"));
        if (Over(job) is { } finished)
        {
            Expire(job, finished);
            return;
        }

        var start = job.Body.Time("status", "startTime") ?? Now;
        string? end = null;
        var (reason, message) = ("", "");
        var limit = job.Body.Number("spec", "backoffLimit") ?? 6;
        var restarts = active.Where(pod => pod.Body.Text("spec", "restartPolicy") == "OnFailure").Sum(pod => pod.Body.Items("status", "containerStatuses").Sum(status => status.Number("restartCount") ?? 0));
        if (failed > limit || (restarts > 0 && restarts >= Math.Max(1, limit))) (end, reason, message) = ("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
        else if (job.Body.Number("spec", "activeDeadlineSeconds") is { } deadline)
        {
            if (Now >= start.AddSeconds(deadline)) (end, reason, message) = ("Failed", "DeadlineExceeded", "Job was active longer than specified deadline");
            else EnqueueAt(start.AddSeconds(deadline), key);
        }

        var completions = job.Body.Number("spec", "completions");
        if (end is null && (completions is { } needed ? succeeded >= needed : succeeded > 0 && active.Count == 0)) end = "Complete";
        if (end == "Failed")
        {
            foreach (var pod in active) Registry.Delete(pod.Type, pod.Namespace, pod.Name, DeleteOptions.Background);
            failed += active.Count;
            active = [];
            events.Warn(job, reason, message, Component);
        }
        else if (end == "Complete") events.Tell(job, "Completed", "Job completed", Component);
        else if (job.Body.Flag("spec", "suspend") != true) Manage(job, active, succeeded, failed, completions);

        active = [.. Store.OwnedBy(job.Uid).Where(pod => pod.Type == ResourceCatalogue.Pods && PodFactory.IsActive(pod.Body))];
        Registry.Change(job, body =>
        {
            var status = body.Ensure("status");
            status.SetDefault("startTime", start.Stamp());
            status.Put("active", active.Count > 0 && end is null ? (long)active.Count : null);
            status.Put("succeeded", succeeded > 0 ? (long)succeeded : null);
            status.Put("failed", failed > 0 ? (long)failed : null);
            if (end is null) return;
            if (end == "Complete") status["completionTime"] = Now.Stamp();
            PodConditions.Set(body, end, true, reason.Length > 0 ? reason : null, message.Length > 0 ? message : null, Now);
            PodFactory.Condition(body, end)!["lastProbeTime"] = Now.Stamp();
        }, "status");
    }

    private static JsonObject? Over(StoredObject job) =>
        job.Body.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") is "Complete" or "Failed" && condition.Text("status") == "True");

    private void Expire(StoredObject job, JsonObject condition)
    {
        if (job.Body.Number("spec", "ttlSecondsAfterFinished") is not { } seconds) return;
        var due = (condition.Time("lastTransitionTime") ?? Now).AddSeconds(seconds);
        if (due <= Now) Registry.Delete(job.Type, job.Namespace, job.Name, DeleteOptions.Background with { Propagation = Propagation.Foreground });
        else EnqueueAt(due, ObjectKey.Of(job));
    }

    private void Manage(StoredObject job, List<StoredObject> active, int succeeded, int failed, long? completions)
    {
        var parallelism = (int)(job.Body.Number("spec", "parallelism") ?? 1);
        var wanted = completions is { } needed ? Math.Min(parallelism, (int)needed - succeeded) : succeeded > 0 ? active.Count : parallelism;
        // Each further failure doubles the wait, as crash loops do.
        if (failed > 0 && (!delays.TryGetValue(job.Uid, out var delay) || delay.Failed < failed))
        {
            var wait = options.BackOffInitial * Math.Pow(2, Math.Min(failed - 1, 10));
            delays[job.Uid] = delay = (failed, Now + (wait < options.BackOffMax ? wait : options.BackOffMax));
        }

        if (delays.TryGetValue(job.Uid, out var waiting) && waiting.Until > Now && active.Count < wanted)
        {
            EnqueueAt(waiting.Until, ObjectKey.Of(job));
            return;
        }

        for (var count = active.Count; count < wanted; count++)
        {
            var body = PodFactory.FromTemplate(job, job.Body.At("spec", "template"));
            body.Ensure("metadata")["generateName"] = job.Name + "-";
            try
            {
                var pod = Registry.Create(ResourceCatalogue.Pods, job.Namespace, body);
                events.Tell(job, "SuccessfulCreate", $"Created pod: {pod.Name}", Component);
            }
            catch (ApiStatusException e) when (e.Status.Code is 403 or 422)
            {
                events.Warn(job, "FailedCreate", "Error creating: " + e.Status.Message, Component);
                EnqueueAt(Now.AddSeconds(5), ObjectKey.Of(job));
                return;
            }
        }

        foreach (var surplus in PodFactory.MostDispensable(active).Take(Math.Max(0, active.Count - Math.Max(0, wanted))))
            Registry.Delete(surplus.Type, surplus.Namespace, surplus.Name, DeleteOptions.Background);
    }
}
