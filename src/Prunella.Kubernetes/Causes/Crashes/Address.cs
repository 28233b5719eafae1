using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>A host and port named in a log, and the service of the cluster that it means.</summary>
internal static partial class Address
{
    /// <summary>The best address of a line: a name rather than a number; null when it has none.</summary>
    internal static string? In(string line)
    {
        string? best = null;
        foreach (Match match in HostPort().Matches(line))
        {
            var host = match.Groups["host"].Value;
            if (host.Length == 0 || host.EndsWith(".go", StringComparison.Ordinal) || host.EndsWith(".js", StringComparison.Ordinal) || host.EndsWith(".java", StringComparison.Ordinal) || host.EndsWith(".py", StringComparison.Ordinal) || host.EndsWith(".cs", StringComparison.Ordinal)) continue;
            var number = char.IsAsciiDigit(host[0]) && host.All(character => char.IsAsciiDigit(character) || character == '.');
            if (number && !host.Contains('.', StringComparison.Ordinal)) continue;
            if (best is null || !number) best = match.Value.TrimStart('/', '@');
            if (!number) break;
        }
        if (best is null && HostAndPort().Match(line) is { Success: true } words) best = $"{words.Groups["host"].Value}:{words.Groups["port"].Value}";
        return best;
    }

    /// <summary>The service of the cluster that a host means from that namespace: by name, or by its address; null when none is known.</summary>
    internal static KubeObject? Service(ClusterSnapshot snapshot, string @namespace, string address)
    {
        var host = address.Split(':')[0];
        var parts = host.Split('.');
        if (parts.Length == 1 && snapshot.Find("Service", @namespace, host) is { } near) return near;
        if (parts.Length is 2 or >= 3 && (parts.Length == 2 || parts[2] == "svc") && snapshot.Find("Service", parts[1], parts[0]) is { } far) return far;
        return snapshot.Of("Service").FirstOrDefault(service => service.Spec["clusterIP"].Text == host);
    }

    /// <summary>What the trouble of an address is to be blamed on: the service, and the workloads whose pods it selects.</summary>
    internal static IReadOnlyList<ObjectRef> Blames(ClusterSnapshot snapshot, string @namespace, string address)
    {
        if (Service(snapshot, @namespace, address) is not { } service) return [];
        var selector = service.Spec["selector"].Texts;
        return selector.Count == 0 ? [service.Ref]
            : [.. snapshot.PodsIn(service.Namespace).Where(pod => LabelSelector.Fits(selector, pod.Labels)).Select(snapshot.TopOf).Distinct(), service.Ref];
    }

    [GeneratedRegex(@"(?<![\w.])(?<host>[A-Za-z0-9][A-Za-z0-9.-]{0,200}):(?<port>\d{2,5})\b(?!:\d)", RegexOptions.CultureInvariant)]
    private static partial Regex HostPort();

    [GeneratedRegex(@"(?:host|server at|to) ['""]?(?<host>[A-Za-z0-9][A-Za-z0-9.-]{1,200})['""]?[^:]{0,30}? port:? (?<port>\d{2,5})", RegexOptions.CultureInvariant)]
    private static partial Regex HostAndPort();
}
