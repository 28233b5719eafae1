using Prunella.Integrations.Tracing;

namespace Prunella.Integrations.Zipkin;

public sealed class ZipkinClientTests
{
    [Fact]
    public async Task FindTraces_AsksV2WithMillisecondsAndMicroseconds()
    {
        await using var server = new ScriptedServer().On("GET /api/v2/traces?serviceName=cart&minDuration=250000&endTs=1785582000000&lookback=3600000&limit=200", 200, "[[]]");
        var from = new DateTimeOffset(2026, 8, 1, 10, 0, 0, TimeSpan.Zero);
        var client = new ZipkinClient(new HttpClient(), new ZipkinOptions { Url = server.Url });
        using var reader = new StreamReader(await client.FindTracesAsync(new TraceQuery("cart", from, from.AddHours(1)) { MinDuration = TimeSpan.FromMilliseconds(250) }, TestContext.Current.CancellationToken));
        (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe("[[]]");
        server.Verify();
    }

    [Fact]
    public async Task Trace_ThatIsNotThere_IsNull()
    {
        await using var server = new ScriptedServer().On("GET /api/v2/trace/5af7183fb1d4cf5f", 404, "");
        (await new ZipkinClient(new HttpClient(), new ZipkinOptions { Url = server.Url }).TraceAsync("5af7183fb1d4cf5f", TestContext.Current.CancellationToken)).ShouldBeNull();
        server.Verify();
    }
}
