using System.Globalization;
using System.Text.RegularExpressions;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Probes;

/// <summary>
/// What the causes of failing probes share: what the kubelet said, held against what the container declares and how long it
/// takes to start.
/// </summary>
public abstract partial class ProbeCause : Cause
{
    // The kubelet looks at its containers once a second and tells of an end with its next status; the API's times are whole seconds.
    private static readonly TimeSpan UntilAnEndIsTold = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(30);

    /// <summary><c>Liveness</c>, <c>Readiness</c> or <c>Startup</c>.</summary>
    private protected abstract string Kind { get; }

    /// <summary><c>livenessProbe</c>.</summary>
    private protected abstract string FieldName { get; }

    /// <summary>Whether the container is in the state that this probe's failing leads to.</summary>
    private protected abstract bool Suffers(ClusterSnapshot snapshot, Container container, bool killed);

    private protected abstract string Consequence(Container container);

    /// <inheritdoc/>
    public sealed override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var container in Containers(snapshot))
        {
            var probe = container.Spec[FieldName];
            if (container.Init && !probe.Exists) continue;
            var failed = snapshot.EventsOf(container.Pod.Ref).FirstOrDefault(happened => happened.Reason == "Unhealthy" && happened.Message.StartsWith(Kind, StringComparison.Ordinal) && happened.IsAbout(container.Name) && snapshot.Since(happened.At) < Recent && !Ended().IsMatch(happened.Message));
            var killing = snapshot.EventsOf(container.Pod.Ref).FirstOrDefault(happened => happened.Reason == "Killing" && happened.IsAbout(container.Name) && Killed().Match(happened.Message) is { Success: true } match && match.Groups[1].Value.Equals(Kind, StringComparison.OrdinalIgnoreCase) && snapshot.Since(happened.At) < Recent);
            if ((failed is null && killing is null) || !Suffers(snapshot, container, killing is not null)) continue;
            var message = failed?.Message ?? "";
            if (killing is null && MayHaveJustEnded(snapshot, container, message)) continue;
            var (offender, why, advice, confidence) = Explain(container, probe, message, killing is not null);
            var evidence = new List<Evidence>();
            if (failed is not null) evidence.Add(Observed.Event(snapshot, failed));
            if (killing is not null) evidence.Add(Observed.Event(snapshot, killing));
            if (container.Ended.Exists) evidence.Add(Observed.Ended(snapshot, container));
            yield return Found(snapshot, container.Pod, offender, confidence, $"The {Kind.ToLower(CultureInfo.InvariantCulture)} probe of {container.Words} fails: {why}. {Consequence(container)}", evidence) with
            {
                Advice = advice, Remedies = [.. Rollouts.BackOrNone(snapshot, container.Pod), .. MoreTime(snapshot, container, probe, offender)],
            };
        }
    }

    /// <summary>What was ready until now and listens no more has often ended, and why is told a moment later.</summary>
    private static bool MayHaveJustEnded(ClusterSnapshot snapshot, Container container, string message) =>
        container.Running && HungUp().IsMatch(message) && container.Pod.Condition("Ready") is var ready && ready["status"].Text == "False" && ready["lastTransitionTime"].Time is { } since && snapshot.Since(since) < UntilAnEndIsTold
        && snapshot.Since(container.StartedAt) >= UntilAnEndIsTold;

    /// <summary>More time for a probe that asks the right thing too early or too briefly: twice what the start took, three times the answer's time.</summary>
    private IEnumerable<Remedy> MoreTime(ClusterSnapshot snapshot, Container container, Field probe, string offender)
    {
        if (container.Init || snapshot.TopOf(container.Pod).Kind is not ("Deployment" or "StatefulSet" or "DaemonSet")) yield break;
        var remedy = new Remedy("adjust-probe", "It asks the right thing and gives too little time.").With("container", container.Name).With("probe", Kind.ToLower(CultureInfo.InvariantCulture));
        if (offender.StartsWith("timeoutSeconds", StringComparison.Ordinal))
            yield return remedy.With("timeout-seconds", Math.Clamp(probe["timeoutSeconds"].Int(1) * 3, 3, 60).ToString(CultureInfo.InvariantCulture));
        if (!offender.StartsWith("timing", StringComparison.Ordinal)) yield break;
        var period = Math.Max(1, probe["periodSeconds"].Int(10));
        var wanted = 2 * Math.Max(Allowed(probe).TotalSeconds, container.RanFor?.TotalSeconds ?? 0) - probe["initialDelaySeconds"].Int();
        yield return remedy.With("failure-threshold", ((int)Math.Clamp(Math.Ceiling(wanted / period), 3, 1_000)).ToString(CultureInfo.InvariantCulture));
    }

    private (string Offender, string Why, string Advice, double Confidence) Explain(Container container, Field probe, string message, bool killed)
    {
        var (port, path) = Asked(probe);
        var number = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : container.Ports.FirstOrDefault(declared => declared.Name == port).Number;
        var declared = container.Ports.ToList();
        var ports = Words.List(declared.Select(candidate => candidate.Name.Length > 0 ? $"{candidate.Number} ({candidate.Name})" : candidate.Number.ToString(CultureInfo.InvariantCulture)));
        if (port.Length > 0 && number == 0) return ($"port {port}", $"it asks port {port}, a name that the container does not declare{(ports.Length > 0 ? $" (it declares {ports})" : "")}", $"Set the probe's port to one that the container declares{(ports.Length > 0 ? $": {ports}" : "")}.", 0.96);
        if (Status().Match(message) is { Success: true } status)
        {
            var code = int.Parse(status.Groups[1].Value, CultureInfo.InvariantCulture);
            return code is 404 or 405
                ? ($"path {path}", $"{path} on port {port} answers {code}: there is no such path", "Correct the probe's path to one that the application serves.", 0.96)
                : code is 401 or 403 ? ($"path {path}", $"{path} on port {port} answers {code}: it asks for a login", "Let the probe's path answer without a login, or choose another.", 0.95)
                : ($"status {code}", $"{path} on port {port} answers {code}: the application says itself that it is unwell", "Read the application's log for what its health check finds missing.", 0.85);
        }
        if (Refused().IsMatch(message))
        {
            if (declared.Count > 0 && declared.TrueForAll(candidate => candidate.Number != number))
                return ($"port {port}", $"nothing listens on port {port}, and the container declares {ports}", $"Set the probe's port to {ports}, or let the application listen on {port}.", 0.96);
            var allowed = Allowed(probe);
            return Kind != "Readiness" && (killed || container.Restarts > 0)
                ? ($"timing of {FieldName}", $"nothing listens on port {port} yet when its {Words.Of(allowed)} are over{(container.RanFor is { } ran ? $"; it was ended after {Words.Of(ran)}" : "")}", "Give the container a startupProbe, or more initialDelaySeconds and failureThreshold, for as long as its start takes.", 0.85)
                : ($"port {port}", $"nothing listens on port {port}", "Look at why the application does not listen: its log tells how far it came.", 0.8);
        }
        if (TimedOut().IsMatch(message))
        {
            var timeout = probe["timeoutSeconds"].Int(1);
            return ($"timeoutSeconds {timeout}", $"no answer within {timeout} s{(path.Length > 0 ? $" from {path}" : "")}", "Raise timeoutSeconds above the slowest healthy answer, or find what makes it slow (CPU limit, a dependency in the health check).", 0.85);
        }
        if (probe["exec"].Exists)
        {
            var command = string.Join(' ', probe["exec"]["command"].Items.All().Select(part => part.Text));
            var said = message.IndexOf(": ", StringComparison.Ordinal) is var at and > 0 ? message[(at + 2)..].Trim() : "";
            return ($"command {command}", $"its command \"{command}\" fails{(said.Length > 0 ? $": {said}" : "")}", "Run the command in the container by hand (kubectl exec) to see what it misses.", 0.85);
        }
        return (FieldName, message.Length > 0 ? message : "the kubelet does not say why", "Look at the probe and the application's log.", 0.7);
    }

    private protected static TimeSpan Allowed(Field probe) =>
        TimeSpan.FromSeconds(probe["initialDelaySeconds"].Int() + Math.Max(1, probe["periodSeconds"].Int(10)) * (double)Math.Max(1, probe["failureThreshold"].Int(3)));

    private static (string Port, string Path) Asked(Field probe)
    {
        var http = probe["httpGet"];
        return http.Exists ? (http["port"].Text, http["path"].TextOrNull ?? "/") : (probe["tcpSocket"]["port"].TextOrNull ?? probe["grpc"]["port"].Text, "");
    }

    private protected static CauseDescriptor Describe(string name, int precedence, string recognisedBy, string done) =>
        new(name, "Probes", CauseLayer.Failure) { RecognisedBy = recognisedBy, Done = done, Actions = ["rollback-rollout", "adjust-probe"], Family = "probe", Precedence = precedence };

    [GeneratedRegex(@"failed (liveness|startup|readiness) probe", RegexOptions.CultureInvariant)]
    private static partial Regex Killed();

    /// <summary>The container ended while it was asked: the probe says nothing.</summary>
    [GeneratedRegex(@"failed to find container|container not running|cannot exec in a (?:stopped|deleted|paused) (?:state|container)|process not running|is not created or running|container is in CONTAINER_EXITED state|task .{1,128} not found", RegexOptions.CultureInvariant)]
    private static partial Regex Ended();

    [GeneratedRegex(@"statuscode: (\d{3})", RegexOptions.CultureInvariant)]
    private static partial Regex Status();

    [GeneratedRegex(@"connection refused|failed to connect service", RegexOptions.CultureInvariant)]
    private static partial Regex Refused();

    [GeneratedRegex(@"connection refused|connection reset|\bEOF\b", RegexOptions.CultureInvariant)]
    private static partial Regex HungUp();

    [GeneratedRegex(@"deadline exceeded|Client\.Timeout|i/o timeout|timed out|timeout:", RegexOptions.CultureInvariant)]
    private static partial Regex TimedOut();
}
