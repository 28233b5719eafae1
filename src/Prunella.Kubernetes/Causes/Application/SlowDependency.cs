using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Application;

/// <summary>Something it calls answers too late, and its own callers wait with it.</summary>
public sealed partial class SlowDependency : LogCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("slow-dependency", CauseLayer.Failure,
        "At least three log lines say that a call to another host timed out or was cut by an open circuit breaker; the host is matched with the services of the cluster, so that a cascade leads to its last link.",
        "Nothing is done to the caller; the dependency's own cause is treated.");

    private protected override int LinesMin => 3;

    private protected override bool Fits(string line) => Slow().IsMatch(line) && Host().IsMatch(line);

    private protected override LogSign Explain(ClusterSnapshot snapshot, Container container, ContainerLog log, IReadOnlyList<int> lines)
    {
        var host = lines.Select(index => Host().Match(log.Lines[index]).Groups["host"].Value).GroupBy(name => name).MaxBy(group => group.Count())!;
        var blames = Crashes.Address.Blames(snapshot, container.Pod.Namespace, host.Key);
        return new LogSign(host.Key, $"{container.Words} waits too long for {host.Key}: {Words.Count(host.Count(), "call", "calls")} of its log timed out.", $"Look at {host.Key}: why is it slow?") { Blames = blames, Confidence = host.Count() >= 10 ? 0.9 : 0.8 };
    }

    [GeneratedRegex(@"context deadline exceeded|[Rr]ead timed out|SocketTimeoutException|ReadTimeout|upstream (?:request )?time[d ]*out|i/o timeout|request timed out|504 Gateway Time-?out|DEADLINE_EXCEEDED|[Cc]ircuit ?[Bb]reaker[^\n]{0,60}\bopen|TaskCanceledException|timeout of \d+ ?ms exceeded|timed out after \d+", RegexOptions.CultureInvariant)]
    private static partial Regex Slow();

    [GeneratedRegex(@"(?:https?://|upstream: ""https?://|(?:host|upstream|target|service|peer|dependency|to|calling|from)[= :""']{1,3})(?<host>[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*)(?=[:/""' ,)\]]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
