using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Tests.Workloads;

public sealed class NamespaceEventsTests
{
    private static readonly string[] Wanted = ["u1"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThoseWhoAskTogether_ShareOneList_BegunAfterTheyAsked()
    {
        await using var server = new ScriptedApi(new Reply(200, Page("old"), Delay: TimeSpan.FromSeconds(1)), new Reply(200, Page("new")));
        using var api = server.Connect();
        var events = new NamespaceEvents(api, TimeProvider.System);
        var first = events.ReadAsync("shop", "", Wanted, Cancellation);
        while (server.Requests.IsEmpty) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);

        var others = Enumerable.Range(0, 50).Select(_ => events.ReadAsync("shop", "", Wanted, Cancellation)).ToList();

        (await first)["u1"].Single().Message.ShouldBe("old");
        foreach (var other in others) (await other)["u1"].Single().Message.ShouldBe("new");
        server.Requests.Count.ShouldBe(2);
        (await events.ReadAsync("shop", "", Wanted, Cancellation))["u1"].ShouldHaveSingleItem();
        server.Requests.Count.ShouldBe(3, "what was read is not kept");
    }

    [Fact]
    public async Task EachWhoAsks_GetsWhatItAskedAbout_AndNothingIsKeptThatNobodyWants()
    {
        await using var server = new ScriptedApi(new Reply(200, Page("slow"), Delay: TimeSpan.FromSeconds(1)), new Reply(200, Page("well").Replace("\"name\":\"api-2\"", "\"name\":\"api-2\",\"uid\":\"u2\"", StringComparison.Ordinal)));
        using var api = server.Connect();
        var events = new NamespaceEvents(api, TimeProvider.System);
        var first = events.ReadAsync("shop", "", ["nobody"], Cancellation);
        while (server.Requests.IsEmpty) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
        var (one, other) = (events.ReadAsync("shop", "", Wanted, Cancellation), events.ReadAsync("shop", "", ["u2"], Cancellation));

        (await first).Count.ShouldBe(0);
        (await one)["u1"].ShouldHaveSingleItem();
        (await other)["u2"].Single().Reason.ShouldBe("Odd");
    }

    [Fact]
    public async Task Failure_IsTold_AndTheNextListIsReadAllTheSame()
    {
        await using var server = new ScriptedApi(new Reply(403, ScriptedApi.Status("Forbidden", "no")), new Reply(200, Page("well")));
        using var api = server.Connect();
        var events = new NamespaceEvents(api, TimeProvider.System);
        (await Should.ThrowAsync<ClusterApiException>(() => events.ReadAsync("shop", "", Wanted, Cancellation))).Failure.ShouldBe(ClusterFailure.Forbidden);
        (await events.ReadAsync("shop", "", Wanted, Cancellation))["u1"].Single().Reason.ShouldBe("BackOff");
    }

    [Fact]
    public async Task WhoGivesUp_LeavesTheListToOthers()
    {
        await using var server = new ScriptedApi(new Reply(200, Page("well"), Delay: TimeSpan.FromSeconds(1)));
        using var api = server.Connect();
        var events = new NamespaceEvents(api, TimeProvider.System);
        using var impatient = new CancellationTokenSource();
        var gone = events.ReadAsync("shop", "", Wanted, impatient.Token);
        var patient = events.ReadAsync("shop", "", Wanted, Cancellation);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => gone);
        (await patient)["u1"].ShouldHaveSingleItem();
    }

    private static string Page(string message) =>
        $$$"""
        {"kind":"EventList","metadata":{},"items":[
        {"metadata":{"name":"a","namespace":"shop"},"involvedObject":{"kind":"Pod","namespace":"shop","name":"api-1","uid":"u1"},"type":"Warning","reason":"BackOff","message":"{{{message}}}","count":3,"lastTimestamp":"2026-03-05T10:00:00Z"},
        {"metadata":{"name":"b","namespace":"shop"},"involvedObject":{"kind":"Pod","name":"api-2"},"reason":"Odd","message":"of nothing"},
        {"metadata":"broken"}]}
        """;
}
