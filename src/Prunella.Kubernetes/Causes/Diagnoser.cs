using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes;

/// <summary>A finding with its place among the others.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="SymptomsOf">The findings whose trouble explains this one; empty for a root.</param>
public sealed record RankedFinding(CauseFinding Finding, IReadOnlyList<CauseFinding> SymptomsOf);

/// <summary>
/// Asks every cause about a snapshot and puts the answers in order: one finding for the pods of an owner, one for a failure
/// that several causes recognise, symptoms after what explains them. Deterministic; thread-safe; changes nothing.
/// </summary>
public static class Diagnoser
{
    private const int EvidenceMax = 8;
    private const int PodsMax = 50;

    /// <summary>What is wrong, the worst roots first, each followed by its symptoms; then hints.</summary>
    public static IReadOnlyList<RankedFinding> Diagnose(ClusterSnapshot snapshot) => Diagnose(snapshot, CauseCatalogue.All);

    internal static IReadOnlyList<RankedFinding> Diagnose(ClusterSnapshot snapshot, IEnumerable<Cause> causes)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var merged = Merge(causes.SelectMany(cause => cause.Recognise(snapshot)).Where(finding => !EndsWithItsNamespace(snapshot, finding)));
        var standing = Fold(merged);
        return Rank(standing);
    }

    /// <summary>A namespace that is being deleted takes everything with it: only what keeps it from ending is trouble.</summary>
    private static bool EndsWithItsNamespace(ClusterSnapshot snapshot, CauseFinding finding) =>
        finding.Target.Namespace.Length > 0 && finding.Cause != "stuck-terminating"
        && snapshot.Find(new ObjectRef("Namespace", "", finding.Target.Namespace)) is { } space && space.Metadata["deletionTimestamp"].Exists;

    private static bool IsHint(CauseFinding finding) => finding.Severity == Incidents.Severity.Info;

    /// <summary>The same cause about the same offender of the same object is one finding, however many pods show it.</summary>
    private static List<CauseFinding> Merge(IEnumerable<CauseFinding> findings)
    {
        var merged = new List<CauseFinding>();
        foreach (var group in findings.GroupBy(finding => (finding.Cause, finding.Target, finding.Offender)))
        {
            var best = group.OrderByDescending(finding => finding.Confidence).First();
            var all = group.ToList();
            var pods = all.SelectMany(finding => finding.Pods).Distinct().Order(StringComparer.Ordinal).Take(PodsMax).ToList();
            merged.Add(all.Count == 1 ? best : best with
            {
                Evidence = [.. best.Evidence.Concat(all.Where(finding => finding != best).SelectMany(finding => finding.Evidence.Take(1))).DistinctBy(fact => (fact.Source, fact.Object, fact.Text)).Take(EvidenceMax)],
                Severity = all.Max(finding => finding.Severity),
                Pods = pods,
                Blames = [.. all.SelectMany(finding => finding.Blames).Distinct()],
                Remedies = [.. all.SelectMany(finding => finding.Remedies).DistinctBy(remedy => (remedy.Action, remedy.Target, string.Join(',', remedy.Parameters)))],
            });
        }
        return merged;
    }

    /// <summary>Of one object: one finding for each family, and no bare symptom beside what explains it.</summary>
    private static List<CauseFinding> Fold(List<CauseFinding> findings)
    {
        var standing = new List<CauseFinding>();
        foreach (var group in findings.GroupBy(finding => finding.Target))
        {
            var inFamilies = new List<CauseFinding>();
            foreach (var family in group.GroupBy(finding => finding.Descriptor.Family.Length > 0 ? finding.Descriptor.Family : finding.Cause + "\0" + finding.Offender))
            {
                // The same precedence means offenders of equal standing: two missing keys are two findings.
                var first = family.Min(finding => finding.Descriptor.Precedence);
                inFamilies.AddRange(family.Where(finding => finding.Descriptor.Precedence == first));
            }
            var explained = inFamilies.Any(finding => finding.Descriptor.Layer is CauseLayer.Root or CauseLayer.Failure && !IsHint(finding));
            var left = inFamilies.Where(finding => finding.Descriptor.Layer != CauseLayer.Symptom || !explained).ToList();
            // Of bare symptoms the most telling one stands for all.
            if (!explained && left.Count(finding => finding.Descriptor.Layer == CauseLayer.Symptom) > 1)
            {
                var least = left.Where(finding => finding.Descriptor.Layer == CauseLayer.Symptom).Min(finding => finding.Descriptor.Precedence);
                left.RemoveAll(finding => finding.Descriptor.Layer == CauseLayer.Symptom && finding.Descriptor.Precedence > least);
            }
            // A probe fails because the process crashes, not the other way round.
            if (left.Exists(finding => finding.Descriptor.Family == "crash" && finding.Descriptor.Layer != CauseLayer.Symptom && finding.Descriptor.Name != "application-crash"))
                left.RemoveAll(finding => finding.Descriptor.Family == "probe");
            standing.AddRange(left);
        }
        return standing;
    }

    private static List<RankedFinding> Rank(List<CauseFinding> findings)
    {
        var about = findings.Where(finding => !IsHint(finding)).ToLookup(finding => finding.Target);
        var ranked = findings.ConvertAll(finding => new RankedFinding(finding, [.. Explaining(finding, about)]));
        // Two that blame each other are both roots: who is first cannot be told.
        ranked = ranked.ConvertAll(entry => entry.SymptomsOf.Count > 0 && Reaches(entry.Finding, entry.SymptomsOf, ranked) ? entry with { SymptomsOf = [] } : entry);

        var followers = ranked.Where(entry => entry.SymptomsOf.Count > 0).ToLookup(entry => entry.SymptomsOf[0]);
        var ordered = new List<RankedFinding>(ranked.Count);
        foreach (var root in ranked.Where(entry => entry.SymptomsOf.Count == 0).OrderBy(entry => IsHint(entry.Finding))
            .ThenByDescending(entry => entry.Finding.Severity).ThenByDescending(entry => followers[entry.Finding].Count()).ThenBy(entry => entry.Finding.Descriptor.Layer)
            .ThenByDescending(entry => entry.Finding.Confidence).ThenBy(entry => entry.Finding.Target.ToString(), StringComparer.Ordinal).ThenBy(entry => entry.Finding.Offender, StringComparer.Ordinal))
            Add(root, followers, ordered);
        return ordered;
    }

    private static IEnumerable<CauseFinding> Explaining(CauseFinding finding, ILookup<ObjectRef, CauseFinding> about)
    {
        if (IsHint(finding)) yield break;
        foreach (var blamed in finding.Blames)
        {
            if (blamed == finding.Target) continue;
            foreach (var explaining in about[blamed]) if (explaining != finding) yield return explaining;
        }
    }

    private static bool Reaches(CauseFinding start, IReadOnlyList<CauseFinding> from, List<RankedFinding> ranked)
    {
        var seen = new HashSet<CauseFinding>(ReferenceEqualityComparer.Instance);
        var open = new Stack<CauseFinding>(from);
        while (open.TryPop(out var current))
        {
            if (ReferenceEquals(current, start)) return true;
            if (!seen.Add(current)) continue;
            foreach (var next in ranked.Find(entry => ReferenceEquals(entry.Finding, current))?.SymptomsOf ?? []) open.Push(next);
        }
        return false;
    }

    private static void Add(RankedFinding entry, ILookup<CauseFinding, RankedFinding> followers, List<RankedFinding> ordered)
    {
        if (ordered.Contains(entry)) return;
        ordered.Add(entry);
        foreach (var follower in followers[entry.Finding].OrderByDescending(symptom => symptom.Finding.Severity).ThenBy(symptom => symptom.Finding.Target.ToString(), StringComparer.Ordinal)) Add(follower, followers, ordered);
    }
}
