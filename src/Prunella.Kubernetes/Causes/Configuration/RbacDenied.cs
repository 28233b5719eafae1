using System.Text.RegularExpressions;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Configuration;

/// <summary>A program is refused by the API because its service account lacks a right.</summary>
public sealed partial class RbacDenied : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("rbac-denied", "Configuration", CauseLayer.Root)
    {
        RecognisedBy = "Logs or events hold the API's refusal: user, verb, resource, group and namespace are taken from it.",
        Done = "A person grants the right; Prunella never changes RBAC.",
        Family = "crash",
        Precedence = 18,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var container in Containers(snapshot))
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var log in snapshot.LogsOf(container))
            {
                foreach (var index in log.Telling.Reverse())
                {
                    if (!log.Lines[index].Contains(" cannot ", StringComparison.Ordinal) || Denied().Match(log.Lines[index]) is not { Success: true } match || !seen.Add(match.Value)) continue;
                    var (offender, summary, advice) = Explain(match);
                    var found = Found(snapshot, container.Pod, offender, 0.95, summary, Observed.Log(snapshot, container, log, index));
                    yield return found with { Severity = container.Crashing ? found.Severity : Severity.Warning, Advice = advice };
                }
            }
        }
        foreach (var happened in snapshot.Events.Where(happened => happened.Warning && happened.Message.Contains(" cannot ", StringComparison.Ordinal)))
        {
            if (Denied().Match(happened.Message) is not { Success: true } match) continue;
            var (offender, summary, advice) = Explain(match);
            yield return Found(snapshot.Find(happened.About) is { } about ? snapshot.TopOf(about) : happened.About, offender, 0.93, Severity.Warning, summary, Observed.Event(snapshot, happened)) with { Advice = advice };
        }
    }

    private static (string Offender, string Summary, string Advice) Explain(Match match)
    {
        var subject = match.Groups["user"].Value;
        var group = match.Groups["group"].Value;
        var what = $"{match.Groups["verb"].Value} {match.Groups["resource"].Value}{(group.Length > 0 ? "." + group : "")}";
        var where = match.Groups["namespace"].Success ? $"in namespace {match.Groups["namespace"].Value}" : "in the whole cluster";
        var account = subject.StartsWith("system:serviceaccount:", StringComparison.Ordinal) ? $"service account {subject["system:serviceaccount:".Length..].Replace(':', '/')}" : $"user {subject}";
        return ($"{what} {where} by {subject}", $"{account} may not {what} {where}.", $"Grant {account} the verb \"{match.Groups["verb"].Value}\" on \"{match.Groups["resource"].Value}\" of API group \"{group}\" {where} by a role and its binding, if it is meant to have it.");
    }

    [GeneratedRegex(@"[Uu]ser \\?""(?<user>[^""\\]{1,253})\\?"" cannot (?<verb>\w{1,30}) resource \\?""(?<resource>[^""\\]{1,120})\\?"" in API group \\?""(?<group>[^""\\]{0,120})\\?""(?: in the namespace \\?""(?<namespace>[^""\\]{1,63})\\?"")?", RegexOptions.CultureInvariant)]
    private static partial Regex Denied();
}
