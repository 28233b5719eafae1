using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>The program ends because the name of something it needs does not exist.</summary>
public sealed partial class DependencyUnresolvable : CrashCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("dependency-unresolvable", 25, CauseLayer.Root,
        "The log of the run that ended says that a host name cannot be resolved; the name is compared with the services there are.",
        "Back to the last revision when an earlier one is there; else a person corrects the name or creates the service.", "rollback-rollout");

    private protected override CrashSign? Look(ClusterSnapshot snapshot, Container container, ContainerLog log)
    {
        foreach (var (index, line) in Backwards(log))
        {
            if (HostOf(line) is not { } host || Application.DnsFailure.IsResolverTrouble(line)) continue;
            var service = Address.Service(snapshot, container.Pod.Namespace, host);
            var near = Nearest(snapshot, container.Pod.Namespace, host);
            return new CrashSign(index, host, $"{container.Words} ends because the name {host} cannot be resolved{(service is not null ? $", although service {service.Namespace}/{service.Name} exists" : near is not null ? $"; there is a service {near}" : "")}.",
                near is not null ? $"Correct the name: {near} exists, {host} does not." : $"Correct the name {host} in the container's configuration, or create the service or DNS record.") { Confidence = 0.92 };
        }
        return null;
    }

    /// <summary>The host that a line says cannot be resolved; null when it says nothing of the kind.</summary>
    internal static string? HostOf(string line)
    {
        foreach (var sign in (ReadOnlySpan<Regex>)[LookupSays(), HostFirst(), HostAfter()])
            if (sign.Match(line) is { Success: true } match) return match.Groups["host"].Value.TrimEnd('.');
        return null;
    }

    private static string? Nearest(ClusterSnapshot snapshot, string @namespace, string host)
    {
        var first = host.Split('.')[0];
        return snapshot.Of("Service", @namespace).Select(service => service.Name).FirstOrDefault(name => name != first && (name.StartsWith(first, StringComparison.Ordinal) || first.StartsWith(name, StringComparison.Ordinal) || Distance(name, first) <= 2));
    }

    private static int Distance(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > 2 || one.Length > 63 || other.Length > 63) return 3;
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var next = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }
        return row[other.Length];
    }

    [GeneratedRegex(@"lookup (?<host>[A-Za-z0-9][\w.-]{0,252})(?: on [\d.:\[\]a-f]+)?: no such host", RegexOptions.CultureInvariant)]
    private static partial Regex LookupSays();

    [GeneratedRegex(@"(?:getaddrinfo (?:ENOTFOUND|EAI_NONAME)|UnknownHostException:|could not translate host name|Could not resolve host:?|Unknown (?:MySQL server )?host|unable to resolve host address|Failed to resolve|getaddrinfo for)\s+['""‘]?(?<host>[A-Za-z0-9][\w.-]{1,252})", RegexOptions.CultureInvariant)]
    private static partial Regex HostFirst();

    [GeneratedRegex(@"['""(]?(?<host>[A-Za-z0-9][\w-]{0,62}(?:\.[\w-]{1,63}){0,8})['"")]?(?::\d+)?[: ,]{1,3}(?:Name or service not known|nodename nor servname provided|No such host is known|bad address)", RegexOptions.CultureInvariant)]
    private static partial Regex HostAfter();
}
