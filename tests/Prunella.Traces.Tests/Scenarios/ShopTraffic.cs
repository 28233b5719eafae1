using System.Globalization;

namespace Prunella.Traces.Scenarios;

/// <summary>Traffic of a made-up shop, as instrumented services report it: about 700 B of Jaeger JSON a span.</summary>
internal sealed class ShopTraffic(int seed)
{
    private static readonly string[] Services = ["storefront", "basket", "catalogue", "pricing", "stock", "checkout", "payments", "profile", "shipping", "mail"];
    private static readonly string[] Tables = ["orders", "items", "prices", "users", "addresses", "stock_levels", "vouchers", "sessions"];
    private readonly Random _random = new(seed);
    private long _ids;

    /// <summary>One request's trace with this many spans.</summary>
    public List<SpanSpec> Trace(int spans)
    {
        var traceId = Id() + Id();
        var all = new List<SpanSpec>(spans);
        var start = 1_760_000_000_000_000L + _random.NextInt64(86_400_000_000);
        var open = new Queue<SpanSpec>();
        var root = new SpanSpec
        {
            TraceId = traceId, SpanId = Id(), Service = Services[0], Operation = "GET /orders/{id}", Kind = "server", StartUs = start,
            DurationUs = 20_000L * spans, Host = "host-1", Tags = Server("GET", "/orders/" + _random.Next(100_000).ToString(CultureInfo.InvariantCulture)),
        };
        all.Add(root);
        open.Enqueue(root);
        while (all.Count < spans && open.TryDequeue(out var parent))
        {
            var children = Math.Min(spans - all.Count, 1 + _random.Next(6));
            var at = parent.StartUs + 100;
            var room = Math.Max(children * 10, parent.DurationUs - 300) / children;
            for (var index = 0; index < children; index++)
            {
                var child = parent.Kind == "client" ? Called(parent, at, room) : _random.Next(3) == 0 ? Call(parent, at, room) : Query(parent, at, room);
                all.Add(child);
                at += room;
                if (child.Kind != "client" || !child.Operation.StartsWith("SELECT", StringComparison.Ordinal))
                    open.Enqueue(child);
                if (parent.Kind == "client")
                    break;
            }

            if (open.Count == 0 && all.Count < spans)
                open.Enqueue(root);
        }

        return all;
    }

    private SpanSpec Query(SpanSpec parent, long at, long room)
    {
        var table = Tables[_random.Next(Tables.Length)];
        return new SpanSpec
        {
            TraceId = parent.TraceId, SpanId = Id(), ParentId = parent.SpanId, Service = parent.Service, Operation = "SELECT shop." + table, Kind = "client",
            StartUs = at, DurationUs = Math.Max(1, room * 3 / 4), Host = parent.Host,
            Tags =
            [
                ("db.system", "postgresql"), ("db.name", "shop"), ("db.user", "app"),
                ("db.statement", string.Create(CultureInfo.InvariantCulture, $"SELECT t.id, t.created_at, t.state FROM {table} t WHERE t.owner_id = {_random.Next(1_000_000)} AND t.state = 'open'")),
                ("net.peer.name", "db-1.internal"), ("thread.id", _random.Next(200)),
            ],
        };
    }

    private SpanSpec Call(SpanSpec parent, long at, long room)
    {
        var service = Services[1 + _random.Next(Services.Length - 1)];
        return new SpanSpec
        {
            TraceId = parent.TraceId, SpanId = Id(), ParentId = parent.SpanId, Service = parent.Service, Operation = "GET", Kind = "client",
            StartUs = at, DurationUs = Math.Max(1, room * 9 / 10), Host = parent.Host,
            Tags =
            [
                ("http.method", "GET"), ("http.url", string.Create(CultureInfo.InvariantCulture, $"http://{service}:8080/v1/things/{_random.Next(1_000_000)}?expand=all")),
                ("http.status_code", 200), ("peer.service", service), ("net.peer.port", 8080), ("thread.id", _random.Next(200)), ("otel.library.name", "io.opentelemetry.http-client"),
            ],
        };
    }

    private SpanSpec Called(SpanSpec parent, long at, long room)
    {
        var service = (string)parent.Tags.First(tag => tag.Key == "peer.service").Value;
        return new SpanSpec
        {
            TraceId = parent.TraceId, SpanId = Id(), ParentId = parent.SpanId, Service = service, Operation = "GET /v1/things/{id}", Kind = "server",
            StartUs = at, DurationUs = Math.Max(1, room), Host = "host-" + service, Tags = Server("GET", "/v1/things/1"),
        };
    }

    private List<(string, object)> Server(string method, string target) =>
    [
        ("http.method", method), ("http.target", target), ("http.status_code", 200), ("http.user_agent", "okhttp/4.12.0"), ("net.host.name", "shop.internal"),
        ("thread.id", _random.Next(200)), ("otel.library.name", "io.opentelemetry.tomcat-10.0"), ("otel.library.version", "2.9.0-alpha"),
    ];

    private string Id() => (++_ids * 0x9E3779B97F4A7C1L + 0x1234567).ToString("x16", CultureInfo.InvariantCulture);
}
