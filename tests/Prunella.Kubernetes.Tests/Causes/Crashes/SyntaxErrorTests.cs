namespace Prunella.Kubernetes.Tests.Causes.Crashes;

public sealed class SyntaxErrorTests
{
    [Fact]
    public void ScriptError_IsTold() =>
        Diagnosed.Recorded("crash-syntax").Root().ShouldBe("syntax-error", "Deployment shop/api", "syntax error", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void FileAndLine_AreNamed() =>
        Written.LastWords("yaml: line 12: did not find expected key\n").Root().ShouldBe("syntax-error", "Deployment shop/api", "line 12", "log");
}
