namespace Prunella.Kubernetes.Tests.Causes.Crashes;

public sealed class CredentialsRefusedTests
{
    [Fact]
    public void UserOfTheRefusal_IsNamed() =>
        Diagnosed.Recorded("crash-credentials").Root().ShouldBe("credentials-refused", "Deployment shop/api", "user shop", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void User_IsNamed() =>
        Written.LastWords("FATAL: password authentication failed for user \"shop\"\n").Root().ShouldBe("credentials-refused", "Deployment shop/api", "user shop", "log");
}
