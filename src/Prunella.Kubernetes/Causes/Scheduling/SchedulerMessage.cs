using System.Globalization;
using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scheduling;

/// <summary>Why a pod found no node, in the order in which a reason is nearer to what can be put right.</summary>
internal enum SchedulingReason { Claim, Resources, Ports, TooManyPods, AntiAffinity, Affinity, Spread, Taint, Cordoned, Selector, Other }

/// <summary>One part of the scheduler's message: so many nodes, for this reason.</summary>
internal readonly record struct SchedulingPart(SchedulingReason Reason, int Nodes, string Detail);

/// <summary>
/// The scheduler's message taken apart, as its versions from 1.18 to 1.33 write it. What comes first is what stands in the
/// way on the nodes that would otherwise do: a selector that fits no node only counts when nothing else was met.
/// </summary>
internal sealed partial record SchedulerMessage(string Text, IReadOnlyList<SchedulingPart> Parts, DateTimeOffset? At)
{
    internal SchedulingPart First => Parts.Count > 0 ? Parts[0] : new SchedulingPart(SchedulingReason.Other, 0, Text);

    /// <summary>The message about a pod that waits for a node; null when it waits for none.</summary>
    internal static SchedulerMessage? Of(ClusterSnapshot snapshot, Pod pod)
    {
        if (!pod.Live || pod.Node.Length > 0) return null;
        var condition = pod.Condition("PodScheduled");
        if (condition["status"].Text == "False" && condition["reason"].Text is "Unschedulable" or "" && condition["message"].Text.Length > 0)
            return Parse(condition["message"].Text, condition["lastTransitionTime"].Time);
        var happened = Observed.Events(snapshot, pod.Ref, "FailedScheduling").FirstOrDefault();
        return happened is null ? null : Parse(happened.Message, happened.At);
    }

    internal static SchedulerMessage Parse(string text, DateTimeOffset? at)
    {
        // What follows "preemption:" repeats the same for preemption.
        var cut = text.IndexOf(" preemption:", StringComparison.Ordinal);
        var body = cut > 0 ? text[..cut] : text;
        var parts = new List<SchedulingPart>();
        foreach (Match match in InsufficientPart().Matches(body)) parts.Add(new(SchedulingReason.Resources, Nodes(match), match.Groups[2].Value));
        foreach (Match match in TaintPart().Matches(body)) parts.Add(Kept(Nodes(match), match.Groups[2].Value.Trim().TrimEnd(':')));
        Add(parts, SchedulingReason.TooManyPods, TooManyPart().Match(body));
        Add(parts, SchedulingReason.Ports, PortsPart().Match(body));
        Add(parts, SchedulingReason.AntiAffinity, AntiAffinityPart().Match(body));
        if (!parts.Exists(part => part.Reason == SchedulingReason.AntiAffinity)) Add(parts, SchedulingReason.Affinity, AffinityPart().Match(body));
        Add(parts, SchedulingReason.Spread, SpreadPart().Match(body));
        Add(parts, SchedulingReason.Cordoned, CordonedPart().Match(body));
        Add(parts, SchedulingReason.Selector, SelectorPart().Match(body));
        foreach (Match match in ClaimPart().Matches(body)) parts.Add(new(SchedulingReason.Claim, 0, match.Groups[1].Value));
        return new SchedulerMessage(text, [.. parts.OrderBy(part => IsControlPlane(part) ? 100 : (int)part.Reason).ThenByDescending(part => part.Nodes)], at);
    }

    /// <summary>A cordon is a taint too, and some versions name it so.</summary>
    private static SchedulingPart Kept(int nodes, string taint) => new(taint.StartsWith("node.kubernetes.io/unschedulable", StringComparison.Ordinal) ? SchedulingReason.Cordoned : SchedulingReason.Taint, nodes, taint);

    private static bool IsControlPlane(SchedulingPart part) => part.Reason == SchedulingReason.Taint && (part.Detail.Contains("node-role.kubernetes.io/control-plane", StringComparison.Ordinal) || part.Detail.Contains("node-role.kubernetes.io/master", StringComparison.Ordinal));

    private static void Add(List<SchedulingPart> parts, SchedulingReason reason, Match match)
    {
        if (match.Success) parts.Add(new(reason, Nodes(match), match.Value.Trim()));
    }

    private static int Nodes(Match match) => int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var nodes) ? nodes : 0;

    [GeneratedRegex(@"(\d+) Insufficient ([\w./-]*\w)", RegexOptions.CultureInvariant)]
    private static partial Regex InsufficientPart();

    [GeneratedRegex(@"(\d+) node\(s\) had (?:untolerated )?taints? ?\{([^}]{1,300})\}", RegexOptions.CultureInvariant)]
    private static partial Regex TaintPart();

    [GeneratedRegex(@"(\d+) Too many pods", RegexOptions.CultureInvariant)]
    private static partial Regex TooManyPart();

    [GeneratedRegex(@"(\d+) node\(s\) didn't have free ports", RegexOptions.CultureInvariant)]
    private static partial Regex PortsPart();

    [GeneratedRegex(@"(\d+) node\(s\) didn't (?:match|satisfy)(?: existing)? pods?(?:'s)? anti-affinity", RegexOptions.CultureInvariant)]
    private static partial Regex AntiAffinityPart();

    [GeneratedRegex(@"(\d+) node\(s\) didn't match pod affinity", RegexOptions.CultureInvariant)]
    private static partial Regex AffinityPart();

    [GeneratedRegex(@"(\d+) node\(s\) didn't match pod topology spread constraints", RegexOptions.CultureInvariant)]
    private static partial Regex SpreadPart();

    [GeneratedRegex(@"(\d+) node\(s\) were unschedulable", RegexOptions.CultureInvariant)]
    private static partial Regex CordonedPart();

    [GeneratedRegex(@"(\d+) node\(s\) didn't match (?:node selector|Pod's node affinity|node affinity)", RegexOptions.CultureInvariant)]
    private static partial Regex SelectorPart();

    [GeneratedRegex(@"(pod has unbound immediate PersistentVolumeClaims|persistentvolumeclaim ""[^""]{1,253}"" (?:not found|is being deleted)|node\(s\) (?:didn't find available persistent volumes to bind|had volume node affinity conflict|unavailable due to [\w ]*volume[\w ]*))", RegexOptions.CultureInvariant)]
    private static partial Regex ClaimPart();
}
