using System.Globalization;
using System.Text;
using Prunella.Demo.Traffic;
using Prunella.Tests;

namespace Prunella.Console.Tests;

/// <summary>Traces of a shop, sent as its collector sends them.</summary>
internal static class TraceSeed
{
    /// <summary>The slowest of the shop's traces.</summary>
    internal const string Slowest = "aaaaaaaaaaaaaaaa0000000000000001";

    /// <summary>A trace whose names want to be more than names.</summary>
    internal const string Hostile = "eeeeeeeeeeeeeeee0000000000000001";

    /// <summary>The same statement again and again, a call that fails and is tried again, and a slow one: the ordinary troubles.</summary>
    internal static async Task SowAsync(RunningServer server)
    {
        var begin = TimeProvider.System.GetUtcNow().AddMinutes(-5);
        for (var index = 1; index <= 12; index++) await SendAsync(server, Checkout($"aaaaaaaaaaaaaaaa{index:x16}", begin.AddSeconds(index), 14 - index));
        await SendAsync(server, new Spans(Hostile).Add("1", "", $"{Seed.Markup}\u202Edesrever", Seed.Markup, begin, 0, 5, [("user.agent", Seed.Markup + new string('z', 20_000)), ("\u202E", "\u001b[31m")]));
    }

    /// <summary>A trace of that many spans: ten services in five levels, and one span with very many calls.</summary>
    internal static async Task SowGiantAsync(RunningServer server, string traceId, int count)
    {
        const int Part = 10_000;
        var begin = TimeProvider.System.GetUtcNow().AddMinutes(-2);
        var spans = new Spans(traceId);
        for (var number = 1; number <= count; number++)
        {
            var parent = number == 1 ? "" : number <= count / 2 ? "1" : (number / 10).ToString("x", CultureInfo.InvariantCulture);
            spans.Add(number.ToString("x", CultureInfo.InvariantCulture), parent, $"step {number % 100}", $"service-{number % 10}", begin, number == 1 ? 0 : number % 1_000, number == 1 ? 2_000 : 5 + number % 50, []);
            if (number % Part != 0 && number != count) continue;
            await SendAsync(server, spans);
            spans = new Spans(traceId);
        }
    }

    internal static async Task SendAsync(RunningServer server, Spans spans)
    {
        using var body = new StringContent(spans.Json(), Encoding.UTF8, "application/json");
        using var answer = await server.Anonymous.PostAsync(new Uri("/v1/traces", UriKind.Relative), body, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
    }

    private static Spans Checkout(string id, DateTimeOffset at, int rows)
    {
        var spans = new Spans(id).Add("1", "", "POST /checkout", "shop", at, 0, 140 + rows * 22, [("http.request.method", "POST")]);
        spans.Add("2", "1", "GET /cart", "cart", at, 4, 20 + rows * 20, []).Add("3", "2", "SELECT carts", "cart", at, 6, 9, Query("SELECT id FROM items WHERE cart = 71"));
        for (var row = 0; row < rows; row++) spans.Add($"{16 + row:x}", "2", "SELECT items", "cart", at, 18 + row * 20, 18, Query($"SELECT * FROM prices WHERE item = {row + 100}"));
        var charged = 30 + rows * 20;
        for (var attempt = 0; attempt < 3; attempt++)
            spans.Add($"{64 + attempt:x}", "1", "POST /charge", "shop", at, charged + attempt * 22, 20, [("http.request.method", "POST"), ("server.address", "bank.example"), ("url.full", "https://bank.example/charge")], isClient: true, failed: attempt < 2);
        return spans.Add("60", "1", "reserve", "inventory", at, charged + 70, 24, []).Add("61", "60", "GET stock:71", "inventory", at, charged + 72, 3, [("db.system", "redis")], isClient: true);
    }

    private static (string Key, string Value)[] Query(string statement) => [("db.system", "postgresql"), ("db.statement", statement), ("server.address", "orders-db")];
}

/// <summary>Spans of one trace, with short ids.</summary>
internal sealed class Spans(string traceId)
{
    private readonly OtlpSpans spans = new();

    internal Spans Add(string id, string parent, string name, string service, DateTimeOffset begin, double afterMs, double forMs, (string Key, string Value)[] attributes, bool isClient = false, bool failed = false)
    {
        spans.Add((traceId, id, parent), name, service, begin, afterMs, forMs, attributes, isClient, failed);
        return this;
    }

    internal string Json() => spans.Json();
}
