using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Commands;
using Prunella.Logs.Archive;
using Prunella.Logs.Parsing;
using Prunella.Logs.Pipeline;
using Prunella.Reasoning.Naming;
using Prunella.Remediation.Approvals;

namespace Prunella.Tests.Logs;

public sealed class LogIngestTests : IDisposable
{
    private const string Token = "a-webhook-token-of-some-length";
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-").FullName;
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("/_bulk", false)]
    [InlineData("/app/_bulk", true)]
    public async Task PostBulk_IsAnsweredItemByItem_AndItsGoodLinesAreArchived(string path, bool gzip)
    {
        await using (var server = await StartAsync())
        {
            using var sender = server.WithToken(Token);
            var response = await PostAsync(sender, path, "{\"create\":{}}\n{\"message\":\"one\"}\n{\"index\":{}}\n{broken\n{\"index\":{}}\n{\"message\":\"two\"}\n", gzip);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement;
            answer.GetProperty("errors").GetBoolean().ShouldBeTrue();
            (await response.Content.ReadAsStringAsync(Cancellation)).ShouldContain("The document is no JSON: 'b' is", Case.Sensitive, "read by people");
            answer.GetProperty("items").EnumerateArray().Select(static i => i.EnumerateObject().First().Value.GetProperty("status").GetInt32()).ShouldBe([201, 400, 201]);
        }

        Archived().ShouldBe(["{\"message\":\"one\"}", "{\"message\":\"two\"}"], ignoreOrder: true);
    }

    [Fact]
    public async Task PostBulk_OfAStranger_IsRefused_AndOfNonsenseToo()
    {
        await using var server = await StartAsync();
        (await PostAsync(server.Anonymous, "/_bulk", "{\"index\":{}}\n{}\n")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var sender = server.WithToken(Token);
        (await PostAsync(sender, "/_bulk", "nonsense\n")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        server.Services.GetRequiredService<LogSpool>().Bytes.ShouldBe(0);
    }

    [Fact]
    public async Task PostBulk_OfGzip_ThatWasCutOff_IsRefusedWhole_AndOfTwoMembersTakenWhole()
    {
        var (one, two) = (Packed("{\"index\":{}}\n{\"message\":\"one\"}\n"), Packed("{\"index\":{}}\n{\"message\":\"two\"}\n"));
        await using (var server = await StartAsync())
        {
            using var sender = server.WithToken(Token);
            for (var length = 1; length < one.Length; length++)
            {
                (await PostAsync(sender, "/_bulk", one[..length], gzip: true)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, $"{length} of {one.Length} bytes");
            }

            (await PostAsync(sender, "/_bulk", [.. one, .. two[..^1]], gzip: true)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await PostAsync(sender, "/_bulk", [.. one, .. two], gzip: true)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        Archived().ShouldBe(["{\"message\":\"one\"}", "{\"message\":\"two\"}"]);
    }

    [Fact]
    public async Task LearnedNames_GoToTheSinksWithTheirValues_AndNoSensitiveOne()
    {
        static string Line(int number) => $"<30>1 2026-03-17T08:00:{number:00}Z web-1 shop 12 - - order {4_000 + number} from 10.0.0.{number} took {900 + number} ms";
        var parser = new LogParser();
        var template = parser.Parse(Encoding.UTF8.GetBytes(Line(1))).Template;
        for (var number = 2; number < 30; number++) parser.Parse(Encoding.UTF8.GetBytes(Line(number))).Template.ShouldBeSameAs(template);
        var names = new LearnedNames();
        names.Add(new TemplateNames(template.Id.ToString(), template.Text, "order_placed", ["order_id", "source_ip", "duration_ms"], "a person"));
        var (file, sink) = (Path.Combine(folder, "names.json"), Path.Combine(folder, "sink.jsonl"));
        names.Save(file);
        await using (var server = await StartAsync(("logs:ingest:namesFile", file), ("logs:sinks:jsonLines:path", sink)))
        {
            server.Services.GetRequiredService<LogPipeline>().TryAccept(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 29).Select(number => Line(number) + "\n")))).ShouldBeTrue();
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            patience.CancelAfter(TimeSpan.FromMinutes(5));
            while (!File.Exists(sink) || new FileInfo(sink).Length == 0) await Task.Delay(50, patience.Token);
        }

        var documents = File.ReadLines(sink).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("prunella")).ToList();
        documents.ShouldAllBe(document => document.GetProperty("event").GetString() == "order_placed");
        documents[0].GetProperty("fields").GetProperty("order_id").GetString().ShouldBe("4001");
        documents[0].GetProperty("fields").GetProperty("duration_ms").GetString().ShouldBe("901");
        File.ReadAllText(sink).ShouldNotContain("10.0.0.");
    }

    [Fact]
    public async Task AFileOfNamesThatIsNone_IsSaidByItsKey()
    {
        var file = Path.Combine(folder, "names.json");
        await File.WriteAllTextAsync(file, "[{}]", Cancellation);
        (await Should.ThrowAsync<CommandFailedException>(() => StartAsync(("logs:ingest:namesFile", file)))).Message.ShouldContain("logs:ingest:namesFile");
    }

    [Fact]
    public async Task PostBulk_WhileTheSpoolIsFull_IsToldToComeBack()
    {
        await using var server = await StartAsync(("logs:pipeline:spoolBytesMax", "1048576"), ("logs:pipeline:spoolFileBytes", "268435456"), ("logs:pipeline:archiveAfterSeconds", "3600"));
        using var sender = server.WithToken(Token);
        var body = "{\"index\":{}}\n{\"message\":\"" + new string('x', 400_000) + "\"}\n";
        (await PostAsync(sender, "/_bulk", body)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(sender, "/_bulk", body)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var full = await PostAsync(sender, "/_bulk", body);
        full.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        full.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task Syslog_OverUdpAndTcp_IsArchived()
    {
        int udpPort = FreePort(SocketType.Dgram), tcpPort = FreePort(SocketType.Stream);
        await using (var server = await StartAsync(("logs:ingest:syslogUdpPort", $"{udpPort}"), ("logs:ingest:syslogTcpPort", $"{tcpPort}")))
        {
            using var udp = new UdpClient();
            await udp.SendAsync("<34>Mar 17 08:00:00 host app: over udp"u8.ToArray(), "127.0.0.1", udpPort, Cancellation);
            using (var tcp = new TcpClient("127.0.0.1", tcpPort))
            {
                await tcp.GetStream().WriteAsync("<34>first over tcp\n"u8.ToArray(), Cancellation);
                await tcp.GetStream().WriteAsync("17 <34>second over "u8.ToArray(), Cancellation);
                await tcp.GetStream().WriteAsync("t<34>third without an end"u8.ToArray(), Cancellation);
            }

            // Four lines and their headers; the batches are not told apart.
            var spool = server.Services.GetRequiredService<LogPipeline>();
            await Eventually(() => Spooled() == 4);
            spool.Archived.ShouldBe(0);
        }

        Archived().ShouldBe(["<34>Mar 17 08:00:00 host app: over udp", "<34>first over tcp", "<34>second over t", "<34>third without an end"], ignoreOrder: true);
    }

    [Fact]
    public async Task Files_AreFollowed_ThroughRotation_AndOverARestart_WithoutALineLostOrTwice()
    {
        var place = Directory.CreateTempSubdirectory("prunella-files-").FullName;
        var path = Path.Combine(place, "app.log");
        var expected = new List<string>();
        void Write(string line)
        {
            File.AppendAllText(path, line + "\n");
            expected.Add(line);
        }

        Write("2026-03-17 08:00:00 INFO app: one");
        foreach (var round in (string[])["first", "second"])
        {
            await using var server = await StartAsync(("logs:ingest:files:0", Path.Combine(place, "*.log*")), ("logs:pipeline:archiveAfterSeconds", "3600"));
            var before = round == "first" ? 0 : expected.Count;
            Write($"2026-03-17 08:00:01 INFO app: {round} two");
            await Eventually(() => Spooled(" app: ") == expected.Count - before);
            File.Move(path, $"{path}.{round}");
            File.AppendAllText($"{path}.{round}", $"2026-03-17 08:00:02 INFO app: {round} late\n");
            expected.Add($"2026-03-17 08:00:02 INFO app: {round} late");
            Write($"2026-03-17 08:00:03 INFO app: {round} three");
            await Eventually(() => Spooled(" app: ") == expected.Count - before);
        }

        Directory.Delete(place, recursive: true);
        Archived().ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public async Task Syslog_OverTls_IsArchived_AndWithoutAKnownCertificateWhereOneIsAskedForItIsNot()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
        var (certificateFile, keyFile) = (Path.Combine(folder, "tls.pem"), Path.Combine(folder, "tls.key"));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem(), Cancellation);
        var port = FreePort(SocketType.Stream);
        await using (var server = await StartAsync(
            ("logs:ingest:syslogTlsPort", $"{port}"), ("logs:ingest:syslogTlsCertificateFile", certificateFile), ("logs:ingest:syslogTlsKeyFile", keyFile),
            ("logs:ingest:syslogTlsClientAuthorityFile", certificateFile), ("logs:pipeline:archiveAfterSeconds", "3600")))
        {
            await SendAsync(withCertificate: true, "<34>by a known sender\n");
            await Eventually(() => Spooled() == 1);
            await SendAsync(withCertificate: false, "<34>by a stranger\n");
            await SendAsync(withCertificate: true, "<34>by a known sender again\n");
            await Eventually(() => Spooled() == 2);
        }

        Archived().ShouldBe(["<34>by a known sender", "<34>by a known sender again"]);

        async Task SendAsync(bool withCertificate, string text)
        {
            // A certificate whose key is in memory alone is not sent by every system.
            using var own = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
            using var tcp = new TcpClient("127.0.0.1", port);
            await using var tls = new SslStream(tcp.GetStream(), false, (_, presented, _, _) => presented!.GetCertHashString() == certificate.GetCertHashString());
            try
            {
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = withCertificate ? [own] : [] }, Cancellation);
                await tls.WriteAsync(Encoding.UTF8.GetBytes(text), Cancellation);
                await tls.ShutdownAsync();
            }
            catch (Exception refused) when (!withCertificate && refused is IOException or AuthenticationException)
            {
                // As it should be.
            }
        }
    }

    [Fact]
    public async Task WithoutAFolder_ThereIsNoPipeline()
    {
        await using var server = await RunningServer.StartAsync();
        server.Services.GetService<LogPipeline>().ShouldBeNull();
        using var sender = await server.AsAsync(Role.Admin);
        (await PostAsync(sender, "/_bulk", "")).IsSuccessStatusCode.ShouldBeFalse();
    }

    private Task<RunningServer> StartAsync(params (string Key, string Value)[] more) => RunningServer.StartAsync(
        new (string Key, string Value)[] { ("logs:ingest:folder", folder), ("webhooks:bearerTokens:0", Token) }.Concat(more).Select(static p => new KeyValuePair<string, string?>(p.Key, p.Value)));

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string body, bool gzip = false) =>
        PostAsync(client, path, gzip ? Packed(body) : Encoding.UTF8.GetBytes(body), gzip);

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path, byte[] body, bool gzip)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        if (gzip) content.Headers.ContentEncoding.Add("gzip");
        return await client.PostAsync(path, content, Cancellation);
    }

    private static byte[] Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true)) stream.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private static int FreePort(SocketType type)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task Eventually(Func<bool> holds)
    {
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(30);
        while (!holds())
        {
            TimeProvider.System.GetUtcNow().ShouldBeLessThan(deadline);
            await Task.Yield();
        }
    }

    private int Spooled(string mark = "<34>") => Directory.GetFiles(Path.Combine(folder, "spool")).Sum(path => LogSpoolLines(path, mark));

    private static int LogSpoolLines(string path, string mark)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        return Encoding.Latin1.GetString(copy.ToArray()).Split(mark).Length - 1;
    }

    private List<string> Archived()
    {
        var key = Convert.FromHexString(File.ReadAllText(Path.Combine(folder, "archive.key")).Trim());
        return [.. Directory.GetFiles(Path.Combine(folder, "archive"), "*.parc").SelectMany(path =>
        {
            using var reader = ArchiveReader.Open(path, key);
            using var text = new MemoryStream();
            reader.CopyTo(text);
            return Encoding.UTF8.GetString(text.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        })];
    }
}
