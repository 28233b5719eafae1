using System.Globalization;
using Prunella.Incidents;
using Prunella.Incidents.Workloads;
using Prunella.Logs.Pipeline;

namespace Prunella.Logs;

/// <summary>What the logs of a target's pods say: patterns that are critical or interesting, new and spiking ones first.</summary>
internal sealed class LogEvidence(LogPatternBook book) : IEvidenceSource
{
    internal const string Source = "log-pattern";
    private const int PatternsMax = 8;

    public IReadOnlyList<Evidence> Gather(Target target) =>
        [.. book.Of(source => LogSource.TryPod(source, out var @namespace, out var pod, out _) && @namespace == target.Namespace && IsOf(pod, target), PatternsMax).Select(Fact)];

    private static Evidence Fact(LogPattern pattern)
    {
        var changes = pattern.Changes.Count == 0 ? "" : $" ({string.Join(", ", pattern.Changes)})";
        var text = string.Create(CultureInfo.InvariantCulture, $"×{pattern.Lines}{changes} {pattern.Text}; first {pattern.First:HH:mm:ss}, last {pattern.Last:HH:mm:ss}: {pattern.Example}");
        return new Evidence(Source, pattern.Source[LogSource.PodPrefix.Length..], text, pattern.Last) { Value = pattern.Lines, Unit = "lines" };
    }

    // A Deployment's pods are NAME-HASH-RANDOM, a StatefulSet's NAME-NUMBER, those of others NAME-RANDOM.
    private static bool IsOf(string pod, Target target)
    {
        if (target.Kind == "Pod") return pod == target.Name;
        if (!pod.StartsWith(target.Name + "-", StringComparison.Ordinal)) return false;
        var rest = pod[(target.Name.Length + 1)..].Split('-');
        return target.Kind switch
        {
            "Deployment" => rest.Length == 2 && rest[1].Length == 5,
            "StatefulSet" => rest.Length == 1 && rest[0].All(char.IsAsciiDigit),
            _ => rest.Length is 1 or 2,
        };
    }
}
