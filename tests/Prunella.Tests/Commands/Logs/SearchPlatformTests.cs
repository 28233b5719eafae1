using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Prunella.Commands;
using Prunella.Integrations.Tests.Elasticsearch;
using Prunella.Integrations.Tests.Http;
using Prunella.Integrations.Tests.Splunk;

namespace Prunella.Tests.Commands.Logs;

/// <summary>Questions to search platforms as a user types them: credentials of the environment, own authorities, a Ctrl+C, answers that are none.</summary>
public sealed class SearchPlatformTests : IDisposable
{
    private static readonly string[] Variables = ["ELASTICSEARCH_API_KEY", "ELASTICSEARCH_USER", "ELASTICSEARCH_PASSWORD", "SPLUNK_TOKEN", "SPLUNK_USER", "SPLUNK_PASSWORD"];

    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal) { ["@timestamp"] = "date", ["message"] = "text", ["level"] = "keyword", ["service"] = "keyword", ["host"] = "keyword" };

    private readonly string folder = Directory.CreateTempSubdirectory("prunella-search-").FullName;

    public SearchPlatformTests() => Array.ForEach(Variables, variable => Environment.SetEnvironmentVariable(variable, null));

    private static IReadOnlyList<JsonObject> Documents =>
    [
        Document("10:10", "error", "checkout", "web-3", "database query timed out"), Document("10:20", "error", "checkout", "web-4", "database query timed out"), Document("10:30", "info", "auth", "web-3", "logged in"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ApiKey a2V5", "ELASTICSEARCH_API_KEY=a2V5")]
    [InlineData("Basic YW5uOnMzY3JldA==", "ELASTICSEARCH_USER=ann ELASTICSEARCH_PASSWORD=s3cret")]
    public async Task Elasticsearch_LetsInByKeyOrPassword(string authorization, string environment)
    {
        Set(environment);
        await using var server = new ScriptedElasticsearch(Documents, Fields) { Authorization = authorization };
        var run = await RunAsync("elasticsearch", server.Url, "how many errors on host web-3");
        run.Code.ShouldBe(0, run.Error);
        Total(run).ShouldBe((1, "level>=error host=web-3 | count"));
        Set("ELASTICSEARCH_API_KEY=d3Jvbmc= ELASTICSEARCH_USER= ELASTICSEARCH_PASSWORD=");
        var refused = await RunAsync("elasticsearch", server.Url, "how many errors");
        refused.Code.ShouldBe((int)ExitCode.Unreachable);
        refused.Error.ShouldContain("does not know who asks (401)");
        (refused.Output + refused.Error).ShouldNotContain("d3Jvbmc");
    }

    [Fact]
    public async Task Elasticsearch_OverTls_TrustsTheAuthorityOfTheFile_AndNoOther()
    {
        Set("ELASTICSEARCH_API_KEY=a2V5");
        using var certificate = Certificate();
        var authority = Path.Combine(folder, "ca.pem");
        await File.WriteAllTextAsync(authority, certificate.ExportCertificatePem(), Cancellation);
        await using var server = new ScriptedElasticsearch(Documents, Fields, certificate);
        Total(await RunAsync("elasticsearch", server.Url, "how many errors", "--authority", authority)).Lines.ShouldBe(2);
        var untrusted = await RunAsync("elasticsearch", server.Url, "how many errors");
        untrusted.Code.ShouldBe((int)ExitCode.Unreachable);
        server.Searches.Count.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("SPLUNK_TOKEN=tkn")]
    [InlineData("SPLUNK_USER=ann SPLUNK_PASSWORD=s3cret_&_more")]
    public async Task Splunk_LetsInByTokenOrSession(string environment)
    {
        Set(environment);
        await using var server = new ScriptedSplunk(Events);
        var run = await RunAsync("splunk", server.Url, "how many errors on host web-3", "--index", "main");
        run.Code.ShouldBe(0, run.Error);
        Total(run).ShouldBe((1, "level>=error host=web-3 | count"));
        server.JobsOpen.ShouldBe(0);
    }

    [Fact]
    public async Task Splunk_CtrlC_EndsTheCommandAndTheJob()
    {
        Set("SPLUNK_TOKEN=tkn");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var server = new ScriptedSplunk(Events);
        server.Before = request =>
        {
            // The job is begun, and somebody loses patience while it is looked at.
            if (request.Method == "GET" && request.Path.StartsWith("/services/search/jobs/", StringComparison.Ordinal)) stop.Cancel();
            return null;
        };
        var run = await CommandRun.RunAsync(stop.Token, "logs", "query", "--source", "splunk", "--url", server.Url.ToString(), "--index", "main", "how many errors", "-o", "json");
        run.Code.ShouldNotBe(0);
        run.Output.ShouldBeEmpty();
        server.Searches.Count.ShouldBe(1);
        server.JobsOpen.ShouldBe(0, "what was begun there is ended there");
    }

    [Theory]
    [InlineData("elasticsearch", 200, "<html>proxy</html>")]
    [InlineData("elasticsearch", 200, "{}")]
    [InlineData("elasticsearch", 200, "[1]")]
    [InlineData("elasticsearch", 503, "away")]
    [InlineData("splunk", 200, "<response/>")]
    [InlineData("splunk", 201, "{}")]
    [InlineData("splunk", 204, "")]
    [InlineData("elasticsearch", 200, "{\"fields\":{\"@timestamp\":{\"date\":{\"type\":\"date\"}}},\"hits\":7}")]
    [InlineData("splunk", 503, "away")]
    public async Task AnAnswerThatIsNone_IsAPlainError(string source, int status, string body)
    {
        Set("ELASTICSEARCH_API_KEY=a2V5 SPLUNK_TOKEN=tkn");
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(status, body));
        var run = await RunAsync(source, server.Url, "how many errors");
        run.Code.ShouldBe((int)ExitCode.Unreachable, run.Error);
        run.Output.ShouldBeEmpty();
        run.Error.Trim().ShouldNotBeEmpty();
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public void EveryOptionThatTakesAnAddress_ReadsOne_AndRefusesWhatIsNone()
    {
        var options = Under(RootCommands.Create()).SelectMany(command => command.Options.Select(option => (command, option))).Where(pair => pair.option.ValueType == typeof(Uri)).ToList();
        options.Select(pair => pair.option.Name).Distinct().ShouldBe(["--url", "--jaeger", "--zipkin", "--github-url"], ignoreOrder: true);
        foreach (var (command, option) in options)
        {
            command.Parse($"{option.Name} https://there:9200").GetResult(option)!.Errors.ShouldBeEmpty($"{command.Name} {option.Name}");
            command.Parse($"{option.Name} there").GetResult(option)!.Errors.ShouldHaveSingleItem().Message.ShouldContain("\"there\" is no address");
        }

        static IEnumerable<Command> Under(Command command) => command.Subcommands.SelectMany(Under).Prepend(command);
    }

    [Theory]
    [InlineData("elasticsearch", "elasticsearch:")]
    [InlineData("splunk", "splunk:Token")]
    public async Task WithoutCredentials_TheCommandSaysWhatIsMissing(string source, string key)
    {
        var run = await RunAsync(source, new Uri("http://127.0.0.1:1"), "how many errors");
        run.Code.ShouldNotBe(0);
        if (source == "splunk") run.Error.ShouldContain(key);
        (await CommandRun.RunAsync("logs", "query", "--source", source, "how many errors")).Error.ShouldContain($"--source {source} needs --url");
    }

    public void Dispose()
    {
        Array.ForEach(Variables, variable => Environment.SetEnvironmentVariable(variable, null));
        Directory.Delete(folder, recursive: true);
    }

    private static Task<CommandRun.Result> RunAsync(string source, Uri url, string question, params string[] more) =>
        CommandRun.RunAsync(["logs", "query", "--source", source, "--url", url.ToString(), question, "-o", "json", .. more]);

    private static (long Lines, string Query) Total(CommandRun.Result run)
    {
        var answer = JsonNode.Parse(run.Output)!;
        return ((long)answer["total"]!, (string)answer["query"]!);
    }

    private static void Set(string environment)
    {
        foreach (var pair in environment.Split(' ').Select(pair => pair.Split('=', 2))) Environment.SetEnvironmentVariable(pair[0], pair[1].Replace('_', ' '));
    }

    private static IReadOnlyList<Dictionary<string, string>> Events => [.. Documents.Select((document, index) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["_time"] = $"{1_772_705_400 + 600 * index}.000", ["_raw"] = (string)document["message"]!, ["index"] = "main", ["host"] = (string)document["host"]!, ["service"] = (string)document["service"]!, ["level"] = (string)document["level"]!,
    })];

    private static JsonObject Document(string time, string level, string service, string host, string message) => new()
    {
        ["@timestamp"] = $"2026-03-05T{time}:00.000Z", ["level"] = level, ["service"] = service, ["host"] = host, ["message"] = message,
    };

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
