using System.Security.Cryptography;
using System.Text;
using Prunella.Integrations.Aws;
using Prunella.Integrations.S3;
using Prunella.Integrations.Tests.Http;
using Prunella.Integrations.Tests.Processes;

namespace Prunella.Integrations.Tests.S3;

public sealed class S3ArchiveCopyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-s3-").FullName;
    private readonly Dictionary<string, (string Hash, string Body)> objects = new(StringComparer.Ordinal);
    private int failures;
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // The worked examples of "Authenticating Requests: Using the Authorization Header", Amazon S3 API reference.
    [Theory]
    [InlineData("GET", "/test.txt", "range:bytes=0-9", "", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("PUT", "/test%24file.text", "date:Fri, 24 May 2013 00:00:00 GMT|x-amz-storage-class:REDUCED_REDUNDANCY", "Welcome to Amazon S3.", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")]
    [InlineData("GET", "/?lifecycle", "", "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("GET", "/?max-keys=2&prefix=J", "", "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void Signature_IsThatOfThePublishedExamples(string method, string path, string headers, string body, string expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri("https://examplebucket.s3.amazonaws.com" + path));
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(static h => h.Split(':', 2))) request.Headers.TryAddWithoutValidation(header[0], header[1]);
        AwsSignature.Apply(request, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body))), "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3", new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero));
        request.Headers.GetValues("Authorization").Single().ShouldEndWith("Signature=" + expected);
    }

    [Fact]
    public async Task Copy_PutsAFileOnce_AndAnewWhenItChanged()
    {
        await using var server = new ScriptedHttpServer(Answer);
        using var copy = Copy(server.Url);
        var path = Path.Combine(folder, "routine-20260317T080000Z.parc");
        await File.WriteAllTextAsync(path, "segment", Cancellation);
        (await copy.TryCopyAsync(path, Cancellation)).ShouldBeNull();
        (await copy.TryCopyAsync(path, Cancellation)).ShouldBeNull();
        objects["/logs/a/routine-20260317T080000Z.parc"].Body.ShouldBe("segment");
        server.Requests.Count(static r => r.Method == "PUT").ShouldBe(1);
        await File.WriteAllTextAsync(path, "colder", Cancellation);
        (await copy.TryCopyAsync(path, Cancellation)).ShouldBeNull();
        objects["/logs/a/routine-20260317T080000Z.parc"].Body.ShouldBe("colder");
    }

    [Fact]
    public async Task Copy_ThatTheStoreDoesNotTake_SaysWhy_AndIsThereAfterTheNextTry()
    {
        await using var server = new ScriptedHttpServer(Answer);
        using var copy = Copy(server.Url);
        var path = Path.Combine(folder, "x.parc");
        await File.WriteAllTextAsync(path, "segment", Cancellation);
        failures = 1;
        (await copy.TryCopyAsync(path, Cancellation))!.ShouldStartWith("503");
        (await copy.TryCopyAsync(path, Cancellation)).ShouldBeNull();
    }

    /// <summary>Against s3rver, which does not check signatures (the published examples above do): ./test installs it where npm can, and runs this.</summary>
    [Fact(Explicit = true)]
    public async Task Copy_ToARealStore_IsTakenWhole_AndOnlyOfAKnownKey()
    {
        var program = Environment.GetEnvironmentVariable("PRUNELLA_TEST_S3RVER");
        Assert.SkipWhen(string.IsNullOrEmpty(program), "PRUNELLA_TEST_S3RVER does not name s3rver's bin/s3rver.js.");
        var directory = ServerProcess.NewDirectory();
        using var store = ServerProcess.Start(ServerProcess.Find("node")!, directory, program!, "--directory", directory, "--port", "0", "--configure-bucket", "test");
        await store.UntilAsync(_ => Task.FromResult(store.Output.Contains("listening on ", StringComparison.Ordinal)), Cancellation);
        var address = store.Output[(store.Output.IndexOf("listening on ", StringComparison.Ordinal) + 13)..].Split('\n', '\r')[0].Trim();
        S3ArchiveOptions Options(string key) => new() { Url = new Uri("http://" + address), Bucket = "test", Prefix = "a/", AccessKey = key, SecretKey = "S3RVER" };
        using var copy = new S3ArchiveCopy(Options("S3RVER"), TimeProvider.System);
        var path = Path.Combine(folder, "real.parc");
        foreach (var length in (int[])[300_000, 5_000])
        {
            // The second is the segment made cold: an object of its name is there already.
            var bytes = RandomNumberGenerator.GetBytes(length);
            await File.WriteAllBytesAsync(path, bytes, Cancellation);
            (await copy.TryCopyAsync(path, Cancellation)).ShouldBeNull();
            (await copy.TryCopyAsync(path, Cancellation)).ShouldBeNull();
            (await File.ReadAllBytesAsync(Path.Combine(directory, "test", "a", "real.parc._S3rver_object"), Cancellation)).ShouldBe(bytes);
        }

        using var stranger = new S3ArchiveCopy(Options("UNKNOWN"), TimeProvider.System);
        (await stranger.TryCopyAsync(path, Cancellation))!.ShouldStartWith("403");
    }

    private static S3ArchiveCopy Copy(Uri url) => new(new S3ArchiveOptions { Url = url, Bucket = "logs", Prefix = "a/", AccessKey = "AK", SecretKey = "SK" }, TimeProvider.System);

    private ScriptedReply Answer(ScriptedRequest request)
    {
        request.Headers["authorization"].ShouldStartWith("AWS4-HMAC-SHA256 Credential=AK/");
        if (request.Method == "HEAD")
        {
            return objects.TryGetValue(request.Path, out var known) ? new ScriptedReply(200, "") { Headers = new Dictionary<string, string> { ["x-amz-meta-sha256"] = known.Hash } } : new ScriptedReply(404, "");
        }

        request.Method.ShouldBe("PUT");
        request.Headers["x-amz-content-sha256"].ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.Body))));
        if (failures-- > 0) return new ScriptedReply(503, "<Error><Code>SlowDown</Code></Error>", "application/xml");
        objects[request.Path] = (request.Headers["x-amz-meta-sha256"], request.Body);
        return new ScriptedReply(200, "");
    }
}
