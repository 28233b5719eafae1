namespace Prunella.Kubernetes.Tests.Causes.Pods;

public sealed class OutOfMemoryTests
{
    [Fact]
    public void KilledByTheKernel_ProposesMoreMemory()
    {
        var finding = Diagnosed.Recorded("oom").Root().ShouldBe("oom-killed", "Deployment shop/api", "memory of app", "kubernetes/container");
        finding.Pods.Count.ShouldBe(2, "pods of one owner are one finding");
        finding.Remedies.ShouldHaveSingleItem().Action.ShouldBe("raise-memory-limit");
        finding.Remedies[0].Parameters["container"].ShouldBe("app");
    }

    [Fact]
    public void NoRoomEvenForTheStart_ProposesMoreMemory()
    {
        var finding = Diagnosed.Recorded("oom-at-start").Root().ShouldBe("oom-killed", "Deployment shop/api", "memory of app", "kubernetes/container");
        finding.Summary.ShouldContain("killed for memory while it was started: its limit is 24 MiB");
        finding.Remedies.ShouldHaveSingleItem().Parameters["container"].ShouldBe("app");
        finding.Evidence.ShouldAllBe(fact => !fact.Text.Contains(" d,", StringComparison.Ordinal), "a run that never began lasted no days");
    }

    [Fact]
    public void ExitCode137OfALivenessKill_IsNotMemory()
    {
        var findings = Diagnosed.Recorded("liveness-kill");
        findings.ShouldNotContain(ranked => ranked.Finding.Cause == "oom-killed");
        findings.Root().Evidence.ShouldContain(fact => fact.Text.Contains("exit code 137"));
    }
}
