namespace Prunella.Kubernetes.Tests.Causes.Application;

public sealed class DnsFailureTests
{
    [Fact]
    public void LogOfARunningPod_NamesTheResolver() =>
        Diagnosed.Recorded("dns-silent").Root().ShouldBe("dns-failure", "Deployment shop/api", "10.96.0.10", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void ResolverThatDoesNotAnswer_IsNamed() =>
        Written.Logs("dial tcp: lookup payments.shop.svc on 10.96.0.10:53: read udp 10.0.0.3:5353->10.96.0.10:53: i/o timeout\n").Root().ShouldBe("dns-failure", "Deployment shop/api", "10.96.0.10", "log");
}
