using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Tests.Connection;
using Prunella.Kubernetes.Watch;

namespace Prunella.Kubernetes.Tests.Watch;

/// <summary>One informer against a server that answers what the test wrote down.</summary>
public sealed class InformerTests : IDisposable
{
    private readonly OperatorOptions options = new() { ReconnectFirst = TimeSpan.FromMilliseconds(20), ReconnectMax = TimeSpan.FromMilliseconds(100), ForbiddenRetry = TimeSpan.FromSeconds(1) };
    private readonly OperatorMetrics metrics = new();
    private readonly WatchStore store = new();
    private readonly SemaphoreSlim lists = new(1);
    private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        lists.Dispose();
        metrics.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task MalformedAndGiantEvents_CostOnlyThemselves()
    {
        var giant = new string('x', 10 << 20);
        string[] lines =
        [
            Event("ADDED", Pod("a", 11)),
            "{\"type\":\"ADDED\",\"object\":{\"metadata\":",
            "no json at all",
            "{\"type\":\"ADDED\",\"object\":7}",
            "{\"type\":\"UNHEARD\",\"object\":{\"metadata\":{\"name\":\"q\"}}}",
            Event("ADDED", Pod("giant", 12, $"\"annotations\":{{\"a\":\"{giant}\"}},")),
            Event("ADDED", "{\"kind\":\"Pod\",\"metadata\":{\"name\":[1],\"resourceVersion\":\"13\"},\"spec\":\"no\",\"status\":[]}"),
            Event("ADDED", Pod("b", 14)),
        ];
        await using var server = new ScriptedApi(new Reply(200, List(10, Pod("listed", 9))), new Reply(200, string.Join('\n', lines) + "\n"), new Reply(200, ""));
        using var api = server.Connect();
        var informer = Start(api, out var running);

        await UntilAsync(() => Names().SetEquals(["listed", "a", "giant", "b"]), () => string.Join(", ", Names()));

        store.Find(new ObjectRef("Pod", "shop", "giant")).ShouldNotBeNull().Metadata.Length.ShouldBeLessThan(16_384);
        await UntilAsync(() => server.Requests.Count(request => request.Contains("watch=1", StringComparison.Ordinal)) >= 2);
        server.Requests.Last(request => request.Contains("watch=1", StringComparison.Ordinal)).ShouldContain("resourceVersion=14", Case.Sensitive, "it goes on from the last version, without a list");
        server.Requests.Count(request => request.Contains("limit=", StringComparison.Ordinal)).ShouldBe(1);
        informer.State.ShouldNotBe(InformerState.Forbidden);
        await StopAsync(running);
    }

    [Fact]
    public async Task EventBeyondTheBound_IsLeftOut_TheNextIsRead()
    {
        options.EventBytesMax = 65_536;
        await using var server = new ScriptedApi(
            new Reply(200, List(10)), new Reply(200, $"{Event("ADDED", Pod("giant", 11, $"\"annotations\":{{\"a\":\"{new string('x', 200_000)}\"}},"))}\n{Event("ADDED", Pod("b", 12))}\n"), new Reply(200, ""));
        using var api = server.Connect();
        Start(api, out var running);

        await UntilAsync(() => Names().SetEquals(["b"]), () => string.Join(", ", Names()));
        await StopAsync(running);
    }

    [Fact]
    public async Task GapInTheHistory_IsOneList_AndTellsWhatWentMeanwhile()
    {
        List<string> told = [];
        store.Changed = change => told.Add($"{(change.After is null ? "-" : "+")}{change.Object.Name}");
        await using var server = new ScriptedApi(
            new Reply(200, List(10, Pod("stays", 5), Pod("goes", 6))),
            new Reply(200, Event("ERROR", "{\"kind\":\"Status\",\"code\":410,\"message\":\"too old resource version\"}") + "\n"),
            new Reply(200, List(30, Pod("stays", 5), Pod("new", 29))),
            new Reply(200, ""));
        using var api = server.Connect();
        Start(api, out var running);

        await UntilAsync(() => Names().SetEquals(["stays", "new"]), () => string.Join(", ", Names()));

        told.ShouldBe(["+stays", "+goes", "-goes", "+new"]);
        server.Requests.Count(request => request.Contains("limit=", StringComparison.Ordinal)).ShouldBe(2);
        await StopAsync(running);
    }

    [Fact]
    public async Task ListInPages_SomeTooLarge_ComesWholeInSmallerOnes()
    {
        var large = Pod("large", 3, $"\"annotations\":{{\"a\":\"{new string('x', 90_000)}\"}},");
        await using var server = new ScriptedApi(new Reply(200, List(10, large)), new Reply(200, List(10, Pod("one", 1)).Replace("\"resourceVersion\":\"10\"", "\"resourceVersion\":\"10\",\"continue\":\"next\"", StringComparison.Ordinal)), new Reply(200, List(10, Pod("two", 2))), new Reply(200, ""));
        using var api = server.Connect(configure => configure.AnswerBytesMax = 1 << 16);
        Start(api, out var running);

        await UntilAsync(() => Names().SetEquals(["one", "two"]), () => string.Join(", ", Names()));

        server.Requests.Take(3).Select(request => request[(request.IndexOf("limit=", StringComparison.Ordinal) + 6)..]).ShouldBe(["500", "125", "125&continue=next"]);
        await StopAsync(running);
    }

    [Fact]
    public async Task NotPermitted_IsReportedOnce_AndTriedAgainSeldom_UntilItIs()
    {
        var log = new Lines();
        var forbidden = new Reply(403, ScriptedApi.Status("Forbidden", "not you"));
        await using var server = new ScriptedApi(forbidden, forbidden, new Reply(200, List(10, Pod("a", 9))), new Reply(200, ""));
        using var api = server.Connect();
        var informer = Start(api, out var running, log);

        await informer.Settled;
        informer.State.ShouldBe(InformerState.Forbidden);
        informer.Why.ShouldContain("\"list\" on \"pods\"");
        await UntilAsync(() => Names().SetEquals(["a"]));

        log.Written.Count(line => line.Contains("Not permitted to list pods", StringComparison.Ordinal)).ShouldBe(1);
        await StopAsync(running);
    }

    [Fact]
    public async Task ApiIsAwayAndBack_GoesOnFromWhereItWas()
    {
        await using var server = new ScriptedApi(
            new Reply(200, List(10)), new Reply(0), new Reply(503, "{}"), new Reply(500, "<html>a proxy</html>"), new Reply(200, Event("ADDED", Pod("a", 11)) + "\n"), new Reply(200, ""));
        using var api = server.Connect(configure => configure.RetriesMax = 0);
        var informer = Start(api, out var running);

        await UntilAsync(() => Names().SetEquals(["a"]));

        server.Requests.Count(request => request.Contains("limit=", StringComparison.Ordinal)).ShouldBe(1, "being away costs no list");
        await UntilAsync(() => informer.State == InformerState.Synced);
        await StopAsync(running);
    }

    private Informer Start(ClusterApi api, out Task running, ILogger<Informer>? log = null)
    {
        var informer = new Informer(new WatchedKind([ApiKind.Pod]), "shop", api, store, options, metrics, lists, TimeProvider.System, new Random(1), log ?? NullLogger<Informer>.Instance);
        running = informer.RunAsync(stop.Token);
        return informer;
    }

    private async Task StopAsync(Task running)
    {
        await stop.CancelAsync();
        await running;
    }

    private HashSet<string> Names()
    {
        var builder = new SnapshotBuilder();
        store.AddTo(builder, "shop", DateTimeOffset.UnixEpoch);
        return [.. builder.Build().Pods.Select(pod => pod.Name)];
    }

    private static async Task UntilAsync(Func<bool> condition, Func<string>? last = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(60)) throw new TimeoutException($"It did not become so. {last?.Invoke()}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static string Event(string type, string value) => $"{{\"type\":\"{type}\",\"object\":{value}}}";

    private static string Pod(string name, int version, string metadata = "") =>
        $"{{\"kind\":\"Pod\",\"metadata\":{{{metadata}\"name\":\"{name}\",\"namespace\":\"shop\",\"resourceVersion\":\"{version}\"}},\"spec\":{{}},\"status\":{{\"phase\":\"Running\"}}}}";

    private static string List(int version, params string[] items) => $"{{\"kind\":\"PodList\",\"metadata\":{{\"resourceVersion\":\"{version}\"}},\"items\":[{string.Join(',', items)}]}}";

    private sealed class Lines : ILogger<Informer>
    {
        internal System.Collections.Concurrent.ConcurrentQueue<string> Written { get; } = new();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Enqueue(formatter(state, exception));
    }
}
