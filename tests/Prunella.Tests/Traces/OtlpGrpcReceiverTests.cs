using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;
using Prunella.Traces.Scenarios;
using StatusCode = Grpc.Core.StatusCode;

namespace Prunella.Tests.Traces;

public sealed class OtlpGrpcReceiverTests : IDisposable
{
    private const string Token = "a-webhook-token-of-some-length";
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(bytes => bytes, bytes => bytes);
    private static readonly Method<byte[], byte[]> Export = MethodOf("Export");
    private readonly TraceFolder folder = new();
    private readonly int port = FreePort();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Export_ByARealClient_IsStored(bool gzip)
    {
        await using var server = await StartAsync();
        using var channel = Channel();

        (await CallAsync(channel, WireFormats.OtlpProtobuf(new ShopTraffic(4).Trace(40)), gzip: gzip)).ShouldBeEmpty();
        (await folder.AnalyseAsync()).ShouldBe((1, 40));
    }

    [Fact]
    public async Task Export_ByOpenTelemetrysOwnExporters_IsOneTraceOverBothProtocols()
    {
        await using var server = await StartAsync();
        using var source = new ActivitySource("receiver-test");
        foreach (var (protocol, url) in new[] { (OtlpExportProtocol.Grpc, $"http://127.0.0.1:{port}"), (OtlpExportProtocol.HttpProtobuf, new Uri(server.Address, "/v1/traces").ToString()) })
        {
            using var provider = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddOtlpExporter(otlp =>
            {
                otlp.Endpoint = new Uri(url);
                otlp.Protocol = protocol;
                otlp.Headers = "authorization=Bearer " + Token;
            }).Build();
            using (source.StartActivity("parent", ActivityKind.Server))
            {
                using var child = source.StartActivity("child", ActivityKind.Client);
                child?.SetTag("db.system", "postgresql");
            }
            provider.ForceFlush(30_000).ShouldBeTrue();
        }

        (await folder.AnalyseAsync()).ShouldBe((2, 4));
    }

    [Fact]
    public async Task Export_WithoutOrWithAnotherToken_IsUnauthenticated()
    {
        await using var server = await StartAsync();
        using var channel = Channel();

        (await FailsAsync(channel, [], token: null)).ShouldBe(StatusCode.Unauthenticated);
        (await FailsAsync(channel, [], token: "another-token-of-some-length")).ShouldBe(StatusCode.Unauthenticated);
        folder.Files.ShouldBe(0);
    }

    [Fact]
    public async Task Export_OfBrokenOrTooLargeMessages_IsRefusedAndTheNextStillWorks()
    {
        await using var server = await StartAsync(("traces:ingest:requestBytesMax", "100000"));
        using var channel = Channel();

        (await FailsAsync(channel, [0x0A, 0x7F, 1, 2])).ShouldBe(StatusCode.InvalidArgument);
        (await FailsAsync(channel, new byte[200_000])).ShouldBe(StatusCode.ResourceExhausted);
        (await FailsAsync(channel, new byte[200_000], gzip: true)).ShouldBe(StatusCode.ResourceExhausted, "a small message that grows");
        (await CallAsync(channel, WireFormats.OtlpProtobuf(new ShopTraffic(4).Trace(4)))).ShouldBeEmpty();
        (await folder.AnalyseAsync()).ShouldBe((1, 4));
    }

    [Fact]
    public async Task Export_OfSpansWithoutIds_IsAPartialSuccess()
    {
        await using var server = await StartAsync();
        using var channel = Channel();

        (await CallAsync(channel, [0x0A, 0x07, 0x12, 0x05, 0x12, 0x03, 0x2A, 0x01, (byte)'b']))[2..4].ShouldBe(new byte[] { 0x08, 0x01 });
    }

    [Fact]
    public async Task GrpcAddress_AnswersNothingElse()
    {
        await using var server = await StartAsync();
        using var channel = Channel();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        (await Should.ThrowAsync<RpcException>(async () => await channel.CreateCallInvoker().AsyncUnaryCall(MethodOf("Other"), null, default, []))).StatusCode.ShouldBe(StatusCode.Unimplemented);
        using var health = await http.GetAsync("/healthz", TestContext.Current.CancellationToken);
        (await health.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        health.Headers.GetValues("grpc-status").ShouldHaveSingleItem().ShouldBe("12");
    }

    [Theory]
    [InlineData("00 00 00 00 05 01")]
    [InlineData("00 00")]
    [InlineData("")]
    [InlineData("00 00 00 00 00 00 00 00 00 00")]
    [InlineData("01 00 00 00 01 00")]
    public async Task Export_WithBrokenFraming_IsRefused(string hex)
    {
        await using var server = await StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var request = new HttpRequestMessage(HttpMethod.Post, Export.FullName) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))) };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.Authorization = new("Bearer", Token);

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        response.Headers.GetValues("grpc-status").ShouldHaveSingleItem().ShouldBeOneOf("3", "12");
    }

    public void Dispose() => folder.Dispose();

    private async Task<RunningServer> StartAsync(params (string Key, string Value)[] more) => await RunningServer.StartAsync(
        [new("webhooks:bearerTokens:0", Token), new("traces:store:directory", folder.Path), new("traces:ingest:grpcUrl", $"http://127.0.0.1:{port}"), .. more.Select(entry => new KeyValuePair<string, string?>(entry.Key, entry.Value))]);

    private GrpcChannel Channel() => GrpcChannel.ForAddress($"http://127.0.0.1:{port}");

    private static async Task<byte[]> CallAsync(GrpcChannel channel, byte[] request, string? token = Token, bool gzip = false)
    {
        var metadata = new Metadata();
        if (token is not null) metadata.Add("authorization", "Bearer " + token);
        if (gzip) metadata.Add("grpc-internal-encoding-request", "gzip");
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(Export, null, new CallOptions(metadata, TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(60), TestContext.Current.CancellationToken), request);
        return await call.ResponseAsync;
    }

    private static async Task<StatusCode> FailsAsync(GrpcChannel channel, byte[] request, string? token = Token, bool gzip = false) =>
        (await Should.ThrowAsync<RpcException>(() => CallAsync(channel, request, token, gzip))).StatusCode;

    private static Method<byte[], byte[]> MethodOf(string name) => new(MethodType.Unary, "opentelemetry.proto.collector.trace.v1.TraceService", name, Bytes, Bytes);

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
