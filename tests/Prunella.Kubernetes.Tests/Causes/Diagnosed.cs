using System.Text;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Tests.Causes;

/// <summary>What the causes make of recorded objects of a real cluster, or of objects written by hand.</summary>
internal static class Diagnosed
{
    internal static readonly string Folder = Path.Combine(Checkout.Root, "tests/Prunella.Kubernetes.Tests/Recorded");

    /// <summary>Objects and logs that <c>Recorded/record</c> took from a real cluster.</summary>
    internal static ClusterSnapshot RecordedSnapshot(string name)
    {
        var builder = new SnapshotBuilder().AddFile(Path.Combine(Folder, name + ".json"));
        if (Directory.Exists(Path.Combine(Folder, name + ".logs"))) builder.AddLogs(Path.Combine(Folder, name + ".logs"));
        return builder.Build();
    }

    internal static IReadOnlyList<RankedFinding> Recorded(string name) => Diagnoser.Diagnose(RecordedSnapshot(name));

    /// <summary>Objects written by hand after the API's documentation, with logs by <c>namespace/pod/container</c>, <c>(previous)</c> behind it for the run before.</summary>
    internal static ClusterSnapshot Snapshot(string yaml, params (string Path, string Text)[] logs)
    {
        var builder = new SnapshotBuilder().AddText("test", Encoding.UTF8.GetBytes(yaml));
        foreach (var (path, text) in logs)
        {
            var parts = path.Replace(" (previous)", "", StringComparison.Ordinal).Split('/');
            builder.AddLog(parts[0], parts[1], parts[2], path.EndsWith(" (previous)", StringComparison.Ordinal), text);
        }
        return builder.Build();
    }

    internal static IReadOnlyList<RankedFinding> From(string yaml, params (string Path, string Text)[] logs) => Diagnoser.Diagnose(Snapshot(yaml, logs));

    /// <summary>The one finding of a cause.</summary>
    internal static CauseFinding Only(this IReadOnlyList<RankedFinding> findings, string cause)
    {
        var fitting = findings.Where(ranked => ranked.Finding.Cause == cause).ToList();
        fitting.Count.ShouldBe(1, $"expected one {cause}; there is {string.Join("; ", findings.Select(ranked => $"{ranked.Finding.Cause} of {ranked.Finding.Target}: {ranked.Finding.Summary}"))}");
        return fitting[0].Finding;
    }

    /// <summary>The one root of all findings, hints aside.</summary>
    internal static CauseFinding Root(this IReadOnlyList<RankedFinding> findings)
    {
        var roots = findings.Where(ranked => ranked.SymptomsOf.Count == 0 && ranked.Finding.Severity > Incidents.Severity.Info).ToList();
        roots.Count.ShouldBe(1, $"expected one root; there is {string.Join("; ", roots.Select(ranked => $"{ranked.Finding.Cause} of {ranked.Finding.Target}: {ranked.Finding.Summary}"))}");
        return roots[0].Finding;
    }

    /// <summary>Whether nothing is wrong; hints are no trouble.</summary>
    internal static void ShouldBeWell(this IReadOnlyList<RankedFinding> findings) =>
        findings.Where(ranked => ranked.Finding.Severity > Incidents.Severity.Info).Select(ranked => $"{ranked.Finding.Cause} of {ranked.Finding.Target}: {ranked.Finding.Summary}").ShouldBeEmpty();

    /// <summary>Cause, target, a part of the offender, and evidence of a source.</summary>
    internal static CauseFinding ShouldBe(this CauseFinding finding, string cause, string target, string offender, string source)
    {
        finding.Cause.ShouldBe(cause, finding.Summary);
        finding.Target.ToString().ShouldBe(target);
        finding.Offender.ShouldContain(offender);
        finding.Evidence.Select(fact => fact.Source).ShouldContain(source);
        finding.Confidence.ShouldBeInRange(0.5, 1);
        finding.Summary.Length.ShouldBeInRange(20, 601);
        return finding;
    }
}
