namespace Prunella.Kubernetes.Tests.Causes.Crashes;

public sealed class CertificateInvalidTests
{
    [Fact]
    public void AuthorityThatIsNotTrusted_IsTold() =>
        Diagnosed.Recorded("crash-authority").Root().ShouldBe("certificate-invalid", "Deployment shop/api", "payments.shop.svc", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void UnknownAuthority_IsTold() =>
        Written.LastWords("x509: certificate signed by unknown authority host=payments.shop.svc\n").Root().ShouldBe("certificate-invalid", "Deployment shop/api", "payments.shop.svc", "log");
}
