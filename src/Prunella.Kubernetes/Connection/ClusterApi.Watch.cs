using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Prunella.Kubernetes.Connection;

// Pages as bytes, watches, and what permissions they take.
internal sealed partial class ClusterApi
{
    /// <summary>One page of a list as it came: parsed piece by piece where it is used.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="namespace">The namespace; empty for all.</param>
    /// <param name="fields">A field selector; empty for all objects.</param>
    /// <param name="limit">Objects in the page.</param>
    /// <param name="next">Where the page begins; empty for the first.</param>
    /// <param name="cancellation">Ends the request.</param>
    internal Task<byte[]> PageAsync(ApiKind kind, string @namespace, string fields, int limit, string next, CancellationToken cancellation)
    {
        var path = new StringBuilder(kind.Collection(@namespace)).Append("?limit=").Append(limit.ToString(CultureInfo.InvariantCulture));
        if (fields.Length > 0) path.Append("&fieldSelector=").Append(Uri.EscapeDataString(fields));
        if (next.Length > 0) path.Append("&continue=").Append(Uri.EscapeDataString(next));
        return SendAsync(new ApiRequest(HttpMethod.Get, "list", kind, path.ToString()), cancellation);
    }

    /// <summary>What is wanted of a long list: each page is looked through as it comes, and no object is kept whole.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="namespace">The namespace; empty for all.</param>
    /// <param name="fields">A field selector; empty for all objects.</param>
    /// <param name="read">What is kept of an object; null for nothing.</param>
    /// <param name="cancellation">Ends the list.</param>
    internal async Task<List<T>> ListAsync<T>(ApiKind kind, string @namespace, string fields, Func<JsonElement, T?> read, CancellationToken cancellation) where T : class
    {
        for (var again = false; ; again = true)
        {
            var kept = new List<T>();
            var next = "";
            try
            {
                do
                {
                    var body = await PageAsync(kind, @namespace, fields, options.PageSize, next, cancellation);
                    next = Keep(kind, body, read, kept);
                }
                while (next.Length > 0);
                return kept;
            }
            catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.Gone && !again)
            {
                // A page that expired on the way starts the list again, once.
            }
        }
    }

    private static string Keep<T>(ApiKind kind, byte[] body, Func<JsonElement, T?> read, List<T> kept) where T : class
    {
        try
        {
            using var page = JsonDocument.Parse(body);
            if (page.RootElement.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array)
                foreach (var item in items.EnumerateArray()) if (read(item) is { } wanted) kept.Add(wanted);
            return page.RootElement.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("continue", out var next) ? next.GetString() ?? "" : "";
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw new ClusterApiException(ClusterFailure.Lost, "list", kind.Resource, $"list {kind.Resource} was answered with {body.Length} bytes that are not the list asked for. Is a proxy in between?", inner: malformed);
        }
    }

    /// <summary>Opens a watch from a version on. The caller reads the stream and disposes the answer.</summary>
    /// <exception cref="ClusterApiException">It could not be opened.</exception>
    internal async Task<HttpResponseMessage> WatchAsync(ApiKind kind, string @namespace, string fields, string resourceVersion, TimeSpan timeout, CancellationToken cancellation)
    {
        var path = new StringBuilder(kind.Collection(@namespace)).Append("?watch=1&allowWatchBookmarks=true&resourceVersion=").Append(Uri.EscapeDataString(resourceVersion))
            .Append(CultureInfo.InvariantCulture, $"&timeoutSeconds={(int)timeout.TotalSeconds}");
        if (fields.Length > 0) path.Append("&fieldSelector=").Append(Uri.EscapeDataString(fields));
        return await OpenAsync(new ApiRequest(HttpMethod.Get, "watch", kind, path.ToString()), HttpVersion.Version20, cancellation);
    }

    // The answer's beginning has the time of a request; its body may go on for hours.
    private async Task<HttpResponseMessage> OpenAsync(ApiRequest request, Version version, CancellationToken cancellation)
    {
        Used(request);
        using var turn = await pacer.EnterAsync(cancellation);
        using var deadline = new CancellationTokenSource(options.RequestTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        HttpResponseMessage? response = null;
        try
        {
            using var message = new HttpRequestMessage(request.Method, new Uri(root, request.Path)) { Version = version };
            if (client.Credentials is not null) await client.Credentials.ProcessHttpRequestAsync(message, linked.Token);
            response = await client.HttpClient.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            if (response.IsSuccessStatusCode) return response;
            throw Refusal(request, response, await ReadBoundedAsync(response, request, linked.Token));
        }
        catch (Exception exception)
        {
            response?.Dispose();
            if (exception is OperationCanceledException && !cancellation.IsCancellationRequested)
                throw new ClusterApiException(ClusterFailure.Lost, request.Verb, request.Resource, $"{request} did not answer within {options.RequestTimeout.TotalSeconds:0.#} s.", inner: exception);
            if (exception is HttpRequestException or IOException)
                throw new ClusterApiException(ClusterFailure.Unreachable, request.Verb, request.Resource, $"{request} got no answer from {client.BaseUri.GetLeftPart(UriPartial.Authority)}: {exception.Message}", inner: exception);
            throw;
        }
    }

    /// <summary>Verbs and resources asked for since the start; what the role has to grant.</summary>
    internal IReadOnlyCollection<(string Verb, string Resource)> UsedPermissions => [.. used.Keys];

    private void Used(ApiRequest request) => used.TryAdd((request.Verb, request.Resource), true);

    /// <summary>Notes a permission that is used beside this funnel: the web socket of exec.</summary>
    internal void Used(string verb, string resource) => used.TryAdd((verb, resource), true);
}
