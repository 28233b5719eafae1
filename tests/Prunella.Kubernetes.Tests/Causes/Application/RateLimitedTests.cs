namespace Prunella.Kubernetes.Tests.Causes.Application;

public sealed class RateLimitedTests
{
    [Fact]
    public void LogOfARunningPod_NamesTheHost() =>
        Diagnosed.Recorded("rate-limited").Root().ShouldBe("rate-limited", "Deployment shop/api", "api.mail.example", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void HostThatLimits_IsNamed() =>
        Written.Logs(string.Concat(Enumerable.Repeat("POST https://api.mail.example/send: HTTP 429 Too Many Requests, Retry-After: 30\n", 4))).Root().ShouldBe("rate-limited", "Deployment shop/api", "api.mail.example", "log");
}
