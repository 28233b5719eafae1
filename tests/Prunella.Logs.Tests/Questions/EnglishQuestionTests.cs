using Prunella.Logs.Questions;

namespace Prunella.Logs.Tests.Questions;

public sealed class EnglishQuestionTests
{
    // A Thursday, half past noon.
    private static readonly DateTimeOffset Now = new(2026, 3, 5, 12, 30, 0, TimeSpan.Zero);
    private static readonly EnglishQuestion English = new(new QuestionVocabulary
    {
        Services = ["payment-service", "checkout", "auth", "api-gateway", "OrderService"], Keys = ["user", "tenant", "region"], Hosts = ["web-3", "web-4", "10.0.0.7", "combo"],
        Events = new Dictionary<string, DateTimeOffset> { ["deployment"] = Now.AddMinutes(-50) },
    });

    private const string Database = "\"database\"|\"postgres\"|\"mysql\"|\"mongo\"|\"jdbc\"|\"hikari\"|\"sqlexception\"|\"sqlstate\"|\"sql\"|\"db\"";
    private const string Timeout = "\"timeout\"|\"timed out\"|\"time-out\"|\"deadline exceeded\"";

    [Theory]
    // Time.
    [InlineData("show me everything from the last 5 minutes", "since=2026-03-05T12:25:00Z")]
    [InlineData("logs of the past hour", "since=2026-03-05T11:30:00Z")]
    [InlineData("errors in the last 30m", "level>=error since=2026-03-05T12:00:00Z")]
    [InlineData("errors in the last two hours", "level>=error since=2026-03-05T10:30:00Z")]
    [InlineData("errors over the past couple of hours", "level>=error since=2026-03-05T10:30:00Z")]
    [InlineData("errors during the last half an hour", "level>=error since=2026-03-05T12:00:00Z")]
    [InlineData("errors last week", "level>=error since=2026-02-26T12:30:00Z")]
    [InlineData("errors today", "level>=error since=2026-03-05T00:00:00Z")]
    [InlineData("errors yesterday", "level>=error since=2026-03-04T00:00:00Z until=2026-03-05T00:00:00Z")]
    [InlineData("errors this morning", "level>=error since=2026-03-05T00:00:00Z until=2026-03-05T12:00:00Z")]
    [InlineData("errors yesterday evening", "level>=error since=2026-03-04T18:00:00Z until=2026-03-05T00:00:00Z")]
    [InlineData("errors last night", "level>=error since=2026-03-04T20:00:00Z until=2026-03-05T06:00:00Z")]
    [InlineData("errors this week", "level>=error since=2026-03-02T00:00:00Z")]
    [InlineData("errors this month", "level>=error since=2026-03-01T00:00:00Z")]
    [InlineData("errors on monday", "level>=error since=2026-03-02T00:00:00Z until=2026-03-03T00:00:00Z")]
    [InlineData("errors on 2026-03-04", "level>=error since=2026-03-04T00:00:00Z until=2026-03-05T00:00:00Z")]
    [InlineData("errors on march 3rd", "level>=error since=2026-03-03T00:00:00Z until=2026-03-04T00:00:00Z")]
    [InlineData("errors on 28 february", "level>=error since=2026-02-28T00:00:00Z until=2026-03-01T00:00:00Z")]
    [InlineData("errors between 10:00 and 11:30", "level>=error since=2026-03-05T10:00:00Z until=2026-03-05T11:30:00Z")]
    [InlineData("errors between 14:00 and 15:30", "level>=error since=2026-03-04T14:00:00Z until=2026-03-04T15:30:00Z")]
    [InlineData("errors from 9am to 10am", "level>=error since=2026-03-05T09:00:00Z until=2026-03-05T10:00:00Z")]
    [InlineData("errors on monday between 9am and 5pm", "level>=error since=2026-03-02T09:00:00Z until=2026-03-02T17:00:00Z")]
    [InlineData("errors since yesterday at 3pm", "level>=error since=2026-03-04T15:00:00Z")]
    [InlineData("errors since 3:15 pm yesterday", "level>=error since=2026-03-04T15:15:00Z")]
    [InlineData("errors since midnight", "level>=error since=2026-03-05T00:00:00Z")]
    [InlineData("errors since 10:00 UTC", "level>=error since=2026-03-05T10:00:00Z")]
    [InlineData("errors since 10:00 CET", "level>=error since=2026-03-05T09:00:00Z")]
    [InlineData("errors since 2026-03-05T08:15:00Z", "level>=error since=2026-03-05T08:15:00Z")]
    [InlineData("errors since 2 hours ago", "level>=error since=2026-03-05T10:30:00Z")]
    [InlineData("errors since the last deployment", "level>=error since=2026-03-05T11:40:00Z")]
    [InlineData("errors before noon", "level>=error until=2026-03-05T12:00:00Z")]
    [InlineData("errors around noon", "level>=error since=2026-03-05T11:45:00Z until=2026-03-05T12:15:00Z")]
    [InlineData("errors at 11:00", "level>=error since=2026-03-05T10:55:00Z until=2026-03-05T11:05:00Z")]
    [InlineData("what happened yesterday at 3pm", "since=2026-03-04T14:55:00Z until=2026-03-04T15:05:00Z")]
    [InlineData("what happened 2 hours ago", "since=2026-03-05T10:25:00Z until=2026-03-05T10:35:00Z")]
    // Hosts.
    [InlineData("errors on host web-3", "level>=error host=web-3")]
    [InlineData("errors from 10.0.0.7 in the last hour", "level>=error host=10.0.0.7 since=2026-03-05T11:30:00Z")]
    [InlineData("warnings on web-3 and web-4", "level=warning host=web-3,web-4")]
    [InlineData("errors mentioning 10.0.0.7", "level>=error \"10.0.0.7\"")]
    [InlineData("errors on combo", "level>=error host=combo")]
    [InlineData("checkout errors on node worker-2", "level>=error service=checkout host=worker-2")]
    [InlineData("everything from server db1.example.com today", "host=db1.example.com since=2026-03-05T00:00:00Z")]
    [InlineData("errors except on web-3", "level>=error -\"web-3\"")]
    [InlineData("errors by host", "level>=error | count by host")]
    [InlineData("errors by host over the last 2h", "level>=error since=2026-03-05T10:30:00Z | count by host")]
    [InlineData("which hosts had timeouts", Timeout + " | count by host")]
    // Levels.
    [InlineData("show warnings", "level=warning")]
    [InlineData("warnings and errors", "level>=warning")]
    [InlineData("warnings or worse", "level>=warning")]
    [InlineData("critical or fatal events", "level=fatal")]
    [InlineData("debug messages", "level=debug")]
    [InlineData("everything except debug", "level<=trace")]
    // Services.
    [InlineData("errors in payment-service", "level>=error service=payment-service")]
    [InlineData("errors of the payment service", "level>=error service=payment-service")]
    [InlineData("logs from checkout and auth", "service=checkout,auth")]
    [InlineData("api gateway errors", "level>=error service=api-gateway")]
    [InlineData("what does orderservice say", "service=OrderService \"say\"")]
    [InlineData("errors in service billing", "level>=error service=billing")]
    [InlineData("errors not from checkout", "level>=error -\"checkout\"")]
    // Words and concepts.
    [InlineData("show me database errors", "level>=error " + Database)]
    [InlineData("timeouts", Timeout)]
    [InlineData("requests that timed out", Timeout)]
    [InlineData("out of memory", "\"out of memory\"|\"outofmemory\"|\"oom\"|\"cannot allocate memory\"|\"heap space\"")]
    [InlineData("connection refused", "\"connection refused\"|\"econnrefused\"")]
    [InlineData("lines mentioning \"user 42\"", "\"user 42\"")]
    [InlineData("lines with invoice but not with test", "\"invoice\" \"but\" -\"test\"")]
    [InlineData("errors without healthz", "level>=error -\"healthz\"")]
    [InlineData("who used 10.0.0.7", "\"used\" \"10.0.0.7\"")]
    // Numbers.
    [InlineData("requests slower than 2s", "duration>2s")]
    [InlineData("calls that took longer than 500 ms", "\"call\" \"took\" duration>500ms")]
    [InlineData("latency above 250ms", "duration>250ms")]
    [InlineData("requests faster than 10 milliseconds", "duration<10ms")]
    [InlineData("responses larger than 10 MB", "size>10000000")]
    [InlineData("retries above 3", "retries>3")]
    [InlineData("attempts at least 5", "attempts>=5")]
    [InlineData("status 503", "status=503")]
    [InlineData("http 404", "status=404")]
    [InlineData("show 404 responses", "status=404")]
    [InlineData("5xx errors", "status>=500 status<600")]
    [InlineData("requests with status 4xx", "status>=400 status<500")]
    [InlineData("500s today", "status>=500 status<600 since=2026-03-05T00:00:00Z")]
    [InlineData("status code above 499", "status>499")]
    [InlineData("status >= 500", "status>=500")]
    // What is wanted.
    [InlineData("how many errors", "level>=error | count")]
    [InlineData("count of timeouts", Timeout + " | count")]
    [InlineData("number of warnings yesterday", "level=warning since=2026-03-04T00:00:00Z until=2026-03-05T00:00:00Z | count")]
    [InlineData("errors by service", "level>=error | count by service")]
    [InlineData("count errors by service", "level>=error | count by service")]
    [InlineData("errors per tenant", "level>=error | count by tenant")]
    [InlineData("how many errors for each region", "level>=error | count by region")]
    [InlineData("requests grouped by status", "| count by status")]
    [InlineData("which services had timeouts", Timeout + " | count by service")]
    [InlineData("which component has the most warnings", "level=warning | count by service")]
    [InlineData("top 5 services", "| count by service top 5")]
    [InlineData("top 10 errors", "level>=error | count by pattern top 10")]
    [InlineData("top 10 error patterns this week", "level>=error since=2026-03-02T00:00:00Z | count by pattern top 10")]
    [InlineData("what are the most common errors", "level>=error | count by pattern")]
    [InlineData("kinds of warnings", "level=warning | count by pattern")]
    [InlineData("errors per minute in the last hour", "level>=error since=2026-03-05T11:30:00Z | over 1m")]
    [InlineData("timeouts every 5 minutes", Timeout + " | over 5m")]
    [InlineData("errors over time", "level>=error | over time")]
    [InlineData("trend of errors today", "level>=error since=2026-03-05T00:00:00Z | over time")]
    [InlineData("hourly errors", "level>=error | over 1h")]
    [InlineData("first error today", "level>=error since=2026-03-05T00:00:00Z | first")]
    [InlineData("when did the timeouts start", Timeout + " | first")]
    [InlineData("last error", "level>=error | last")]
    [InlineData("last 20 errors", "level>=error | last top 20")]
    [InlineData("most recent 3 warnings", "level=warning | last top 3")]
    [InlineData("errors in the last hour compared to the hour before", "level>=error since=2026-03-05T11:30:00Z | compare")]
    [InlineData("compare errors today with yesterday", "level>=error since=2026-03-05T00:00:00Z | compare")]
    [InlineData("what caused the spike at 11:30", "since=2026-03-05T11:15:00Z until=2026-03-05T11:45:00Z | count by pattern compare")]
    [InlineData("what changed in the last 10 minutes", "since=2026-03-05T12:20:00Z | count by pattern compare")]
    [InlineData("what is new since 11:00", "since=2026-03-05T11:00:00Z | count by pattern compare")]
    [InlineData("new errors in the last hour", "level>=error since=2026-03-05T11:30:00Z | count by pattern compare")]
    [InlineData("anything unusual today", "since=2026-03-05T00:00:00Z | count by pattern compare")]
    [InlineData("explain the surge of errors", "level>=error since=2026-03-05T11:30:00Z | count by pattern compare")]
    public void Question_BecomesTheQuery(string english, string written) => Translated(english).ShouldBe(written);

    internal static string Translated(string english) => English.Translate(english, Now).Question.ToString();

    [Fact]
    public void TimesOfDay_AreOfTheZoneThatWasSaid()
    {
        var berlin = new EnglishQuestion(new QuestionVocabulary { Zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(2), "test", "test") });
        berlin.Translate("errors since 10:00", Now).Question.Since.ShouldBe(new DateTimeOffset(2026, 3, 5, 8, 0, 0, TimeSpan.Zero));
        berlin.Translate("errors yesterday", Now).Question.Since.ShouldBe(new DateTimeOffset(2026, 3, 3, 22, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ?? !! …")]
    [InlineData("\"")]
    [InlineData("between and between and from to since before last")]
    [InlineData("> >= < <= = status status slower than than more than 99999999999999999999999999s")]
    [InlineData("last 99999999999999999999 days at 99:99 on february 31 in 99999999-99-99")]
    [InlineData("\u202eDROP TABLE logs; \u001b[2J | delete index=* | outputlookup")]
    public void Nonsense_IsAQuestionThatCanBeRunAndWritten(string english)
    {
        var question = English.Translate(english, Now).Question;
        QuestionText.Parse(question.ToString()).ToString().ShouldBe(question.ToString());
    }

    [Fact]
    public void AnyWords_MakeAQuestionThatCanBeWrittenAndReadBack()
    {
        string[] words = ["errors", "last", "2", "hours", "between", "10:00", "and", "3pm", "status", "5xx", ">", "500", "by", "service", "top", "slower", "than", "2s", "not", "\"a b\"", "yesterday", "at", "spike", "count", "per", "minute", "checkout", "first", "compare", "with", "on", "march", "3rd", "ago", "zürich", "10MB", "larger"];
        var random = new Random(5);
        for (var round = 0; round < 20_000; round++)
        {
            var english = string.Join(' ', Enumerable.Range(0, random.Next(1, 12)).Select(_ => words[random.Next(words.Length)]));
            var question = English.Translate(english, Now).Question;
            QuestionText.Parse(question.ToString()).ToString().ShouldBe(question.ToString(), english);
        }
    }
}
