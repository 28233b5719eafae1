using System.Text;
using Prunella.Logs.Framing;

namespace Prunella.Logs.Tests.Framing;

public sealed class EventReaderTests
{
    private const string Java = """
        2026-03-17 08:00:01,123 ERROR [main] shop.Checkout: order failed
        java.lang.IllegalStateException: no stock
        	at shop.Stock.take(Stock.java:12)
        	at shop.Checkout.run(Checkout.java:99)
        Caused by: java.io.IOException: disk
        	... 12 more
        2026-03-17 08:00:02,123 INFO [main] shop.Checkout: next
        """;

    private const string DotNet = """
        2026-03-17 08:00:01 [ERR] order failed
        System.InvalidOperationException: no stock
           at Shop.Stock.Take() in /src/Stock.cs:line 12
           --- End of inner exception stack trace ---
           at Shop.Checkout.Run()
        2026-03-17 08:00:02 [INF] next
        """;

    private const string Python = """
        2026-03-17 08:00:01,123 ERROR worker failed
        Traceback (most recent call last):
          File "/app/a.py", line 5, in run
            take()
        ValueError: no stock
        2026-03-17 08:00:02,123 INFO next
        """;

    private const string Go = """
        2026/03/17 08:00:01 panic: no stock
        goroutine 1 [running]:
        main.take(0x1)
        	/app/main.go:12 +0x1d
        main.main()
        	/app/main.go:5 +0x20
        2026/03/17 08:00:02 next
        """;

    private const string Cri = """
        2026-03-17T08:00:01.000000001Z stdout P first half, 
        2026-03-17T08:00:01.000000002Z stdout F second half
        2026-03-17T08:00:02.000000001Z stdout F next
        """;

    [Theory]
    [InlineData(Java)]
    [InlineData(DotNet)]
    [InlineData(Python)]
    [InlineData(Go)]
    [InlineData(Cri)]
    public void TryRead_StackTrace_IsOneEventWithItsLine(string log)
    {
        // Some lines before it, so that the reader knows that lines here have a time.
        var format = log.StartsWith("2026/", StringComparison.Ordinal) ? "2026/03/17 07:00:00 line {0}\n" : log.Contains("stdout", StringComparison.Ordinal) ? "2026-03-17T07:00:00.000000001Z stdout F line {0}\n" : "2026-03-17 07:00:00 INFO line {0}\n";
        var head = string.Concat(Enumerable.Range(0, 30).Select(n => string.Format(System.Globalization.CultureInfo.InvariantCulture, format, n)));
        var events = Read(head + log.ReplaceLineEndings("\n"));
        events.Count.ShouldBe(32);
        events[31].ShouldEndWith("next");
    }

    [Fact]
    public void TryRead_PartialLines_ArePutTogether() =>
        Read(Cri.ReplaceLineEndings("\n"))[0].ShouldEndWith("first half, second half");

    [Fact]
    public void TryRead_LinesWithoutTimes_StayLines() => Read("one\ntwo\nthree").ShouldBe(["one", "two", "three"]);

    [Fact]
    public void TryRead_EndlessContinuation_IsCutAtTheLimit()
    {
        var events = Read("head\n" + string.Concat(Enumerable.Repeat(" x\n", 2500)));
        events.Count.ShouldBe(3);
    }

    private static List<string> Read(string text)
    {
        using var lines = new LineReader(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        var reader = new EventReader(lines);
        var events = new List<string>();
        while (reader.TryRead(out var item, out _))
        {
            events.Add(Encoding.UTF8.GetString(item));
        }

        return events;
    }
}
