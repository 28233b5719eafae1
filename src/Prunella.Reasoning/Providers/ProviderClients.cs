using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using Anthropic;
using Microsoft.Extensions.AI;
using OpenAI;

namespace Prunella.Reasoning.Providers;

/// <summary>Makes the SDK's client of a model, once for each. Retries and time-outs are the pipeline's: the SDKs' own are off. Thread-safe.</summary>
internal sealed class ProviderClients(ICredentialSource credentials, TimeProvider time, Func<HttpMessageHandler>? network = null) : IDisposable
{
    // The key is set by the handler; the SDKs want one before they send.
    private const string SetLater = "set-by-the-handler";
    private readonly ConcurrentDictionary<(string Provider, string Model), Lazy<IChatClient>> clients = new();
    private readonly ConcurrentBag<HttpClient> connections = [];

    internal IChatClient For(ModelChoice choice) =>
        clients.GetOrAdd((choice.ProviderName, choice.Model), _ => new Lazy<IChatClient>(() => Make(choice))).Value;

    private IChatClient Make(ModelChoice choice)
    {
        var inner = network?.Invoke() ?? new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false, UseCookies = false };
        var http = new HttpClient(new ProviderHandler(choice.ProviderName, choice.Provider, credentials, time, inner)) { Timeout = Timeout.InfiniteTimeSpan };
        connections.Add(http);
        if (choice.Provider.Kind == ProviderKind.Anthropic)
            return new AnthropicClient { ApiKey = SetLater, BaseUrl = choice.Provider.Address.ToString(), HttpClient = http, MaxRetries = 0, Timeout = TimeSpan.FromHours(1) }.AsIChatClient(choice.Model);
        var options = new OpenAIClientOptions
        {
            Endpoint = choice.Provider.Address, Transport = new HttpClientPipelineTransport(http), RetryPolicy = new ClientRetryPolicy(maxRetries: 0), NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        return new OpenAIClient(new ApiKeyCredential(SetLater), options).GetChatClient(choice.Model).AsIChatClient();
    }

    public void Dispose()
    {
        foreach (var client in clients.Values.Where(client => client.IsValueCreated)) client.Value.Dispose();
        foreach (var http in connections) http.Dispose();
    }
}
