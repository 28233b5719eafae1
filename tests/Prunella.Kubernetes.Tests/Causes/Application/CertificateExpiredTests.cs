namespace Prunella.Kubernetes.Tests.Causes.Application;

public sealed class CertificateExpiredTests
{
    [Fact]
    public void HostAndDates_AreTold() =>
        Diagnosed.Recorded("crash-certificate").Root().ShouldBe("certificate-expired", "Deployment shop/api", "payments.shop.svc", "log").Summary.ShouldContain("2026-11-01");
}
