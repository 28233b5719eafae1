using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Connection;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Judging;

namespace Prunella.Kubernetes.Tests.Causes;

public sealed class ProposalJudgeTests
{
    private static readonly ProposalJudge Judge = Create();

    [Fact]
    public void SafeActionThatNothingSpeaksAgainst_MayBeDone()
    {
        var judged = Of("oom");
        (judged.Action, judged.Class, judged.Verdict).ShouldBe(("raise-memory-limit", ActionClass.Safe, VerdictKind.Execute));
    }

    [Fact]
    public void ActionThatNeedsAnApproval_Asks()
    {
        var judged = Of("rollout-bad-image");
        (judged.Action, judged.Class, judged.Verdict).ShouldBe(("rollback-rollout", ActionClass.NeedsApproval, VerdictKind.Ask));
        judged.Why.ShouldContain("needs an approval");
    }

    [Fact]
    public void ObjectThatHelmKeeps_IsForAPerson()
    {
        var snapshot = Diagnosed.RecordedSnapshot("oom");
        var finding = Diagnoser.Diagnose(snapshot).Root();
        var text = File.ReadAllText(Path.Combine(Diagnosed.Folder, "oom.json")).Replace("\"kind\": \"Deployment\",", "\"kind\": \"Deployment\", ", StringComparison.Ordinal);
        var managed = new Kubernetes.Snapshot.SnapshotBuilder().AddText("oom", System.Text.Encoding.UTF8.GetBytes(Annotate(text))).Build();
        var judged = Judge.Judge(managed, finding, finding.Remedies[0]);
        judged.Verdict.ShouldBe(VerdictKind.Escalate);
        judged.Why.ShouldContain("managed by Helm");
    }

    [Fact]
    public void ActionWithAWrongParameter_IsRefused()
    {
        var snapshot = Diagnosed.RecordedSnapshot("oom");
        var finding = Diagnoser.Diagnose(snapshot).Root();
        Judge.Judge(snapshot, finding, finding.Remedies[0].With("factor", "100")).Verdict.ShouldBe(VerdictKind.Refuse);
    }

    [Fact]
    public void ForbiddenOrUnknownAction_IsNeverLetThrough()
    {
        var snapshot = Diagnosed.RecordedSnapshot("oom");
        var finding = Diagnoser.Diagnose(snapshot).Root();
        Judge.Judge(snapshot, finding, new Remedy("delete-namespace", "no")).Verdict.ShouldBe(VerdictKind.Refuse);
        Judge.Judge(snapshot, finding, new Remedy("dance", "no")).Verdict.ShouldBe(VerdictKind.Ask);
    }

    private static JudgedProposal Of(string recording)
    {
        var snapshot = Diagnosed.RecordedSnapshot(recording);
        var finding = Diagnoser.Diagnose(snapshot).Root();
        return Judge.Judge(snapshot, finding, finding.Remedies[0]);
    }

    private static string Annotate(string list)
    {
        var root = System.Text.Json.Nodes.JsonNode.Parse(list)!;
        foreach (var item in root["items"]!.AsArray())
            if (item!["kind"]!.GetValue<string>() == "Deployment") item["metadata"]!["annotations"]!["meta.helm.sh/release-name"] = "shop";
        return root.ToJsonString();
    }

    private static ProposalJudge Create()
    {
        var services = new ServiceCollection().AddKubernetes(new KubernetesOptions()).AddSingleton(_ => new k8s.Kubernetes(new k8s.KubernetesClientConfiguration { Host = "http://127.0.0.1:1" })).BuildServiceProvider();
        return new ProposalJudge(new ActionCatalogue([services.GetRequiredService<IActionDriver>()]), new GateOptions());
    }
}
