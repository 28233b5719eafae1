using Azure.Core;
using Microsoft.Extensions.Time.Testing;
using Prunella.Integrations.Secrets;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Integrations.Tests.Secrets;

public sealed class SecretReaderTests : IDisposable
{
    private const string Secret = "s3cr3t-0123456789";
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly HttpClient http = new();
    private readonly Dictionary<string, string?> environment = new(StringComparer.Ordinal);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SecretReader Reader(SecretReaderOptions? options = null) => new(options ?? new SecretReaderOptions { Timeout = TimeSpan.FromMinutes(1) }, http, time, name => environment.GetValueOrDefault(name));

    private static SecretReference Of(string text) => SecretReference.TryParse(text, out var reference) ? reference : throw new FormatException(text);

    [Theory]
    [InlineData("sk-ant-api03-0123456789")]
    [InlineData("env:")]
    [InlineData("file:")]
    [InlineData("vault:https://vault:8200/v1/secret/data/x")]
    [InlineData("vault:not an address#field")]
    [InlineData("azure-key-vault:https://x.vault.azure.net/keys/x/y/z")]
    [InlineData("azure-key-vault:ftp://x/secrets/y")]
    [InlineData("aws:eu-central-1")]
    [InlineData("gcp:x")]
    public void TryParse_WhatIsNoReference_IsFalse(string text) => SecretReference.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public async Task AVariableAndAFile_AreReadAtEveryUse()
    {
        var file = Path.GetTempFileName();
        try
        {
            var reader = Reader();
            environment["KEY"] = " one \n";
            (await reader.ReadAsync(Of("env:KEY"), Cancellation)).ShouldBe("one");
            environment["KEY"] = "two";
            (await reader.ReadAsync(Of("env:KEY"), Cancellation)).ShouldBe("two");
            await File.WriteAllTextAsync(file, "three\n", Cancellation);
            (await reader.ReadAsync(Of($"file:{file}"), Cancellation)).ShouldBe("three");
            await File.WriteAllTextAsync(file, """{"key":"four"}""", Cancellation);
            (await reader.ReadAsync(Of($"file:{file}#key"), Cancellation)).ShouldBe("four");
            await File.WriteAllTextAsync(file, "not json but secret", Cancellation);
            (await Should.ThrowAsync<SecretUnavailableException>(async () => await reader.ReadAsync(Of($"file:{file}#key"), Cancellation))).ToString().ShouldNotContain("but secret");
        }
        finally
        {
            File.Delete(file);
        }
        await Should.ThrowAsync<SecretUnavailableException>(async () => await Reader().ReadAsync(Of("env:NONE"), Cancellation));
        await Should.ThrowAsync<SecretUnavailableException>(async () => await Reader().ReadAsync(Of($"file:{file}"), Cancellation));
    }

    [Fact]
    public async Task AVault_IsAskedAgainAfterFiveMinutes_AndWhileItIsAwayTheLastSecretStands()
    {
        var answers = new Queue<ScriptedReply>([Kv("one"), Kv("two"), new ScriptedReply(503, "{}")]);
        await using var vault = new ScriptedHttpServer(request =>
        {
            request.Path.ShouldBe("/v1/secret/data/prunella");
            request.Headers["x-vault-token"].ShouldBe("vault-token");
            return answers.Dequeue();
        });
        environment["VAULT_TOKEN"] = "vault-token";
        var reader = Reader();
        var reference = Of($"vault:{vault.Url}v1/secret/data/prunella#key");
        (await reader.ReadAsync(reference, Cancellation)).ShouldBe("one");
        time.Advance(TimeSpan.FromMinutes(4));
        (await reader.ReadAsync(reference, Cancellation)).ShouldBe("one");
        time.Advance(TimeSpan.FromMinutes(2));
        (await reader.ReadAsync(reference, Cancellation)).ShouldBe("two");
        time.Advance(TimeSpan.FromMinutes(6));
        (await reader.ReadAsync(reference, Cancellation)).ShouldBe("two");
        vault.Requests.Count.ShouldBe(3);

        static ScriptedReply Kv(string secret) => new(200, """{"data":{"data":{"key":"?"},"metadata":{"version":1}}}""".Replace("?", secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(403, """{"errors":["permission denied"]}""", "answered 403")]
    [InlineData(200, """{"data":{"data":{"other":"x"}}}""", "has no field key")]
    [InlineData(200, "no json", "cannot be read")]
    public async Task AVaultThatRefuses_IsNamedWithoutItsAnswer(int status, string body, string expected)
    {
        await using var vault = new ScriptedHttpServer(_ => new ScriptedReply(status, body));
        environment["VAULT_TOKEN"] = "vault-token";
        var failure = await Should.ThrowAsync<SecretUnavailableException>(async () => await Reader().ReadAsync(Of($"vault:{vault.Url}v1/secret/data/x#key"), Cancellation));
        failure.Message.ShouldContain(expected);
        failure.Message.ShouldNotContain("vault-token");
    }

    [Fact]
    public async Task AwsSecretsManager_GetsASignedRequest()
    {
        await using var aws = new ScriptedHttpServer(request =>
        {
            request.Method.ShouldBe("POST");
            request.Headers["x-amz-target"].ShouldBe("secretsmanager.GetSecretValue");
            request.Headers["content-type"].ShouldBe("application/x-amz-json-1.1");
            request.Headers["x-amz-date"].ShouldBe("20261123T120000Z");
            request.Headers["x-amz-security-token"].ShouldBe("session");
            request.Headers["authorization"].ShouldStartWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-central-1/secretsmanager/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target,Signature=");
            request.Body.ShouldBe("""{"SecretId":"prunella/keys"}""");
            return new ScriptedReply(200, $$$"""{"Name":"prunella/keys","SecretString":"{\"anthropic\":\"{{{Secret}}}\"}"}""");
        });
        (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], environment["AWS_SESSION_TOKEN"]) = ("AKIDEXAMPLE", "wJalrXUtnFEMI", "session");
        var reader = Reader(new SecretReaderOptions { AwsEndpoint = aws.Url, Timeout = TimeSpan.FromMinutes(1) });
        (await reader.ReadAsync(Of("aws:eu-central-1/prunella/keys#anthropic"), Cancellation)).ShouldBe(Secret);
    }

    [Fact]
    public async Task AzureKeyVault_IsAskedWithATokenOfItsChallenge()
    {
        await using var azure = new ScriptedHttpServer(request =>
        {
            request.Path.ShouldStartWith("/secrets/anthropic");
            if (!request.Headers.ContainsKey("authorization"))
            {
                return new ScriptedReply(401, "") { Headers = new Dictionary<string, string> { ["WWW-Authenticate"] = "Bearer authorization=\"https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47\", resource=\"https://vault.azure.net\"" } };
            }
            request.Headers["authorization"].ShouldBe("Bearer token-of-the-identity");
            return new ScriptedReply(200, """{"value":"?","id":"https://x.vault.azure.net/secrets/anthropic/1","attributes":{"enabled":true}}""".Replace("?", Secret, StringComparison.Ordinal));
        });
        using var insecure = new HttpClient(new ToLoopback(azure.Url));
        var reader = new SecretReader(new SecretReaderOptions { AzureCredential = new FixedToken(), Timeout = TimeSpan.FromMinutes(1) }, insecure, time, _ => null);
        (await reader.ReadAsync(Of("azure-key-vault:https://x.vault.azure.net/secrets/anthropic"), Cancellation)).ShouldBe(Secret);
    }

    public void Dispose() => http.Dispose();

    private sealed class FixedToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("token-of-the-identity", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }

    // The client insists on https; the scripted server speaks none.
    private sealed class ToLoopback(Uri server) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(server, request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
