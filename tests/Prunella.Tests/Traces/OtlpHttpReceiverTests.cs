using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Prunella.Hosting;
using Prunella.Traces.Scenarios;
using Prunella.Webhooks;

namespace Prunella.Tests.Traces;

public sealed class OtlpHttpReceiverTests : IDisposable
{
    private const string Token = "a-webhook-token-of-some-length";
    private const string Key = "a-signing-key-of-some-length";
    private readonly TraceFolder folder = new();
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/x-protobuf", false)]
    [InlineData("application/x-protobuf", true)]
    [InlineData("application/json", false)]
    [InlineData("application/json; charset=utf-8", true)]
    public async Task Post_OfTraces_IsStoredAndReadByTheCommands(string type, bool gzip)
    {
        var spans = new ShopTraffic(4).Trace(40);
        await using var server = await StartAsync();
        using var sender = server.WithToken(Token);

        var response = await PostAsync(sender, type.Contains("json", StringComparison.Ordinal) ? WireFormats.OtlpJson(spans) : WireFormats.OtlpProtobuf(spans), type, gzip);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(type.Split(';')[0]);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe(type.Contains("json", StringComparison.Ordinal) ? "{}" : "");
        (await folder.AnalyseAsync()).ShouldBe((1, 40));
    }

    [Fact]
    public async Task Post_WithSpansWithoutIds_IsAPartialSuccess()
    {
        await using var server = await StartAsync();
        using var sender = server.WithToken(Token);
        const string Body = """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"a","startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000001000000000"},{"name":"b"}]}]}]}""";

        var json = await PostAsync(sender, Encoding.UTF8.GetBytes(Body), "application/json");
        json.StatusCode.ShouldBe(HttpStatusCode.OK);
        var partial = JsonDocument.Parse(await json.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("partialSuccess");
        partial.GetProperty("rejectedSpans").GetString().ShouldBe("1");
        partial.GetProperty("errorMessage").GetString().ShouldNotBeNullOrEmpty();

        // One span without ids: ResourceSpans { ScopeSpans { Span { name: "b" } } }.
        var protobuf = await PostAsync(sender, [0x0A, 0x07, 0x12, 0x05, 0x12, 0x03, 0x2A, 0x01, (byte)'b'], "application/x-protobuf");
        protobuf.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await protobuf.Content.ReadAsByteArrayAsync(Cancellation))[2..4].ShouldBe(new byte[] { 0x08, 0x01 }, "partial_success.rejected_spans = 1");
        (await folder.AnalyseAsync()).ShouldBe((1, 1));
    }

    public static TheoryData<string, string, string, int> Hostile => new()
    {
        { "truncated protobuf", "application/x-protobuf", "0A 7F 01 02", 400 },
        { "group wire type", "application/x-protobuf", "0A 02 0B 0C", 400 },
        { "endless varint", "application/x-protobuf", "0A FF FF FF FF FF FF FF FF FF FF FF 01", 400 },
        { "length of 2^63", "application/x-protobuf", "0A FF FF FF FF FF FF FF FF 7F", 400 },
        { "text as protobuf", "application/x-protobuf", "68 65 6C 6C 6F", 400 },
        { "truncated JSON", "application/json", "7B 22 72 65 73 6F 75 72 63 65 53 70 61 6E 73 22 3A 5B", 400 },
        { "JSON array", "application/json", "5B 5D", 400 },
        { "no JSON", "application/json", "68 69", 400 },
        { "invalid UTF-8", "application/json", "7B 22 FF FE 22 3A", 400 },
        { "gzip inside JSON", "application/json", "1F 8B 08 00 00 00 00 00 00 03", 400 },
        { "another type", "text/plain", "68 69", 415 },
        { "a type that only begins alike", "application/jsonp", "7B 7D", 415 },
        { "empty protobuf", "application/x-protobuf", "", 200 },
        { "empty object", "application/json", "7B 7D", 200 },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Post_OfSomethingElse_IsRefusedAndTheNextStillWorks(string what, string type, string hex, int status)
    {
        await using var server = await StartAsync();
        using var sender = server.WithToken(Token);

        var response = await PostAsync(sender, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), type);

        ((int)response.StatusCode).ShouldBe(status, what);
        if (status == 400 && type == "application/json") JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("message").GetString()!.ShouldContain("OTLP");
        (await PostAsync(sender, WireFormats.OtlpProtobuf(new ShopTraffic(1).Trace(3)), "application/x-protobuf")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await folder.AnalyseAsync()).ShouldBe((1, 3));
    }

    [Fact]
    public async Task Post_NestedDeeply_Is400()
    {
        await using var server = await StartAsync();
        using var sender = server.WithToken(Token);
        var body = "{\"x\":" + new string('[', 100_000);

        (await PostAsync(sender, Encoding.UTF8.GetBytes(body), "application/json")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Post_TooLargeAsSentOrUnpacked_Is413()
    {
        await using var server = await StartAsync(("traces:ingest:requestBytesMax", "100000"));
        using var sender = server.WithToken(Token);
        var large = new byte[200_000];

        (await PostAsync(sender, large, "application/x-protobuf")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync(sender, large, "application/x-protobuf", gzip: true)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge, "a small body that grows");
        using var chunked = Request(large, "application/x-protobuf", gzip: false);
        chunked.Headers.TransferEncodingChunked = true;
        (await sender.SendAsync(chunked, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge, "without a length");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(300)]
    public async Task Post_OfGzipCutOff_Is400(int cut)
    {
        await using var server = await StartAsync();
        using var sender = server.WithToken(Token);
        using var request = Request(WireFormats.OtlpProtobuf(new ShopTraffic(1).Trace(40)), "application/x-protobuf", gzip: true, cut);

        (await sender.SendAsync(request, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        folder.Files.ShouldBe(0);
    }

    [Fact]
    public async Task Post_WithoutAToken_Is401AndASignatureWillDo()
    {
        await using var server = await StartAsync();
        var body = WireFormats.OtlpProtobuf(new ShopTraffic(1).Trace(5));

        (await PostAsync(server.Anonymous, body, "application/x-protobuf")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var (key, status) in new[] { (Key, HttpStatusCode.OK), ("another-key-of-some-length", HttpStatusCode.Unauthorized) })
        {
            var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            using var signed = Request(body, "application/x-protobuf", gzip: false);
            signed.Headers.Add(WebhookGuard.TimestampHeader, timestamp);
            signed.Headers.Add(WebhookGuard.SignatureHeader, WebhookGuard.Sign(key, timestamp, body));
            (await server.Anonymous.SendAsync(signed, Cancellation)).StatusCode.ShouldBe(status);
        }
        (await folder.AnalyseAsync()).ShouldBe((1, 5));
    }

    [Fact]
    public async Task Post_ToTheDemo_NeedsNoToken()
    {
        await using var server = await RunningServer.StartAsync([new("traces:store:directory", folder.Path)], new ServeSettings { WithoutEngine = true, Demo = true });

        (await PostAsync(server.Anonymous, WireFormats.OtlpProtobuf(new ShopTraffic(1).Trace(5)), "application/x-protobuf")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Post_WhenTheStoreCannotBeWritten_Is503AndSaysWhenToComeBack()
    {
        File.WriteAllText(folder.Path, "a file where the folder should be");
        await using var server = await StartAsync();
        using var sender = server.WithToken(Token);

        var response = await PostAsync(sender, WireFormats.OtlpProtobuf(new ShopTraffic(1).Trace(5)), "application/x-protobuf");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Post_WhileAnotherIsStillComing_IsToldToComeBack()
    {
        await using var server = await StartAsync(("traces:ingest:concurrentMax", "1"));
        using var sender = server.WithToken(Token);
        var body = WireFormats.OtlpProtobuf(new ShopTraffic(1).Trace(5));

        // Which of the two is there first is the server's affair: until the slow one was, it is finished and sent anew.
        HttpStatusCode told, held;
        var begun = TimeProvider.System.GetTimestamp();
        do
        {
            using var slow = new HeldContent(body);
            using var first = new HttpRequestMessage(HttpMethod.Post, "/v1/traces") { Content = slow };
            first.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            var pending = sender.SendAsync(first, Cancellation);
            await slow.Begun.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            told = (await PostAsync(sender, body, "application/x-protobuf")).StatusCode;
            slow.Go.SetResult();
            held = (await pending).StatusCode;
        }
        while (told == HttpStatusCode.OK && TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(30));

        told.ShouldBe(HttpStatusCode.ServiceUnavailable);
        held.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Disabled_NothingIsReceived()
    {
        await using var server = await StartAsync(("traces:ingest:enabled", "false"));
        using var sender = server.WithToken(Token);

        (await PostAsync(sender, [], "application/x-protobuf")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, "as every address that is not there");
        folder.Files.ShouldBe(0);
    }

    public void Dispose() => folder.Dispose();

    private Task<RunningServer> StartAsync(params (string Key, string Value)[] more) => RunningServer.StartAsync(
        [new("webhooks:bearerTokens:0", Token), new("webhooks:signingKeys:0", Key), new("traces:store:directory", folder.Path), .. more.Select(entry => new KeyValuePair<string, string?>(entry.Key, entry.Value))]);

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, byte[] body, string type, bool gzip = false)
    {
        using var request = Request(body, type, gzip);
        return await client.SendAsync(request, Cancellation);
    }

    private static HttpRequestMessage Request(byte[] body, string type, bool gzip, int cut = 0)
    {
        if (gzip)
        {
            var packed = new MemoryStream();
            using (var stream = new GZipStream(packed, CompressionLevel.Fastest)) stream.Write(body);
            body = packed.ToArray()[..^cut];
        }
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/traces") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (gzip) request.Content.Headers.ContentEncoding.Add("gzip");
        return request;
    }

    /// <summary>A body of which the second half comes only when told.</summary>
    private sealed class HeldContent(byte[] body) : HttpContent
    {
        internal TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(body.AsMemory(0, body.Length / 2));
            await stream.FlushAsync();
            Begun.SetResult();
            await Go.Task;
            await stream.WriteAsync(body.AsMemory(body.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
