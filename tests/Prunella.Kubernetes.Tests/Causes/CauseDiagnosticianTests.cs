using Prunella.Incidents;
using Prunella.Kubernetes.Causes;

namespace Prunella.Kubernetes.Tests.Causes;

/// <summary>What the remediation engine hears from the causes about an incident's target.</summary>
public sealed class CauseDiagnosticianTests
{
    [Fact]
    public void KnownRemedy_BecomesACourse()
    {
        var finding = Of("oom", "api").ShouldHaveSingleItem();
        finding.Recognition.ShouldBeTrue();
        finding.Diagnosis.DecidedBy.ShouldBe("cause:oom-killed");
        finding.Course.ShouldHaveSingleItem().Action.ShouldBe("raise-memory-limit");
        finding.EscalateAtOnce.ShouldBeFalse();
    }

    [Fact]
    public void WhatOnlyAPersonCanSupply_EscalatesWithWhatToCreate()
    {
        var finding = Of("secret-missing", "api").ShouldHaveSingleItem();
        finding.EscalateAtOnce.ShouldBeTrue();
        finding.Advice.ShouldContain("Create Secret db-credentials in namespace shop");
    }

    [Fact]
    public void SymptomOfAnothersTrouble_IsNotActedOn()
    {
        var finding = Of("crash-refused", "api").ShouldHaveSingleItem();
        finding.Course.ShouldBeEmpty();
        finding.Diagnosis.Summary.ShouldContain("It is a symptom of permission-denied of Deployment shop/db");
        finding.Advice.ShouldStartWith("Treat Deployment shop/db first.");
    }

    [Fact]
    public void BareSymptomAndHealth_AreNoOpinion()
    {
        Of("crash-silent", "api").ShouldBeEmpty("the alert said as much");
        Of("healthy", "api").ShouldBeEmpty();
    }

    private static List<Remediation.Diagnosing.Finding> Of(string recording, string name) =>
        [.. CauseDiagnostician.Of(Diagnosed.RecordedSnapshot(recording), new Target(Target.DefaultCluster, "shop", "Deployment", name))];
}
