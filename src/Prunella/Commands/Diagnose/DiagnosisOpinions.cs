using System.CommandLine;
using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Snapshot;
using Prunella.Reasoning;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Diagnosing;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Diagnosing;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Judging;

namespace Prunella.Commands.Diagnose;

/// <summary>Asks a configured model about the findings that the rules are unsure of, and weighs what it says as a server does.</summary>
/// <param name="reasoner">Who is asked.</param>
/// <param name="bars">What counts as unsure.</param>
/// <param name="catalogue">The actions there are.</param>
/// <param name="judge">What the gate says of proposals.</param>
internal sealed class DiagnosisOpinions(IReasoner reasoner, ConfidenceBars bars, ActionCatalogue catalogue, ProposalJudge judge)
{
    // A command that looks at a whole cluster asks about the worst, not about everything.
    private const int AskedMax = 5;
    private const string Source = "diagnose";

    /// <summary>Whether there is anything to ask about: trouble that nothing else explains, below the bar.</summary>
    internal static bool Unsure(IEnumerable<RankedFinding> findings, ConfidenceBars bars) => findings.Any(finding => IsUnsure(finding, bars));

    /// <summary>The findings as they are shown; those that were asked about with the opinion.</summary>
    internal async Task<List<DiagnosisView>> ViewsAsync(ParseResult parsed, ClusterSnapshot snapshot, IReadOnlyList<RankedFinding> findings, CancellationToken cancellation)
    {
        List<DiagnosisView> views = [];
        var asked = 0;
        foreach (var ranked in findings)
        {
            var view = DiagnosisView.Of(snapshot, ranked, judge);
            views.Add(IsUnsure(ranked, bars) && asked++ < AskedMax ? await SecondAsync(parsed, snapshot, ranked.Finding, view, cancellation) : view);
        }
        if (asked > AskedMax) parsed.Say($"{asked - AskedMax} more findings are unsure; no model was asked about them. Name one as TARGET.");
        return views;
    }

    private static bool IsUnsure(RankedFinding ranked, ConfidenceBars bars) => ranked.SymptomsOf.Count == 0 && ranked.Finding.Severity > Severity.Info && bars.IsUnsure(Source, DiagnosisOf(ranked.Finding));

    private async Task<DiagnosisView> SecondAsync(ParseResult parsed, ClusterSnapshot snapshot, CauseFinding finding, DiagnosisView view, CancellationToken cancellation)
    {
        var diagnosis = DiagnosisOf(finding);
        var answer = await reasoner.AskAsync(
            DiagnosisQuestion.Of(IncidentOf(snapshot, finding, diagnosis), [], [diagnosis], CauseEntries.OfKubernetes, catalogue.All, []), cancellation);
        if (answer.Value is not { } opinion)
        {
            parsed.Say($"No second opinion on {finding.Cause} of {finding.Target}: {answer.Why}.");
            return view;
        }
        var weighed = OpinionWeighing.Weigh([new Finding(diagnosis, [])], opinion with { Model = answer.Model }, new GateOptions().ConfidenceMin, new EngineOptions().RecognisedMin, snapshot.TakenAt)[0].Diagnosis;
        var agrees = opinion.Cause == finding.Cause;
        // What it would do stands beside what the rules propose only where it believes in another cause; the gate says what may be done.
        var own = finding with { Confidence = Math.Min(opinion.Confidence, OpinionWeighing.AloneMax) };
        return view with
        {
            Confidence = Math.Round(weighed.Confidence, 2),
            SecondOpinion = new OpinionView(answer.Model, opinion.Cause, Math.Round(opinion.Confidence, 2), agrees, opinion.Summary,
                agrees ? [] : [.. opinion.Actions.Select(action => ProposalView.Of(judge.Judge(snapshot, own, new Remedy(action.Action, action.Why) { Parameters = action.Parameters })))], opinion.Advice, Math.Round(answer.Dollars, 6)),
        };
    }

    private static Diagnosis DiagnosisOf(CauseFinding finding) => new() { Cause = finding.Cause, Confidence = finding.Confidence, Summary = finding.Summary, DecidedBy = $"cause:{finding.Cause}", Evidence = finding.Evidence };

    private static Incident IncidentOf(ClusterSnapshot snapshot, CauseFinding finding, Diagnosis diagnosis)
    {
        var signal = new Signal
        {
            Id = new SignalId(Guid.Empty), Source = Source, Fingerprint = finding.Cause, Status = SignalStatus.Firing, Name = finding.Cause, Summary = finding.Summary, Severity = finding.Severity,
            StartsAt = snapshot.TakenAt, ReceivedAt = snapshot.TakenAt,
        };
        return new Incident
        {
            Id = new IncidentId(Guid.Empty), Target = new Target(Target.DefaultCluster, finding.Target.Namespace, finding.Target.Kind, finding.Target.Name), Family = finding.Descriptor.Family, Title = finding.Summary,
            Severity = finding.Severity, State = IncidentState.Diagnosed, StartedAt = snapshot.TakenAt, NoticedAt = snapshot.TakenAt, FirstSignal = signal, Evidence = finding.Evidence, Diagnosis = diagnosis,
        };
    }
}

/// <summary>What a model says of a finding.</summary>
/// <param name="Model">Which model.</param>
/// <param name="Cause">The cause that it believes in, of the catalogue, or <c>unknown</c>.</param>
/// <param name="Confidence">As it states it.</param>
/// <param name="Agrees">Whether that is the finding's cause.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Proposals">What it would do where it disagrees, as the gate judges it.</param>
/// <param name="Advice">What a person should look at.</param>
/// <param name="Dollars">What asking cost.</param>
internal sealed record OpinionView(string Model, string Cause, double Confidence, bool Agrees, string Summary, IReadOnlyList<ProposalView> Proposals, string Advice, double Dollars)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Model} {(Agrees ? "agrees" : $"believes {Cause} ({Confidence:P0} sure)")}: {Summary}");
}
