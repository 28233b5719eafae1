using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Prunella.Commands.Diagnose;

/// <summary>Findings as a good colleague would note them: what, why, what to do, worst first.</summary>
internal static class DiagnosisNote
{
    private const int EvidenceMax = 3;

    internal static Rows Write(IReadOnlyList<DiagnosisView> findings, ClusterSnapshot snapshot)
    {
        var rows = new List<IRenderable>();
        var wrong = findings.Where(finding => finding.Severity > Severity.Info).ToList();
        var roots = wrong.Count(finding => finding.SymptomsOf is null);
        rows.Add(Line(wrong.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"Nothing is wrong in {Count(snapshot.PodCount, "pod")} and {Count(snapshot.ObjectCount, "object")} that were looked at.")
            : string.Create(CultureInfo.InvariantCulture, $"{roots} {(roots == 1 ? "cause" : "causes")} of trouble{(wrong.Count > roots ? $", {wrong.Count - roots} {(wrong.Count - roots == 1 ? "symptom" : "symptoms")} of {(roots == 1 ? "it" : "them")}" : "")}, in {Count(snapshot.PodCount, "pod")} and {Count(snapshot.ObjectCount, "object")}."), Decoration.Bold));
        foreach (var finding in findings) rows.AddRange(Note(finding));
        return new Rows(rows);
    }

    private static IEnumerable<IRenderable> Note(DiagnosisView finding)
    {
        var indent = finding.SymptomsOf is null ? "" : "   ";
        var word = finding.Cause == "healthy" ? "healthy" : finding.SymptomsOf is not null ? "symptom" : finding.Severity switch { Severity.Critical => "CRITICAL", Severity.Warning => "warning", _ => "hint" };
        yield return Line("");
        yield return Line(string.Create(CultureInfo.InvariantCulture, $"{indent}{word}  {finding.Target}  {finding.Cause} ({finding.Confidence:P0} sure){(finding.Pods.Count > 1 ? $", {finding.Pods.Count} pods" : "")}"), Decoration.Bold);
        yield return Line($"{indent}  {finding.Said}");
        if (finding.SymptomsOf is { } roots) yield return Line($"{indent}  because of: {string.Join(", ", roots.Select(root => $"{root.Cause} of {root.Kind} {(root.Namespace.Length > 0 ? root.Namespace + "/" : "")}{root.Name}"))}");
        foreach (var fact in finding.Evidence.Take(EvidenceMax)) yield return Line($"{indent}  - {fact.Object}: {fact.Text}");
        foreach (var proposal in finding.Proposals) yield return Line($"{indent}  proposes {Proposed(proposal)}");
        if (finding.SecondOpinion is { } opinion)
        {
            yield return Line($"{indent}  second opinion: {opinion} (${opinion.Dollars.ToString("0.0000", CultureInfo.InvariantCulture)})");
            foreach (var proposal in opinion.Proposals) yield return Line($"{indent}    would try {Proposed(proposal)}");
            if (opinion.Advice.Length > 0) yield return Line($"{indent}    look at: {opinion.Advice}");
        }
        if (finding.Advice.Length > 0 && finding.SymptomsOf is null) yield return Line($"{indent}  do: {finding.Advice}");
    }

    private static string Proposed(ProposalView proposal)
    {
        var with = string.Join(' ', proposal.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"));
        var may = proposal.Verdict switch { Remediation.Judging.VerdictKind.Execute => "may be done", Remediation.Judging.VerdictKind.Ask => "asks first", Remediation.Judging.VerdictKind.Refuse => "refused", _ => "for a person" };
        return $"{proposal.Action}{(with.Length > 0 ? " " + with : "")}: {may} ({proposal.Class}). {proposal.Why}";
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static Text Line(string text, Decoration decoration = Decoration.None) => Output.Cell(text, new Style(decoration: decoration));
}
