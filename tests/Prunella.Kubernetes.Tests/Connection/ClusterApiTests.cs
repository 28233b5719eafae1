using System.Diagnostics;
using System.Text.Json.Nodes;
using k8s.Models;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Actions;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Tests.Connection;

public sealed class ClusterApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private const string Pod = """{"kind":"Pod","metadata":{"name":"a","uid":"u1","resourceVersion":"7"}}""";

    [Fact]
    public async Task GetAsync_OverloadedTwice_WaitsAsAskedAndSucceeds()
    {
        await using var server = new ScriptedApi(new Reply(429, RetryAfter: "1"), new Reply(503), new Reply(200, Pod));
        using var api = server.Connect();
        var started = Stopwatch.GetTimestamp();
        (await api.GetAsync(ApiKind.Pod, "shop", "a", Cancellation))["metadata"]!["uid"]!.GetValue<string>().ShouldBe("u1");
        server.Requests.Count.ShouldBe(3);
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task GetAsync_RetryAfterBeyondTheBound_FailsAtOnce()
    {
        await using var server = new ScriptedApi(new Reply(429, RetryAfter: "3600"));
        using var api = server.Connect();
        (await Should.ThrowAsync<ClusterApiException>(() => api.GetAsync(ApiKind.Pod, "shop", "a", Cancellation))).Failure.ShouldBe(ClusterFailure.Overloaded);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task PatchAsync_ServerErrorLostConnectionOrProxyPage_IsNeverSentTwice()
    {
        foreach (var reply in (Reply[])[new(500), new(0), new(200, "<html>"), new(200, ""), new(200, "[]")])
        {
            await using var server = new ScriptedApi(reply);
            using var api = server.Connect();
            var exception = await Should.ThrowAsync<ClusterApiException>(() => api.PatchAsync(ApiKind.Deployment, "shop", "a", new JsonObject(), dryRun: false, Cancellation));
            exception.MayHaveHappened.ShouldBeTrue();
            server.Requests.Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task GetAsync_NoAnswerInTime_IsLostAndSaysHowLong()
    {
        await using var server = new ScriptedApi(new Reply(200, Pod, Delay: TimeSpan.FromSeconds(60)));
        using var api = server.Connect(options => (options.RequestTimeout, options.RetriesMax) = (TimeSpan.FromMilliseconds(300), 1));
        var exception = await Should.ThrowAsync<ClusterApiException>(() => api.GetAsync(ApiKind.Pod, "shop", "a", Cancellation));
        exception.Failure.ShouldBe(ClusterFailure.Lost);
        exception.Message.ShouldContain("within 0.3 s");
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_NobodyListens_IsUnreachableAndNothingMayHaveHappened()
    {
        var port = ScriptedApi.FreePort();
        using var api = new ClusterApi(new k8s.Kubernetes(new k8s.KubernetesClientConfiguration { Host = $"http://127.0.0.1:{port}" }), new KubernetesOptions { RetriesMax = 1 }, TimeProvider.System);
        var exception = await Should.ThrowAsync<ClusterApiException>(() => api.PatchAsync(ApiKind.Deployment, "shop", "a", new JsonObject(), dryRun: false, Cancellation));
        exception.Failure.ShouldBe(ClusterFailure.Unreachable);
        exception.MayHaveHappened.ShouldBeFalse();
    }

    [Fact]
    public async Task GetAsync_CancelledByTheCaller_IsACancellationAndNoFailure()
    {
        await using var server = new ScriptedApi(new Reply(200, Pod, Delay: TimeSpan.FromSeconds(60)));
        using var api = server.Connect();
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(() => api.GetAsync(ApiKind.Pod, "shop", "a", source.Token));
    }

    [Fact]
    public async Task Refusals_OfEveryKind_AreToldApart()
    {
        (int Status, string Body, ClusterFailure Failure)[] cases =
        [
            (401, "", ClusterFailure.Forbidden), (403, "<html>no</html>", ClusterFailure.Forbidden), (404, "{}", ClusterFailure.NotFound), (409, "{}", ClusterFailure.Conflict),
            (410, "{}", ClusterFailure.Gone), (422, ScriptedApi.Status("Invalid", "bad"), ClusterFailure.Refused),
            (429, ScriptedApi.Status("TooManyRequests", "Cannot evict pod", "DisruptionBudget"), ClusterFailure.DisruptionBudget), (500, "[1]", ClusterFailure.ServerError),
        ];
        foreach (var (status, body, failure) in cases)
        {
            await using var server = new ScriptedApi(new Reply(status, body));
            using var api = server.Connect(options => options.RetriesMax = 0);
            var exception = await Should.ThrowAsync<ClusterApiException>(() => api.CreateAsync(ApiKind.Pod, "shop", new JsonObject(), dryRun: false, Cancellation));
            (exception.Failure, exception.Status).ShouldBe((failure, status));
            exception.Message.ShouldContain("create pods");
        }
    }

    [Fact]
    public async Task Refusal_WithTerminalEscapes_IsShownInert()
    {
        await using var server = new ScriptedApi(new Reply(422, ScriptedApi.Status("Invalid", "bad \u001b[31m\u202e name")));
        using var api = server.Connect();
        var exception = await Should.ThrowAsync<ClusterApiException>(() => api.GetAsync(ApiKind.Pod, "shop", "a", Cancellation));
        exception.Message.ShouldContain("bad \\u001b[31m\\u202e name");
    }

    [Fact]
    public async Task ListAsync_SeveralPages_AreJoined()
    {
        await using var server = new ScriptedApi(
            new Reply(200, """{"metadata":{"continue":"next page"},"items":[{"metadata":{"name":"a"}}]}"""),
            new Reply(200, """{"metadata":{},"items":[{"metadata":{"name":"b"}}]}"""));
        using var api = server.Connect();
        (await api.ListAsync<V1Pod>(ApiKind.Pod, "shop", Cancellation, labels: "app=web")).Select(pod => pod.Metadata.Name).ShouldBe(["a", "b"]);
        server.Requests.Last().ShouldContain("continue=next%20page");
        server.Requests.Last().ShouldContain("labelSelector=app%3Dweb");
    }

    [Fact]
    public async Task ListAsync_PageThatExpired_StartsAgainOnceAndNoItemIsDoubled()
    {
        await using var server = new ScriptedApi(
            new Reply(200, """{"metadata":{"continue":"x"},"items":[{"metadata":{"name":"a"}}]}"""), new Reply(410),
            new Reply(200, """{"metadata":{"continue":"y"},"items":[{"metadata":{"name":"a"}}]}"""), new Reply(200, """{"items":[{"metadata":{"name":"b"}}]}"""));
        using var api = server.Connect();
        (await api.ListAsync<V1Pod>(ApiKind.Pod, "", Cancellation)).Select(pod => pod.Metadata.Name).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task GetAsync_AnswerBeyondTheBound_IsRefused()
    {
        await using var server = new ScriptedApi(new Reply(200, new string(' ', 100_000)));
        using var api = server.Connect(options => options.AnswerBytesMax = 65_536);
        (await Should.ThrowAsync<ClusterApiException>(() => api.GetAsync(ApiKind.Pod, "shop", "a", Cancellation))).Message.ShouldContain("answerBytesMax");
    }

    [Fact]
    public async Task EvictAsync_ServerThatKnowsOnlyTheOldVersion_IsAskedAgainInIt()
    {
        await using var server = new ScriptedApi(new Reply(400, ScriptedApi.Status("BadRequest", "no kind Eviction is registered for version policy/v1")), new Reply(201));
        using var api = server.Connect();
        await Evictions.EvictAsync(api, "shop", "a", "u1", dryRun: true, Cancellation);
        server.Requests.Count.ShouldBe(2);
        server.Requests.ShouldAllBe(request => request.Contains("/pods/a/eviction?dryRun=All"));
    }

    [Fact]
    public async Task ApplyAsync_ConflictByMovingStatus_ReadsAgainAndApplies()
    {
        const string Live = """{"kind":"Deployment","metadata":{"name":"a","namespace":"shop","uid":"u1","resourceVersion":"7"},"spec":{"replicas":1}}""";
        await using var server = new ScriptedApi(new Reply(200, Live), new Reply(409), new Reply(200, Live), new Reply(200, Live));
        using var api = server.Connect();
        var change = Change(Live);
        (await new ObjectPatcher(api).ApplyAsync(change, change.Patch, change.DigestBefore, alsoManaged: false, new(Guid.NewGuid()), Cancellation)).Kind.ShouldBe(EffectKind.Applied);
        server.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task ApplyAsync_ConflictWithoutEnd_GivesUpWithNothingDone()
    {
        const string Live = """{"kind":"Deployment","metadata":{"name":"a","namespace":"shop","uid":"u1","resourceVersion":"7"},"spec":{"replicas":1}}""";
        await using var server = new ScriptedApi([.. Enumerable.Repeat((Reply[])[new(200, Live), new(409)], 20).SelectMany(pair => pair)]);
        using var api = server.Connect();
        var change = Change(Live);
        (await new ObjectPatcher(api).ApplyAsync(change, change.Patch, change.DigestBefore, alsoManaged: false, new(Guid.NewGuid()), Cancellation)).Kind.ShouldBe(EffectKind.PreconditionFailed);
        server.Requests.Count.ShouldBe(12);
    }

    [Fact]
    public async Task ApplyAsync_AnswerLostButMarkFound_IsApplied()
    {
        var execution = new Incidents.ExecutionId(Guid.NewGuid());
        const string Live = """{"kind":"Deployment","metadata":{"name":"a","namespace":"shop","uid":"u1","resourceVersion":"7"},"spec":{"replicas":1}}""";
        var marked = Live.Replace("\"uid\"", $"\"annotations\":{{\"prunella.dev/execution\":\"{execution}\"}},\"uid\"");
        await using var server = new ScriptedApi(new Reply(200, Live), new Reply(0), new Reply(200, marked));
        using var api = server.Connect();
        var change = Change(Live);
        var effect = await new ObjectPatcher(api).ApplyAsync(change, change.Patch, change.DigestBefore, alsoManaged: false, execution, Cancellation);
        effect.Kind.ShouldBe(EffectKind.Applied);
        effect.Text.ShouldContain("mark was found");
    }

    [Fact]
    public async Task ManyRequests_AreBoundedInNumberAtOnce()
    {
        await using var server = new ScriptedApi(new Reply(200, Pod, Delay: TimeSpan.FromMilliseconds(100)));
        using var api = server.Connect(options => options.ConcurrencyMax = 2);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.GetAsync(ApiKind.Pod, "shop", "a", Cancellation)));
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(450), "ten requests of 100 ms, two at a time");
    }

    private static ObjectChange Change(string live) => new()
    {
        Kind = "Deployment", Namespace = "shop", Name = "a", Uid = "u1", DigestBefore = ObjectDigest.Of((JsonObject)JsonNode.Parse(live)!, withReplicas: true), DigestAfter = "after", WithReplicas = true,
        Patch = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 2 } },
    };
}
