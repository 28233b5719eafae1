namespace Prunella.Kubernetes.Tests.Causes.Application;

public sealed class CacheHitCollapseTests
{
    [Fact]
    public void LogOfARunningPod_TellsTheReload() =>
        Diagnosed.Recorded("cache-collapse").Root().ShouldBe("cache-hit-collapse", "Deployment shop/api", "cache", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void AfterAReload_NamesIt() =>
        Written.Logs("cache hit_rate=0.95\ncache hit_rate=0.94\ncache hit_rate=0.96\nconfiguration reloaded from /etc/shop/cache.yaml\ncache hit_rate=0.04\ncache hit_rate=0.02\ncache hit_rate=0.03\n").Root().ShouldBe("cache-hit-collapse", "Deployment shop/api", "cache", "log");

    [Fact]
    public void SteadyRate_IsNothing() =>
        Written.Logs("cache hit_rate=0.95\ncache hit_rate=0.94\nconfiguration reloaded\ncache hit_rate=0.93\ncache hit_rate=0.96\n").ShouldBeWell();
}
