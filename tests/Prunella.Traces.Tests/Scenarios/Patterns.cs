using System.Globalization;
using Prunella.Traces.Detectors;

namespace Prunella.Traces.Scenarios;

/// <summary>A generated trace with what a detector should say about it, and the same request after the fix where its time is known.</summary>
internal sealed record Pattern(List<SpanSpec> Spans, bool Positive, string Name, long FixedUs = -1);

/// <summary>
/// Generates, per detector, traces that have its pattern and traces that only look like it. Times jitter; positives may
/// be interleaved with other work and may have lost a few spans.
/// </summary>
internal static class Patterns
{
    public static Pattern Make(DetectorKind kind, bool positive, int seed)
    {
        var make = new Maker(seed);
        return kind switch
        {
            DetectorKind.NPlusOneQueries => make.NPlusOneQueries(positive),
            DetectorKind.NPlusOneCalls => make.NPlusOneCalls(positive),
            DetectorKind.RepeatingPattern => make.RepeatingPattern(positive),
            DetectorKind.ConsecutiveQueries => make.Consecutive(positive, queries: true),
            DetectorKind.ConsecutiveCalls => make.Consecutive(positive, queries: false),
            DetectorKind.IdenticalCalls => make.Identical(positive),
            DetectorKind.SlowQuery => make.SlowQuery(positive),
            DetectorKind.LargePayload => make.Payload(positive),
            DetectorKind.RetryStorm => make.Storm(positive),
            DetectorKind.RetryWithoutBackOff => make.Retries(positive),
            DetectorKind.LargeFanOut => make.FanOut(positive),
            DetectorKind.ChattyPair => make.Chatty(positive),
            DetectorKind.PoolWait => make.Pool(positive),
            DetectorKind.LockStepTimeouts => make.Timeouts(positive),
            DetectorKind.ErrorPropagation => make.Propagation(positive),
            _ => make.Tools(positive),
        };
    }

    private sealed class Maker
    {
        private static readonly string[] Tables = ["users", "orders", "items", "prices", "stock", "carts", "vouchers", "regions"];
        private static readonly string[] Peers = ["pricing", "stock", "profile", "shipping", "mail", "search"];
        private readonly Random _random;
        private readonly List<SpanSpec> _spans = [];
        private readonly SpanSpec _root;
        private readonly string _traceId;
        private long _at;
        private int _ids;
        private long _firstAttempt;
        private long _lastAttempt;

        public Maker(int seed)
        {
            _random = new Random(seed);
            _traceId = ((long)seed * 7_919 + 1).ToString("x16", CultureInfo.InvariantCulture);
            _root = Add(null, "shop", "GET /cart", "server", 1_760_000_000_000_000, 0);
            _at = _root.StartUs + Between(200, 2_000);
        }

        public Pattern NPlusOneQueries(bool positive)
        {
            var kind = positive ? 0 : _random.Next(1, 5);
            var count = Between(8, 40);
            if (positive || kind != 4)
                Query(_root, "SELECT id FROM orders WHERE customer = " + Id(), Between(1_000, 9_000));
            if (!positive && kind == 4)
            {
                // Batching: a few queries with many keys each.
                Query(_root, "SELECT id FROM orders WHERE customer = " + Id(), 3_000);
                for (var batch = 0; batch < Between(5, 8); batch++)
                    Query(_root, $"SELECT * FROM items WHERE order_id IN ({string.Join(", ", Enumerable.Range(0, 20).Select(_ => Id()))})", Between(12_000, 20_000));
                return Done(false, "batched");
            }

            if (kind == 1)
                count = Between(2, 4);
            var parallel = kind == 2;
            var cached = kind == 3;
            var start = _at;
            long before = 0, longest = 0;
            for (var index = 0; index < count; index++)
            {
                var us = cached ? Between(100, 400) : kind == 1 ? Between(2_000, 10_000) : Between(7_000, 15_000);
                if (parallel)
                    _at = start + Between(0, 2_000);
                else if (positive && index % 3 == 2)
                    Internal(_root, "render row", Between(50, 300));
                var gap = Between(20, 200);
                _at += gap;
                before += us;
                longest = Math.Max(longest, us);
                if (cached)
                    Add(_root, "shop", "GET", "client", _at, us, ("db.system", "redis"), ("db.statement", "GET item:" + Id()));
                else
                    Add(_root, "shop", "SELECT items", "client", _at, us, ("db.system", "postgresql"), ("db.statement", $"SELECT * FROM items WHERE order_id = {Id()}"));
                _at += us;
            }

            if (parallel)
                _at += 20_000;
            return Done(positive, "n+1 " + kind, positive ? before - longest : -1, needed: 7);
        }

        public Pattern NPlusOneCalls(bool positive)
        {
            var kind = positive ? 0 : _random.Next(1, 3);
            var count = kind == 1 ? Between(2, 4) : Between(12, 30);
            var start = _at;
            long sum = 0, longest = 0;
            for (var index = 0; index < count; index++)
            {
                var us = Between(8_000, 25_000);
                if (kind == 2)
                    _at = start + Between(0, 3_000);
                _at += Between(20, 300);
                Http(_root, "pricing", "/prices/" + Id(), us);
                (sum, longest) = (sum + us, Math.Max(longest, us));
            }

            _at = _spans.Max(span => span.EndUs);
            // What could be batched could also be a different endpoint each time.
            return Done(positive, "calls " + kind, positive ? sum - longest : -1, needed: 7);
        }

        public Pattern RepeatingPattern(bool positive)
        {
            var length = Between(2, 8);
            var repeats = Between(4, 10);
            if (!positive)
            {
                // The same calls in random order, or one pass through many different ones.
                var one = _random.Next(2) == 0;
                for (var index = 0; index < (one ? 8 : 4); index++)
                    Query(_root, $"SELECT * FROM {Tables[index % Tables.Length]} WHERE id = {Id()}", Between(9_000, 20_000));
                return Done(false, "one pass");
            }

            var longest = new long[length];
            long sum = 0;
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                for (var step = 0; step < length; step++)
                {
                    var us = Between(8_000, 15_000);
                    Query(_root, $"SELECT * FROM {Tables[step % Tables.Length]} WHERE key{step} = {Id()}", us);
                    (sum, longest[step]) = (sum + us, Math.Max(longest[step], us));
                }
            }

            // Each step once, for all elements together.
            return Done(true, "pattern", sum - longest.Sum(), needed: length * 4);
        }

        public Pattern Consecutive(bool positive, bool queries)
        {
            var kind = positive ? 0 : _random.Next(1, 4);
            var count = Between(2, 5);
            var start = _at;
            long sum = 0, longest = 0;
            for (var index = 0; index < count; index++)
            {
                // Negatives: too short to matter, already parallel, dependent (work between), or writes.
                var us = kind == 1 ? Between(5_000, 20_000) : Between(110_000, 300_000);
                if (kind == 2)
                    _at = start + Between(0, 5_000);
                else
                    _at += kind == 3 ? Between(30_000, 60_000) : Between(20, 500);
                (sum, longest) = (sum + us, Math.Max(longest, us));
                if (queries)
                    Query(_root, $"SELECT count(*) FROM {Tables[index]}", us, "SELECT " + Tables[index]);
                else
                    Http(_root, Peers[index], "/summary/" + Tables[index], us);
            }

            _at = _spans.Max(span => span.EndUs);
            return Done(positive, "consecutive " + kind, positive ? sum - longest : -1);
        }

        public Pattern Identical(bool positive)
        {
            var kind = positive ? 0 : _random.Next(1, 3);
            var count = kind == 2 ? 2 : Between(4, 12);
            long sum = 0, first = 0;
            for (var index = 0; index < count; index++)
            {
                var us = kind == 1 ? Between(100, 900) : Between(9_000, 20_000);
                if (index == 0)
                    first = us;
                sum += us;
                Internal(_root, "step", Between(1_000, 5_000));
                if (kind == 1)
                    Add(_root, "shop", "GET", "client", _at, us, ("db.system", "redis"), ("db.statement", "GET rates:EUR"));
                else
                    Http(_root, "rates", "/rates/EUR", us);
                _at += kind == 1 ? us : 0;
            }

            return Done(positive, "identical " + kind, positive ? sum - first : -1);
        }

        public Pattern SlowQuery(bool positive)
        {
            Query(_root, "SELECT * FROM events WHERE note LIKE '%x%'", positive ? Between(520_000, 3_000_000) : Between(50_000, 480_000));
            return Done(positive, "slow");
        }

        public Pattern Payload(bool positive)
        {
            Add(_root, "shop", "GET", "client", _at, 20_000, ("http.method", "GET"), ("http.url", "http://files/export"), ("http.response_content_length", positive ? Between(310_000, 9_000_000) : Between(100, 250_000)));
            _at += 20_000;
            return Done(positive, "payload");
        }

        public Pattern Storm(bool positive)
        {
            Attempts(positive ? Between(7, 15) : Between(2, 5), _ => Between(20_000, 60_000), succeeds: _random.Next(2) == 0);
            return Done(positive, "storm", positive ? _lastAttempt - _firstAttempt : -1, needed: 8);
        }

        public Pattern Retries(bool positive)
        {
            var delay = (double)Between(20_000, 150_000);
            Attempts(Between(3, 5), attempt => positive ? Between(100, 8_000) : (int)(delay * Math.Pow(2, attempt) * (0.9 + _random.NextDouble() * 0.2)), succeeds: _random.Next(2) == 0);
            return Done(positive, "retries", positive ? _lastAttempt - _firstAttempt : -1);
        }

        public Pattern FanOut(bool positive)
        {
            var count = positive ? Between(40, 120) : Between(3, 20);
            var start = _at;
            for (var index = 0; index < count; index++)
            {
                _at = start + Between(0, 2_000);
                Http(_root, "search", "/shards/" + index.ToString(CultureInfo.InvariantCulture) + "/q", Between(15_000, 40_000));
            }

            _at = _spans.Max(span => span.EndUs);
            return Done(positive, "fan-out", needed: 36);
        }

        public Pattern Chatty(bool positive)
        {
            var count = positive ? Between(24, 60) : Between(3, 15);
            for (var index = 0; index < count; index++)
            {
                Internal(_root, "think", Between(500, 3_000));
                Http(_root, "profile", "/" + Tables[_random.Next(Tables.Length)] + "/" + Peers[_random.Next(Peers.Length)], Between(1_000, 3_000));
            }

            return Done(positive, "chatty", needed: 44);
        }

        public Pattern Pool(bool positive)
        {
            var us = positive ? Between(60_000, 900_000) : Between(10, 30_000);
            Add(_root, "shop", _random.Next(2) == 0 ? "HikariPool.getConnection" : "pool.acquire connection", "internal", _at, us, ("pool.name", "main"));
            _at += us;
            Query(_root, "SELECT 1", 1_000);
            return Done(positive, "pool");
        }

        public Pattern Timeouts(bool positive)
        {
            var timeout = Between(1_000_000, 5_000_000);
            var count = Between(3, 6);
            for (var index = 0; index < count; index++)
            {
                var us = positive ? timeout + Between(0, 8_000) : Between(600_000, 900_000) * (index + 1);
                Http(_root, Peers[index], "/slow", us, error: true);
            }

            return Done(positive, "timeouts");
        }

        public Pattern Propagation(bool positive)
        {
            var parent = _root;
            var depth = Between(3, 5);
            for (var level = 0; level < depth; level++)
            {
                var call = Add(parent, parent.Service, "GET", "client", _at + level * 200, 90_000 - level * 2_000, ("http.url", "http://" + Peers[level] + "/x"), ("http.method", "GET"));
                parent = Add(call, Peers[level], "GET /x", "server", _at + level * 200 + 100, 90_000 - level * 2_000 - 500);
                // Handled: the origin fails, its caller does not.
                var last = level == depth - 1;
                call.Error = positive;
                parent.Error = positive || last;
            }

            _at += 100_000;
            _root.Error = positive;
            return Done(positive, "propagation");
        }

        public Pattern Tools(bool positive)
        {
            var count = Between(3, 7);
            for (var index = 0; index < count; index++)
            {
                Internal(_root, "chat", Between(100_000, 900_000));
                Add(_root, "agent", "execute_tool search", "internal", _at, 50_000, ("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", "search"),
                    ("gen_ai.tool.call.arguments", positive && index > 0 ? "{\"q\":\"first\"}" : index == 0 ? "{\"q\":\"first\"}" : "{\"q\":\"" + Id() + "\"}"));
                _at += 50_000;
            }

            return Done(positive, "tools");
        }

        private void Attempts(int count, Func<int, int> pause, bool succeeds)
        {
            for (var attempt = 0; attempt < count; attempt++)
            {
                (_firstAttempt, _lastAttempt) = (attempt == 0 ? _at : _firstAttempt, _at);
                Http(_root, "payments", "/charge/7", Between(4_000, 40_000), error: attempt < count - 1 || !succeeds, method: "POST");
                _at += pause(attempt);
            }
        }

        private Pattern Done(bool positive, string name, long saved = -1, int needed = int.MaxValue)
        {
            _root.DurationUs = Math.Max(_at, _spans.Max(span => span.EndUs)) - _root.StartUs + Between(200, 3_000);
            // The first two spans are the root and the query a loop starts from; the rest are the pattern's.
            var size = _spans.Count;
            var pattern = size - 2;
            Noise(saved);
            // 1 to 5 % of the spans get lost on the way, as long as what is left still is the pattern.
            var loss = 0.01 + _random.NextDouble() * 0.04;
            for (var index = _spans.Count - 1; index > 1; index--)
            {
                if (_random.NextDouble() >= loss || (positive && index < size && --pattern < needed))
                    continue;
                _spans.RemoveAt(index);
                // What a lost span would have gained nobody can tell: such a trace is no before of a pair.
                if (index < size)
                    saved = -1;
            }

            return new Pattern(_spans, positive, name, saved < 0 ? -1 : _root.DurationUs - saved);
        }

        // What else a request does meanwhile: a thread with its own calls, which is done before even a shorter request
        // would be, and now and then a short call beside the pattern.
        private void Noise(long saved)
        {
            var room = (int)Math.Min(int.MaxValue, (_root.DurationUs - Math.Max(0, saved)) * 8 / 10);
            if (room < 6_000)
                return;
            if (_random.Next(2) == 0)
            {
                var thread = Add(_root, "shop", "refresh session", "internal", _root.StartUs + 100, room - 200);
                for (var count = _random.Next(1, 4); count > 0; count--)
                    Add(thread, "shop", "GET", "client", thread.StartUs + _random.Next(room - 5_000), Between(500, 4_000), ("http.method", "GET"), ("http.url", "http://sessions/" + Id()), ("peer.service", "sessions"));
            }

            if (_random.Next(2) == 0)
                Add(_root, "shop", "POST", "client", _root.StartUs + 100 + _random.Next((int)_root.DurationUs - 5_000), Between(500, 3_000), ("http.method", "POST"), ("http.url", "http://audit/events"), ("peer.service", "audit"));
        }

        private void Query(SpanSpec parent, string sql, int us, string? name = null)
        {
            _at += Between(10, 200);
            Add(parent, parent.Service, name ?? "SELECT", "client", _at, us, ("db.system", "postgresql"), ("db.statement", sql));
            _at += us;
        }

        private void Http(SpanSpec parent, string peer, string path, int us, bool error = false, string method = "GET")
        {
            Add(parent, parent.Service, method, "client", _at, us, ("http.method", method), ("http.url", $"http://{peer}{path}"), ("peer.service", peer)).Error = error;
            _at += us;
        }

        private void Internal(SpanSpec parent, string name, int us)
        {
            Add(parent, parent.Service, name, "internal", _at, us);
            _at += us;
        }

        private SpanSpec Add(SpanSpec? parent, string service, string operation, string kind, long start, long us, params (string, object)[] tags)
        {
            var span = new SpanSpec
            {
                TraceId = _traceId, SpanId = (++_ids).ToString("x16", CultureInfo.InvariantCulture), ParentId = parent?.SpanId, Service = service, Operation = operation,
                Kind = kind, StartUs = start, DurationUs = us, Tags = [.. tags],
            };
            _spans.Add(span);
            return span;
        }

        private int Between(int from, int to) => _random.Next(from, to + 1);

        private int Id() => _random.Next(1_000_000);
    }
}
