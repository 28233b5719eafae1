using System.Collections.Concurrent;
using System.Text.Json;
using Prunella.Integrations.Tests.Http;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning.Tests.Scripted;

/// <summary>A model behind a vendor's API on loopback: it refuses what the vendor would refuse, remembers what it was asked, and answers as the test says.</summary>
internal sealed class ScriptedModel : IAsyncDisposable
{
    internal const string Key = "sk-ant-test-0123456789abcdefABCDEF";
    private readonly ScriptedHttpServer server;
    private int number;

    internal ScriptedModel(ProviderKind kind, Func<ModelRequest, int, ModelReply> answer, string key = Key)
    {
        Kind = kind;
        server = new ScriptedHttpServer(request =>
        {
            try
            {
                var read = kind == ProviderKind.Anthropic ? AnthropicDialect.Read(request, key) : OpenAiDialect.Read(request, key, azure: kind == ProviderKind.Azure);
                Requests.Enqueue(read);
                var reply = answer(read, Interlocked.Increment(ref number));
                return kind == ProviderKind.Anthropic ? AnthropicDialect.Write(reply, read.Model) : OpenAiDialect.Write(reply, read.Model);
            }
            catch (Exception broken) when (broken is VendorRuleException or JsonException or KeyNotFoundException or InvalidOperationException)
            {
                Violations.Enqueue(broken.Message);
                return new ScriptedReply(400, """{"type":"error","error":{"type":"invalid_request_error","message":"invalid"}}""");
            }
        });
    }

    internal ScriptedModel(ProviderKind kind, params ModelReply[] replies) : this(kind, (_, number) => replies[Math.Min(number, replies.Length) - 1])
    {
    }

    internal ProviderKind Kind { get; }

    internal ConcurrentQueue<ModelRequest> Requests { get; } = [];

    internal ConcurrentQueue<string> Violations { get; } = [];

    internal string Endpoint => Kind == ProviderKind.Anthropic ? server.Url.ToString() : new Uri(server.Url, "v1").ToString();

    /// <summary>Everything that came over the wire, headers excepted.</summary>
    internal string Received => string.Join('\n', server.Requests.Select(request => request.Body));

    internal ProviderOptions Provider(TimeSpan? timeout = null, int retries = 2) => new()
    {
        Kind = Kind, Endpoint = Endpoint, Credential = "env:TEST_KEY", Timeout = timeout ?? TimeSpan.FromMinutes(2), RetriesMax = retries,
    };

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Violations.ShouldBeEmpty();
    }
}
