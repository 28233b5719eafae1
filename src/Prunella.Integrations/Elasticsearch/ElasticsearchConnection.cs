using System.Net.Http.Headers;
using Prunella.Integrations.Http;

namespace Prunella.Integrations.Elasticsearch;

/// <summary>Requests to an Elasticsearch or OpenSearch, with whatever it lets Prunella in by.</summary>
internal sealed class ElasticsearchConnection(ElasticsearchServerOptions options, int answerBytesMax) : IDisposable
{
    private readonly HttpLane lane = new(options.Timeout, answerBytesMax, options.AuthorityFile);

    public void Dispose() => lane.Dispose();

    /// <summary>Sends a request; trouble on the way is an answer that is not complete.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="path">Path and query, below the server's address.</param>
    /// <param name="body">Its body; null for none.</param>
    /// <param name="media">What the body is.</param>
    /// <param name="cancellation">Stops.</param>
    internal async Task<HttpAnswer> SendAsync(HttpMethod method, string path, byte[]? body, string media, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, HttpAddress.Below(options.Url!, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(media);
        }
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (options.ApiKey.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("ApiKey", options.ApiKey);
        try
        {
            options.Credentials.Apply(request);
        }
        catch (IOException failure)
        {
            return HttpAnswer.Failed($"the token file cannot be read: {failure.Message}", reached: false);
        }
        return await lane.SendAsync(request, cancellation).ConfigureAwait(false);
    }
}
