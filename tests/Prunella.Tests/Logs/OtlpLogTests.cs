using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using Prunella.Logs.Archive;
using Prunella.Logs.Pipeline;

namespace Prunella.Tests.Logs;

public sealed partial class OtlpLogTests : IDisposable
{
    private const string Token = "a-webhook-token-of-some-length";
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-").FullName;
    private readonly int port = FreePort();
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Export_ByOpenTelemetrysOwnExporter_IsArchivedAsLines(OtlpExportProtocol protocol)
    {
        await using (var server = await StartAsync())
        {
            using var logging = LoggerFactory.Create(builder => builder.AddOpenTelemetry(telemetry =>
            {
                telemetry.SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("checkout").AddAttributes([new("k8s.namespace.name", "shop"), new("k8s.pod.name", "checkout-1"), new("replicas", 3)]));
                telemetry.IncludeFormattedMessage = true;
                telemetry.AddOtlpExporter(otlp =>
                {
                    otlp.Protocol = protocol;
                    otlp.Endpoint = protocol == OtlpExportProtocol.Grpc ? new Uri($"http://127.0.0.1:{port}") : new Uri(server.Address, "/v1/logs");
                    otlp.Headers = "authorization=Bearer " + Token;
                });
            }));
            var logger = logging.CreateLogger("test");
            Declined(logger, 17);
            Well(logger);
            logging.Dispose();
            server.Services.GetRequiredService<LogSpool>().Bytes.ShouldBeGreaterThan(0);
        }

        var lines = Archived();
        lines.Count.ShouldBe(2);
        var error = lines.Select(static l => JsonDocument.Parse(l).RootElement).Single(static l => l.GetProperty("level").GetString() == "ERROR");
        error.GetProperty("message").GetString().ShouldBe("payment 17 declined\nby \"the bank\"");
        error.GetProperty("service").GetString().ShouldBe("checkout");
        error.GetProperty("time").GetDateTime().ShouldBe(TimeProvider.System.GetUtcNow().UtcDateTime, TimeSpan.FromHours(1));
        error.GetProperty("attributes").GetProperty("Number").GetInt32().ShouldBe(17);
        error.GetProperty("resource").GetProperty("replicas").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task PostLogs_InJson_IsArchived_AndWhatIsNoneIsRefused()
    {
        await using (var server = await StartAsync())
        {
            using var sender = server.WithToken(Token);
            (await PostAsync(sender, Json)).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await PostAsync(sender, "{\"resourceLogs\":7}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await PostAsync(sender, "{")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await PostAsync(server.Anonymous, Json)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        Archived().ShouldBe(["""{"time":"2026-03-17T08:00:00.000000001Z","level":"WARN","service":"web","message":{"a":[1,true,null]},"trace_id":"0102","attributes":{"k":"v"},"resource":{"service.name":"web"}}"""]);
    }

    [Fact]
    public async Task PostLogs_WhileTheSpoolIsFull_IsToldToComeBack()
    {
        await using var server = await StartAsync(("logs:pipeline:spoolBytesMax", "1048576"), ("logs:pipeline:spoolFileBytes", "268435456"), ("logs:pipeline:archiveAfterSeconds", "3600"));
        using var sender = server.WithToken(Token);
        var large = Json.Replace("\"v\"", "\"" + new string('v', 600_000) + "\"", StringComparison.Ordinal);
        (await PostAsync(sender, large)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var full = await PostAsync(sender, large);
        full.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        full.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public void AnyBytes_AreReadOrRefused_AndEachRecordIsOneLineOfJson() => Gen.Byte.Array[0, 300].Sample(static bytes =>
    {
        foreach (var json in (bool[])[false, true])
        {
            var batches = new LineBatches();
            try
            {
                var count = json ? OtlpLogs.FromJson(bytes, batches) : OtlpLogs.FromProtobuf(bytes, batches);
                var lines = batches.All.SelectMany(static b => Encoding.UTF8.GetString(b.Lines.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
                lines.Count.ShouldBe(count);
                foreach (var line in lines) JsonDocument.Parse(line).Dispose();
            }
            catch (InvalidDataException)
            {
                // Said to the sender.
            }
        }
    });

    [LoggerMessage(1, LogLevel.Error, "payment {Number} declined\nby \"the bank\"")]
    private static partial void Declined(ILogger logger, int number);

    [LoggerMessage(2, LogLevel.Information, "all is well")]
    private static partial void Well(ILogger logger);

    private const string Json = """
        {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"web"}}]},"scopeLogs":[{"logRecords":[
        {"timeUnixNano":"1773734400000000001","severityNumber":13,"severityText":"odd","traceId":"0102","body":{"kvlistValue":{"values":[{"key":"a","value":{"arrayValue":{"values":[{"intValue":"1"},{"boolValue":true},{}]}}}]}},"attributes":[{"key":"k","value":{"stringValue":"v"}}]}]}]}]}
        """;

    private Task<RunningServer> StartAsync(params (string Key, string Value)[] more) => RunningServer.StartAsync(
        new (string Key, string Value)[] { ("logs:ingest:folder", folder), ("traces:ingest:grpcUrl", $"http://127.0.0.1:{port}"), ("webhooks:bearerTokens:0", Token), ("logs:redaction:enabled", "false") }
            .Concat(more).Select(static p => new KeyValuePair<string, string?>(p.Key, p.Value)));

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        return await client.PostAsync("/v1/logs", content, Cancellation);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private List<string> Archived() => [.. Directory.GetFiles(Path.Combine(folder, "archive"), "*.parc").SelectMany(static path =>
    {
        using var reader = ArchiveReader.Open(path);
        using var text = new MemoryStream();
        reader.CopyTo(text);
        return Encoding.UTF8.GetString(text.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    })];
}
