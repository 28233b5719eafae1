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
    public void ExitCode137OfALivenessKill_IsNotMemory()
    {
        var findings = Diagnosed.Recorded("liveness-kill");
        findings.ShouldNotContain(ranked => ranked.Finding.Cause == "oom-killed");
        findings.Root().Evidence.ShouldContain(fact => fact.Text.Contains("exit code 137"));
    }
}
