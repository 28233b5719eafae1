using System.Globalization;
using CsCheck;
using Prunella.Integrations.Search;
using Prunella.Integrations.Splunk;
using Prunella.Integrations.Tests.Http;
using Prunella.Logs.Questions;

namespace Prunella.Integrations.Tests.Splunk;

public sealed class SplunkLogsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 5, 12, 0, 0, TimeSpan.Zero);

    private static readonly IReadOnlyList<Dictionary<string, string>> Shop =
    [
        Event("10:10", "info", "checkout", "order 17 placed", 200, 120, "ana"),
        Event("10:20", "ERROR", "checkout", "database query timed out", 503, 2500, "ben"),
        Event("10:30", "warn", "auth", "login failed for cid", 401, 30, "cid"),
        Event("11:05", "error", "checkout", "database query timed out", 503, 3500, "ana"),
        Event("11:06", "", "checkout", "ERROR database query timed out", 503, 1500, "dot"),
        Event("11:10", "critical", "payment", "card refused by feedback loop (100%) a*b", 500, 40, "ana"),
        Event("11:50", "info", "checkout", "order 18 placed", 200, 90, "ben"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", 7)]
    [InlineData("level>=error", 4)]
    [InlineData("level=warning", 1)]
    [InlineData("level<=info", 2)]
    [InlineData("service=checkout", 5)]
    [InlineData("service=auth,payment", 2)]
    [InlineData("host=web-2", 2)]
    [InlineData("host=web-1,web-2 level>=error", 3)]
    [InlineData("\"timed out\"", 3)]
    [InlineData("\"db\"", 0)]
    [InlineData("\"card\"|\"login\"", 2)]
    [InlineData("\"order\" -\"17\"", 1)]
    [InlineData("\"datab\"", 3)]
    [InlineData("\"a*b\"", 1)]
    [InlineData("-\"a*b\" \"feedback\"", 0)]
    [InlineData("status>=500", 4)]
    [InlineData("status=401", 1)]
    [InlineData("duration>2s", 2)]
    [InlineData("tenant=1", 0)]
    [InlineData("since=2026-03-05T11:00:00Z", 4)]
    [InlineData("since=2026-03-05T10:20:00Z until=2026-03-05T11:05:00Z", 2)]
    public async Task Conditions_BecomeSearches(string written, long lines)
    {
        await using var server = new ScriptedSplunk(Shop);
        (await AskAsync(server, written)).Total.ShouldBe(lines);
        server.JobsOpen.ShouldBe(0);
    }

    [Fact]
    public async Task Answer_HasGroupsCoursePatternsAndLines()
    {
        await using var server = new ScriptedSplunk(Shop);
        var groups = await AskAsync(server, "level>=error | count by service");
        groups.Groups.Select(group => (group.Value, group.Count, group.Share)).ShouldBe([("checkout", 3, 0.75), ("payment", 1, 0.25)]);
        (await AskAsync(server, "| count by level")).Groups.Select(group => (group.Value, group.Count)).ShouldBe([("Error", 2), ("Info", 2), ("Fatal", 1), ("Warning", 1)]);
        var lines = await AskAsync(server, "level>=error | last top 2");
        lines.Lines.Select(line => line.Text).ShouldBe(["ERROR database query timed out", "card refused by feedback loop (100%) a*b"]);
        lines.Lines[0].Time.ShouldBe(Now.AddMinutes(-54));
        (await AskAsync(server, "level>=error | first")).Lines.Single().Time.ShouldBe(Now.AddMinutes(-100));
        var course = await AskAsync(server, "| over 30m");
        course.Course.Select(interval => (interval.At.ToString("HH:mm", null), interval.Count)).ShouldBe([("10:00", 2), ("10:30", 1), ("11:00", 3), ("11:30", 1)]);
        var compared = await AskAsync(server, "level>=error since=2026-03-05T11:00:00Z | count by service compare");
        (compared.Total, compared.TotalBefore).ShouldBe((3, 1));
        compared.Groups.Single(group => group.Value == "payment").IsNew.ShouldBeTrue();
        (await AskAsync(server, "\"order\"")).Patterns.Sum(pattern => pattern.Count).ShouldBe(2);
        server.JobsOpen.ShouldBe(0);
    }

    [Fact]
    public async Task ManyResults_AreReadPageByPage()
    {
        var many = Enumerable.Range(0, 2_350).Select(number => Event($"10:{number / 60:00}:{number % 60:00}", "info", "checkout", $"order {number} placed", 200, 1, "ana")).ToList();
        await using var server = new ScriptedSplunk(many);
        (await AskAsync(server, "\"order\" | last top 2200")).Lines.Select(line => line.Text).ShouldBe(Enumerable.Range(150, 2200).Select(number => $"order {number} placed"));
    }

    [Fact]
    public async Task User_LogsInOnce_AndAsksInASession()
    {
        await using var server = new ScriptedSplunk(Shop);
        var logins = 0;
        server.Before = request => { if (request.Path == "/services/auth/login") logins++; return null; };
        using var client = server.Client("", "ann", "s3cret & more");
        (await client.AskAsync(QuestionText.Parse("| count"), Now, Cancellation)).Total.ShouldBe(7);
        logins.ShouldBe(1);
        using var stranger = server.Client("", "ann", "wrong");
        (await Should.ThrowAsync<LogSearchException>(() => stranger.AskAsync(QuestionText.Parse("| count"), Now, Cancellation))).Message.ShouldContain("does not let ann in (401): Login failed");
    }

    [Fact]
    public async Task Trouble_IsSaidPlainly_AndTheJobIsCancelledAllTheSame()
    {
        await using var server = new ScriptedSplunk(Shop);
        async Task<string> SaysAsync(Func<ScriptedRequest, ScriptedReply?> before)
        {
            server.Before = before;
            return (await Should.ThrowAsync<LogSearchException>(() => AskAsync(server, "level>=error"))).Message;
        }
        static ScriptedReply? Job(ScriptedRequest request, string body) => request.Method == "GET" && !request.Path.EndsWith("results", StringComparison.Ordinal) ? new ScriptedReply(200, body) : null;
        (await SaysAsync(_ => ScriptedSplunk.Error(403, "not allowed"))).ShouldContain("forbids it (403): not allowed");
        (await SaysAsync(_ => new ScriptedReply(200, "<html>sign in</html>", "text/html"))).ShouldContain("is the address that of the management port?");
        (await SaysAsync(_ => new ScriptedReply(201, "{}"))).ShouldContain("gave no sid");
        (await SaysAsync(request => Job(request, """{"entry":[{"content":{"isDone":true,"isFailed":true,"messages":[{"type":"FATAL","text":"out of\u001b[2J disk"}]}}]}"""))).ShouldContain("The search failed: out of");
        (await SaysAsync(request => Job(request, "{}"))).ShouldContain("says nothing of the search");
        (await SaysAsync(request => request.Path.EndsWith("results", StringComparison.Ordinal) ? new ScriptedReply(200, "{\"messages\":[{\"text\":\"gone\"}]}") : null)).ShouldContain("have no rows: gone");
        server.JobsOpen.ShouldBe(0);
    }

    [Fact]
    public async Task Cancellation_CancelsTheJobToo()
    {
        await using var server = new ScriptedSplunk(Shop);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        server.Before = request =>
        {
            if (request.Method == "GET") impatient.Cancel();
            return null;
        };
        using var client = server.Client();
        await Should.ThrowAsync<OperationCanceledException>(() => client.AskAsync(QuestionText.Parse("| count"), Now, impatient.Token));
        server.JobsOpen.ShouldBe(0);
    }

    [Fact]
    public void Question_CannotBringACommandIn()
    {
        // The reader of searches knows the reading commands alone: whatever the words are, it must find no other.
        string[] known = ["x\" | delete", "\\\" | outputlookup a.csv", "]| delete [", "`macro`", "\\", "\"", "$token$", "' | delete"];
        var hostile = Gen.OneOf(Gen.String[Gen.Char["|\"\\'[]()`* deletoupkx=\n"], 0, 30], Gen.Int[0, known.Length - 1].Select(index => known[index]));
        Gen.Select(hostile, hostile, hostile, Gen.Bool).Sample((word, service, other, not) =>
        {
            var question = new LogQuestion { Words = [new WordCondition([word, other], not)], Services = [service], Hosts = [other], Numbers = [new NumberCondition(NumberCondition.Status, NumberTest.Above, 499)] };
            foreach (var spl in (string[])[new SplunkSearch(question, "main").Totals(), new SplunkSearch(question, "main").Course(), new SplunkSearch(question, "main").Lines(5, oldestFirst: true)])
                Should.NotThrow(() => SearchText.Run(spl, Shop.Select(row => new Dictionary<string, string>(row, StringComparer.Ordinal))), spl);
        }, iter: 2_000);
        Should.Throw<LogSearchException>(() => new SplunkSearch(new LogQuestion { Numbers = [new NumberCondition("a' | delete '", NumberTest.Above, 1)] }, "main").Totals());
        foreach (var by in known)
            Should.Throw<LogSearchException>(() => new SplunkSearch(new LogQuestion { Result = QuestionResult.Groups, By = by }, "main").Groups(), by);
        Should.Throw<IntegrationOptionsException>(() => new SplunkLogs(new SplunkLogOptions { Url = new Uri("http://127.0.0.1:1"), Token = "t", Index = "main | delete" }, TimeProvider.System)).Message.ShouldContain("splunk:Index");
        Should.Throw<IntegrationOptionsException>(() => new SplunkLogs(new SplunkLogOptions { Url = new Uri("http://127.0.0.1:1") }, TimeProvider.System)).Message.ShouldContain("splunk:Token is missing");
    }

    private static Dictionary<string, string> Event(string time, string level, string service, string raw, int status, int milliseconds, string user)
    {
        var row = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["_time"] = (DateTimeOffset.Parse($"2026-03-05T{time}Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() / 1000.0).ToString("0.000", CultureInfo.InvariantCulture), ["_raw"] = raw, ["index"] = "main", ["host"] = user switch { "ana" => "web-1", "ben" => "web-2", _ => "web-3" },
            ["service"] = service, ["status"] = status.ToString(CultureInfo.InvariantCulture), ["duration"] = milliseconds.ToString(CultureInfo.InvariantCulture), ["user"] = user,
        };
        if (level.Length > 0) row["level"] = level;
        return row;
    }

    private static async Task<QuestionAnswer> AskAsync(ScriptedSplunk server, string written)
    {
        using var client = server.Client();
        return await client.AskAsync(QuestionText.Parse(written), Now, Cancellation);
    }
}
