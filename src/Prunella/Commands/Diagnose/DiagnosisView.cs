using System.Text.Json.Serialization;
using Prunella.Incidents;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Snapshot;
using Prunella.Remediation.Judging;

namespace Prunella.Commands.Diagnose;

/// <summary>One finding as <c>--output json</c> prints it.</summary>
internal sealed record DiagnosisView(TargetView Target, string Cause, double Confidence, Severity Severity, string Summary, IReadOnlyList<EvidenceView> Evidence, IReadOnlyList<ProposalView> Proposals)
{
    /// <summary>What explains it; left out for a root.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SymptomOfView>? SymptomsOf { get; init; }

    /// <summary>What a model says where the rules are unsure; left out where none was asked, or none answered.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OpinionView? SecondOpinion { get; init; }

    /// <summary>What a person should do; part of the summary in JSON.</summary>
    [JsonIgnore]
    internal string Advice { get; init; } = "";

    /// <summary>The pods in which it was seen.</summary>
    [JsonIgnore]
    internal IReadOnlyList<string> Pods { get; init; } = [];

    /// <summary>The summary without the advice.</summary>
    [JsonIgnore]
    internal string Said { get; init; } = "";

    internal static DiagnosisView Of(ClusterSnapshot snapshot, RankedFinding ranked, ProposalJudge judge)
    {
        var finding = ranked.Finding;
        return new DiagnosisView(
            TargetView.Of(finding.Target), finding.Cause, Math.Round(finding.Confidence, 2), finding.Severity,
            finding.Advice.Length > 0 ? $"{finding.Summary} {finding.Advice}" : finding.Summary,
            [.. finding.Evidence.Select(fact => new EvidenceView(fact.Source, fact.Object, fact.Text, fact.Time))],
            // A symptom is not treated: what explains it is.
            ranked.SymptomsOf.Count > 0 ? [] : [.. finding.Remedies.Select(remedy => ProposalView.Of(judge.Judge(snapshot, finding, remedy)))])
        {
            SymptomsOf = ranked.SymptomsOf.Count == 0 ? null : [.. ranked.SymptomsOf.Select(root => new SymptomOfView(root.Target.Kind, root.Target.Namespace, root.Target.Name, root.Cause)).Distinct()],
            Advice = finding.Advice, Pods = finding.Pods, Said = finding.Summary,
        };
    }
}

/// <summary>The object in trouble.</summary>
internal sealed record TargetView(string Kind, string Namespace, string Name)
{
    internal static TargetView Of(ObjectRef target) => new(target.Kind, target.Namespace, target.Name);

    public override string ToString() => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}

/// <summary>One fact.</summary>
internal sealed record EvidenceView(string Source, string Object, string Text, DateTimeOffset Time);

/// <summary>One action that may help.</summary>
internal sealed record ProposalView(string Action, IReadOnlyDictionary<string, string> Parameters, string Class, VerdictKind Verdict, string Why)
{
    internal static ProposalView Of(JudgedProposal judged) => new(judged.Action, judged.Parameters, judged.Class?.ToString() ?? "Unknown", judged.Verdict, judged.Why);
}

/// <summary>The finding that explains a symptom.</summary>
internal sealed record SymptomOfView(string Kind, string Namespace, string Name, string Cause);
