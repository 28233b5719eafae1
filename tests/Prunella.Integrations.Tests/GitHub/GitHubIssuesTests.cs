using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Prunella.Integrations.Tracing;
using Prunella.Traces.Advice;
using Prunella.Traces.Analysis;
using Prunella.Traces.Sources;

namespace Prunella.Integrations.GitHub;

public sealed class GitHubIssuesTests
{
    private const string List = "GET /repos/acme/shop/issues?filter=all&state=all&labels=prunella&sort=created&direction=desc&per_page=100&page=1";
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2026, 9, 10, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task DryRunWithoutLookUp_PrintsAndAsksNothing()
    {
        await using var server = new ScriptedServer();
        var step = (await Issues(server, dryRun: true).FileAsync([Advice()], lookUp: false, TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
        step.Action.ShouldBe(IssueAction.Create);
        step.Body.ShouldNotBeNull().ShouldContain("<!-- prunella-finding: " + Advice().Finding.Fingerprint + " -->");
        server.Verify();
    }

    [Fact]
    public async Task NewFinding_IsCreatedOnceWithLabels()
    {
        await using var server = new ScriptedServer().On(List, 200, "[]").On("POST /repos/acme/shop/issues", (body, request) =>
        {
            using var json = JsonDocument.Parse(body);
            json.RootElement.GetProperty("labels").EnumerateArray().Select(label => label.GetString()).ShouldBe(["prunella", "performance"]);
            json.RootElement.GetProperty("title").GetString().ShouldNotBeNull().ShouldContain("slow query");
            request.Headers["Authorization"].ShouldBe("Token secret");
            return (201, Issue(12, "open", "x"));
        });
        var step = (await Issues(server, dryRun: false).FileAsync([Advice()], cancel: TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
        (step.Action, step.Number).ShouldBe((IssueAction.Create, 12));
        server.Verify();
    }

    [Fact]
    public async Task KnownFinding_IsUpdatedAndOnTheSameFiguresLeft()
    {
        var body = IssueText.Body(Advice(), new DateOnly(2026, 9, 10));
        await using var server = new ScriptedServer()
            .On(List, 200, "[" + Issue(7, "open", body.Replace("2026-09-10", "2026-09-01", StringComparison.Ordinal)) + "]")
            .On("PATCH /repos/acme/shop/issues/7", (sent, _) =>
            {
                sent.ShouldContain("2026-09-10");
                return (200, Issue(7, "open", body));
            })
            .On(List, 200, "[" + Issue(7, "open", body) + "]");
        var issues = Issues(server, dryRun: false);
        (await issues.FileAsync([Advice()], cancel: TestContext.Current.CancellationToken)).ShouldHaveSingleItem().Action.ShouldBe(IssueAction.Update);
        (await issues.FileAsync([Advice()], cancel: TestContext.Current.CancellationToken)).ShouldHaveSingleItem().Action.ShouldBe(IssueAction.Leave);
        server.Verify();
    }

    [Fact]
    public async Task ClosedFindingThatReturns_IsReopenedUnlessNotPlanned()
    {
        var body = IssueText.Body(Advice(), new DateOnly(2026, 8, 1));
        await using var server = new ScriptedServer()
            .On(List, 200, "[" + Issue(7, "closed", body, "completed") + "]")
            .On("PATCH /repos/acme/shop/issues/7", 200, Issue(7, "open", body))
            .On("POST /repos/acme/shop/issues/7/comments", 201, "{\"id\":1,\"body\":\"\"}")
            .On(List, 200, "[" + Issue(7, "closed", body, "not_planned") + "]");
        var issues = Issues(server, dryRun: false);
        (await issues.FileAsync([Advice()], cancel: TestContext.Current.CancellationToken)).ShouldHaveSingleItem().Action.ShouldBe(IssueAction.Reopen);
        (await issues.FileAsync([Advice()], cancel: TestContext.Current.CancellationToken)).ShouldHaveSingleItem().Action.ShouldBe(IssueAction.Leave);
        server.Verify();
    }

    [Fact]
    public async Task FindingGoneForLongEnough_IsClosedOnRequest()
    {
        var gone = "<!-- prunella-finding: 0123456789abcdef -->\n<!-- prunella-last-seen: 2026-08-01 -->";
        await using var server = new ScriptedServer()
            .On(List, 200, "[" + Issue(3, "open", gone) + "]")
            .On("POST /repos/acme/shop/issues/3/comments", 201, "{\"id\":1,\"body\":\"\"}")
            .On("PATCH /repos/acme/shop/issues/3", (sent, _) =>
            {
                sent.ShouldContain("\"closed\"");
                return (200, Issue(3, "closed", gone));
            });
        var issues = Issues(server, dryRun: false, TimeSpan.FromDays(14));
        (await issues.FileAsync([], cancel: TestContext.Current.CancellationToken)).ShouldHaveSingleItem().Action.ShouldBe(IssueAction.Close);
        server.Verify();
    }

    private static GitHubIssues Issues(ScriptedServer server, bool dryRun, TimeSpan? closeAfter = null) =>
        new(new GitHubOptions { Url = server.Url, Token = "secret", Repository = "acme/shop", DryRun = dryRun, CloseAfter = closeAfter }, Time);

    private static TraceAdvice Advice()
    {
        var analyzer = new TraceAnalyzer();
        const string Json = """
            {"data":[{"traceID":"00000000000000a1","spans":[{"spanID":"1","operationName":"GET /","startTime":1700000000000000,"duration":900000,"processID":"p"},
            {"spanID":"2","operationName":"SELECT","startTime":1700000000001000,"duration":800000,"processID":"p","references":[{"refType":"CHILD_OF","spanID":"1"}],"tags":[{"key":"db.statement","type":"string","value":"SELECT * FROM t WHERE note = '@all <!-- x'"}]}],
            "processes":{"p":{"serviceName":"shop"}}}]}
            """;
        new TraceReader().Read(new MemoryStream(Encoding.UTF8.GetBytes(Json)), "test", batch =>
        {
            foreach (var trace in batch.Traces)
                analyzer.Add(trace);
        });
        return Advisor.Of(analyzer.Finish()).ShouldHaveSingleItem();
    }

    private static string Issue(int number, string state, string body, string? reason = null) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["id"] = number, ["number"] = number, ["state"] = state, ["state_reason"] = reason, ["title"] = "A slow query in shop", ["body"] = body, ["labels"] = Array.Empty<object>(), ["assignees"] = Array.Empty<object>(),
    });
}
