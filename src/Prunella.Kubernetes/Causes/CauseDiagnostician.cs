using Microsoft.Extensions.Logging;
using Prunella.Incidents;
using Prunella.Kubernetes.Causes.Metrics;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;
using Prunella.Remediation.Diagnosing;

namespace Prunella.Kubernetes.Causes;

/// <summary>
/// What the catalogue of causes recognises about an incident's target. Reads the target's namespace, or the node and its pods;
/// what cannot be read gives no opinion. Each finding is a recognition: it stands where no playbook does, and supports or
/// contradicts the ones that do.
/// </summary>
internal sealed partial class CauseDiagnostician(ISnapshots snapshots, KubernetesOptions options, TimeProvider time, ILogger<CauseDiagnostician> log) : IDiagnostician
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyList<Finding>> DiagnoseAsync(IncidentContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        var target = context.Incident.Target;
        if (!options.DiagnoseCauses || target.Cluster != options.ClusterName || !options.Allows(target.Namespace) || ApiKind.Find(target.Kind) is null || (target.Namespace.Length == 0 && target.Kind is not ("Node" or "Namespace"))) return [];
        using var deadline = new CancellationTokenSource(Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            var about = new ObjectRef(target.Kind, target.Namespace, target.Name);
            var snapshot = await snapshots.TakeForIncidentAsync(target, linked.Token);
            snapshot = snapshot.WithMetrics(await PodSeries.ReadAsync(context.Metrics, snapshot, about, context.Now, time, linked.Token));
            var byOperator = context.Incident.FirstSignal.Source == Signal.OperatorSource;
            List<Finding> found = [.. Of(snapshot, target, byOperator)];
            // A controller is often faster than a diagnosis. Where it repairs by itself, what was noticed is still what happened, and
            // nothing but a look at the repair follows from it. An action is never based on what is not to be seen any more.
            if (found.Count == 0 && byOperator && snapshots.Noticed(about) is { } noticed && noticed.Remedies is [{ Action: "await-repair" }])
                found.Add(Told(noticed, null));
            return found;
        }
        catch (ClusterApiException exception)
        {
            LogUnread(log, target, exception.Message);
            return [];
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            LogUnread(log, target, "reading the namespace took longer than 10 s");
            return [];
        }
    }

    /// <summary>The findings about a target in a snapshot, roots first.</summary>
    /// <param name="snapshot">What was read.</param>
    /// <param name="target">The target.</param>
    /// <param name="noticed">Whether the operator noticed it: then a bare symptom is all that there is, and a person hears it.</param>
    internal static IEnumerable<Finding> Of(ClusterSnapshot snapshot, Target target, bool noticed = false)
    {
        var about = new ObjectRef(target.Kind, target.Namespace, target.Name);
        foreach (var ranked in Diagnoser.Diagnose(snapshot))
        {
            var found = ranked.Finding;
            // A bare symptom that nothing is known to help against says no more than an alert did.
            if (found.Target != about || found.Severity == Severity.Info || (!noticed && found.Descriptor.Layer == CauseLayer.Symptom && ranked.SymptomsOf.Count == 0 && found.Remedies.Count == 0)) continue;
            yield return Told(found, ranked.SymptomsOf.Count > 0 ? ranked.SymptomsOf[0] : null);
        }
    }

    private static Finding Told(CauseFinding found, CauseFinding? root)
    {
        // What explains the trouble is elsewhere: acting here would not help.
        var course = root is null ? found.Remedies.Where(remedy => remedy.Target is null).Select(remedy => new CourseStep(remedy.Action, remedy.Parameters, $"cause:{found.Cause}", remedy.Why)).ToList() : [];
        return new Finding(new Diagnosis
        {
            Cause = found.Cause,
            Confidence = found.Confidence,
            Summary = root is null ? found.Summary : $"{found.Summary} It is a symptom of {root.Cause} of {root.Target}: {root.Summary}",
            DecidedBy = $"cause:{found.Cause}",
            Evidence = found.Evidence,
        }, course)
        {
            Recognition = true,
            EscalateAtOnce = course.Count == 0,
            Advice = root is null ? found.Advice : $"Treat {root.Target} first. {root.Advice}".Trim(),
        };
    }

    [LoggerMessage(EventId = 4301, Level = LogLevel.Information, Message = "No causes were looked for about {Target}: {Why}")]
    private static partial void LogUnread(ILogger logger, Target target, string why);
}
