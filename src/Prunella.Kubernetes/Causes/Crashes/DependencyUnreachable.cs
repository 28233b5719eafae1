using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>The program ends because something it needs refuses or does not answer its connection.</summary>
public sealed partial class DependencyUnreachable : CrashCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("dependency-unreachable", 30, CauseLayer.Failure,
        "The log of the run that ended says that a connection was refused, reset or timed out; the address is matched with the services of the cluster.",
        "Nothing is done to the caller: when the dependency has a cause of its own, that one is treated and this is its symptom.");

    private protected override CrashSign? Look(ClusterSnapshot snapshot, Container container, ContainerLog log)
    {
        foreach (var (index, line) in Backwards(log))
        {
            if (!Refused().IsMatch(line)) continue;
            var address = Near(log, index);
            var @namespace = container.Pod.Namespace;
            var service = address is null ? null : Address.Service(snapshot, @namespace, address);
            var blames = address is null ? [] : Address.Blames(snapshot, @namespace, address);
            var refused = line.Contains("refused", StringComparison.OrdinalIgnoreCase) || line.Contains("ECONNREFUSED", StringComparison.Ordinal);
            var how = refused ? "refuses the connection" : "does not answer";
            var named = address ?? "a dependency";
            return new CrashSign(index, named, service is null
                ? $"{container.Words} ends because {named} {how}."
                : $"{container.Words} ends because {named} {how}: service {service.Namespace}/{service.Name}.",
                service is null ? $"Check that {named} is the right address and that it is up." : $"Look at service {service.Namespace}/{service.Name} and the pods behind it.") { Blames = blames, CameWithRollout = false, Confidence = address is null ? 0.75 : 0.9 };
        }
        return null;
    }

    // A name beats a number; it may stand on a line before: "connecting to db:5432".
    private static string? Near(ContainerLog log, int index)
    {
        var own = Address.In(log.Lines[index]);
        if (own is not null && !char.IsAsciiDigit(own[0])) return own;
        for (var before = index - 1; before >= Math.Max(0, index - 3); before--)
        {
            if (Address.In(log.Lines[before]) is { } named && !char.IsAsciiDigit(named[0]) && (own is null || named.Split(':')[^1] == own.Split(':')[^1])) return named;
        }
        return own;
    }

    [GeneratedRegex(@"connection refused|ECONNREFUSED|actively refused|ECONNRESET|connection reset by peer|no route to host|EHOSTUNREACH|ETIMEDOUT|connect(?:ion)?[^\n]{0,40}timed? ?out|dial tcp[^\n]{0,120}i/o timeout|Communications link failure|could not connect to server|Can't connect to MySQL|ServerSelectionTimeout|Connection to [^\n]{1,120} refused", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Refused();
}
