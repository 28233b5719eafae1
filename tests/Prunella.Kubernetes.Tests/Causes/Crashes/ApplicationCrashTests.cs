namespace Prunella.Kubernetes.Tests.Causes.Crashes;

public sealed class ApplicationCrashTests
{
    [Fact]
    public void FirstOwnFrame_IsNamed() =>
        Diagnosed.Recorded("crash-panic").Root().ShouldBe("application-crash", "Deployment shop/api", "Shop.Orders.PriceList.Load", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void GoPanic_NamesTheFirstOwnFrame() =>
        Written.LastWords("panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:\nruntime.goPanicIndex()\n\t/usr/local/go/src/runtime/panic.go:114 +0x74\nmain.price(...)\n\t/app/price.go:41\nmain.main()\n\t/app/main.go:9 +0x1d\n").Root().ShouldBe("application-crash", "Deployment shop/api", "/app/price.go:41", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void JavaException_SkipsFrames() =>
        Written.LastWords("Exception in thread \"main\" java.lang.IllegalStateException: no price\n\tat java.base/java.util.Optional.get(Optional.java:143)\n\tat java.util.Objects.requireNonNull(Objects.java:222)\n\tat com.shop.Prices.load(Prices.java:31)\n").Root().ShouldBe("application-crash", "Deployment shop/api", "com.shop.Prices.load", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void PythonTraceback_NamesTheInnermostOwnFrame() =>
        Written.LastWords("Traceback (most recent call last):\n  File \"/app/main.py\", line 8, in <module>\n  File \"/app/prices.py\", line 21, in load\n  File \"/usr/lib/python3/json/__init__.py\", line 300, in loads\nValueError: no price\n").Root().ShouldBe("application-crash", "Deployment shop/api", "/app/prices.py:21", "log");
}
