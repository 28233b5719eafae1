namespace Prunella.Kubernetes.Tests.Causes.Probes;

public sealed class LivenessFailingTests
{
    [Fact]
    public void PathThatDoesNotExist_IsNamed() =>
        Diagnosed.Recorded("liveness-path").Root().ShouldBe("liveness-probe-failing", "Deployment shop/api", "path /healthz", "kubernetes/event");

    [Fact]
    public void KilledPastItsGrace_IsNotMemory() =>
        Diagnosed.Recorded("liveness-kill").Root().ShouldBe("liveness-probe-failing", "Deployment shop/api", "command", "kubernetes/event").Summary.ShouldContain("not a lack of memory");

    [Fact]
    public void TooTightForItsStart_SaysSo() =>
        Diagnosed.Recorded("liveness-tight").Root().ShouldBe("liveness-probe-failing", "Deployment shop/api", "timing", "kubernetes/event").Advice.ShouldContain("startupProbe");
}
