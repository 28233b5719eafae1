namespace Prunella.Kubernetes.Tests.Causes.Crashes;

public sealed class CrashLoopTests
{
    [Fact]
    public void WithoutALog_SaysThatNothingTellsWhy() =>
        Diagnosed.Recorded("crash-silent").Root().ShouldBe("crash-loop", "Deployment shop/api", "app", "kubernetes/container").Summary.ShouldContain("exit code 3");

    [Fact]
    public void WithALogThatTellsNothing_QuotesItsLastLine() =>
        Diagnosed.Recorded("quiet-restarts").Root().ShouldBe("crash-loop", "Deployment shop/api", "app", "log").Summary.ShouldContain("processing");
}
