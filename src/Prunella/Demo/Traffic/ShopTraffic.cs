using System.Globalization;
using System.Text;
using Prunella.Sandbox;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Faults;
using Prunella.Sandbox.Shop;

namespace Prunella.Demo.Traffic;

/// <summary>
/// What customers of the demo's shop do, as traces: every second two look around and one buys. How long a service takes and how often it fails is
/// what the sandbox measures of its pods at that moment. The shop has a flaw of its own: it asks for the prices of an order one by one.
/// </summary>
internal sealed class ShopTraffic(SandboxCluster cluster, Uri server, string token, TimeProvider time) : IDisposable
{
    private const int PricesAsked = 6;
    private const double RefusedMs = 2;
    private const int Seed = 20_261;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly Call Checkout = new("frontend", "POST /checkout",
        [new("api-server", "POST /api/orders",
        [
            new("auth", "verify token", []),
            new("postgres", "SELECT items", []) { System = "postgresql", Statement = "SELECT item FROM carts WHERE customer = 17" },
            .. Enumerable.Range(0, PricesAsked).Select(item => new Call("postgres", "SELECT prices", []) { System = "postgresql", Statement = $"SELECT amount FROM prices WHERE item = {4711 + item}" }),
            new("payment", "POST /charge", []),
            new("postgres", "INSERT orders", []) { System = "postgresql", Statement = "INSERT INTO orders (customer, amount) VALUES (17, 42.10)" },
        ])]);

    private static readonly Call Look = new("frontend", "GET /",
        [new("api-server", "GET /api/home",
        [
            new("redis", "GET home", []) { System = "redis", Statement = "GET home" },
            new("catalog", "GET /products", [new("postgres", "SELECT products", []) { System = "postgresql", Statement = "SELECT id, name FROM products LIMIT 12" }]),
            new("recommendation", "GET /for-you", []),
        ])]);

    private readonly HttpClient http = new() { BaseAddress = server, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
    private readonly Random random = new(Seed);
    private long traces;

    /// <summary>Sends traces until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation)) await SendAsync(cancellation);
    }

    public void Dispose() => http.Dispose();

    private async Task SendAsync(CancellationToken cancellation)
    {
        var pods = cluster.Gauges.Pods().Where(pod => pod.Namespace == SandboxShop.Namespace && pod.Ready).ToLookup(pod => pod.Workload);
        var spans = new OtlpSpans();
        foreach (var asked in new[] { Look, Look, Checkout }) new Request(spans, pods, random, ++traces, time.GetUtcNow() - Interval).Play(asked);
        using var body = new StringContent(spans.Json(), Encoding.UTF8, "application/json");
        // A receiver that is busy says so, and an export less is none that the demo misses.
        using var answer = await http.PostAsync(new Uri("/v1/traces", UriKind.Relative), body, cancellation);
    }

    /// <summary>A call of a service, and what it calls in turn, one after the other.</summary>
    private sealed record Call(string Service, string Operation, IReadOnlyList<Call> Calls)
    {
        /// <summary>The database that it is; empty for a service that sends spans itself.</summary>
        public string System { get; init; } = "";

        /// <summary>What the database is asked.</summary>
        public string Statement { get; init; } = "";
    }

    /// <summary>One request on its way through the shop.</summary>
    private sealed class Request(OtlpSpans spans, ILookup<WorkloadName, PodGauges> pods, Random random, long number, DateTimeOffset begin)
    {
        private readonly string trace = $"{begin.UtcTicks:x16}{number:x16}";
        private int last;

        internal void Play(Call call) => Play(call, "", "", 0);

        private (double EndMs, bool Failed) Play(Call call, string parent, string caller, double atMs)
        {
            var span = (++last).ToString("x", CultureInfo.InvariantCulture);
            var (ownMs, failed) = Measure(call.Service);
            var endMs = atMs + (ownMs / 2);
            foreach (var next in failed ? [] : call.Calls)
            {
                (endMs, var broke) = Play(next, span, call.Service, endMs);
                if (!broke) continue;
                failed = true;
                break;
            }
            endMs += ownMs / 2;
            // A database sends no spans: its callers tell of it.
            var (teller, attributes) = call.System.Length > 0 ? (caller, [("db.system", call.System), ("db.statement", call.Statement), ("server.address", call.Service)]) : (call.Service, Array.Empty<(string, string)>());
            spans.Add((trace, span, parent), call.Operation, teller, begin, atMs, endMs - atMs, attributes, failed: failed);
            return (endMs, failed);
        }

        // The gauge is the 99th percentile: most requests take much less.
        private (double OwnMs, bool Failed) Measure(string service)
        {
            var ready = pods[WorkloadName.Deployment(SandboxShop.Namespace, service)].Concat(pods[WorkloadName.StatefulSet(SandboxShop.Namespace, service)]).ToList();
            if (ready.Count == 0) return (RefusedMs, true);
            var pod = ready[random.Next(ready.Count)];
            return (pod.LatencySeconds * 1_000 * (0.2 + (0.8 * Math.Pow(random.NextDouble(), 3))), random.NextDouble() < pod.ErrorRate);
        }
    }
}
