namespace Prunella.Kubernetes.Tests.Causes.Crashes;

public sealed class ConfigValueMissingTests
{
    [Fact]
    public void VariableOfTheLog_IsNamed() =>
        Diagnosed.Recorded("crash-missing-variable").Root().ShouldBe("config-value-missing", "Deployment shop/api", "DATABASE_URL", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void FormOfAnotherLanguage1_IsRead() =>
        Written.LastWords("KeyError: 'REDIS_URL'\n").Root().ShouldBe("config-value-missing", "Deployment shop/api", "REDIS_URL", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void FormOfAnotherLanguage2_IsRead() =>
        Written.LastWords("Error: missing required environment variable: STRIPE_KEY\n").Root().ShouldBe("config-value-missing", "Deployment shop/api", "STRIPE_KEY", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void FormOfAnotherLanguage3_IsRead() =>
        Written.LastWords("sh: 3: API_TOKEN: parameter not set\n").Root().ShouldBe("config-value-missing", "Deployment shop/api", "API_TOKEN", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void FormOfAnotherLanguage4_IsRead() =>
        Written.LastWords("java.lang.IllegalArgumentException: Could not resolve placeholder 'orders.queue' in value\n").Root().ShouldBe("config-value-missing", "Deployment shop/api", "orders.queue", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void FormOfAnotherLanguage5_IsRead() =>
        Written.LastWords("panic: required key 'DB_HOST' missing value\n").Root().ShouldBe("config-value-missing", "Deployment shop/api", "DB_HOST", "log");
}
