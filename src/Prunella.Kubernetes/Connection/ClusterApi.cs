using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prunella.Kubernetes.Connection;

/// <summary>
/// The one funnel of requests to a cluster: paced, bounded, repeated where repeating is harmless, failing with
/// <see cref="ClusterApiException"/>. Speaks raw JSON, so that what it reads and writes back keeps fields that this
/// client is too old or too new to know. Thread-safe.
/// </summary>
internal sealed partial class ClusterApi : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly MediaTypeHeaderValue StrategicMerge = new("application/strategic-merge-patch+json");
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly k8s.Kubernetes client;
    private readonly KubernetesOptions options;
    private readonly TimeProvider time;
    private readonly RequestPacer pacer;
    private readonly Uri root;
    private readonly ConcurrentDictionary<(string Verb, string Resource), bool> used = new();

    internal ClusterApi(k8s.Kubernetes client, KubernetesOptions options, TimeProvider time)
    {
        this.client = client;
        this.options = options;
        this.time = time;
        root = client.BaseUri.AbsolutePath.EndsWith('/') ? client.BaseUri : new Uri(client.BaseUri.AbsoluteUri + '/');
        pacer = new RequestPacer(options.ConcurrencyMax, options.RequestsPerSecondMax, options.RequestBurst, time);
    }

    internal k8s.Kubernetes Client => client;

    internal int PageSize => options.PageSize;

    /// <summary>Asked before every write; null where nobody else could be writing.</summary>
    internal IWriteGuard? Guard { get; set; }

    /// <summary>One object.</summary>
    internal async Task<JsonObject> GetAsync(ApiKind kind, string @namespace, string name, CancellationToken cancellation) =>
        await AskObjectAsync(new ApiRequest(HttpMethod.Get, "get", kind, kind.Item(@namespace, name)), cancellation);

    /// <summary>One object; null when there is none of that name.</summary>
    internal async Task<JsonObject?> FindAsync(ApiKind kind, string @namespace, string name, CancellationToken cancellation)
    {
        try
        {
            return await GetAsync(kind, @namespace, name, cancellation);
        }
        catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.NotFound)
        {
            return null;
        }
    }

    /// <summary>One object in its typed form; null when there is none of that name.</summary>
    internal async Task<T?> FindAsync<T>(ApiKind kind, string @namespace, string name, CancellationToken cancellation) where T : class
    {
        try
        {
            return await AskAsync<T>(new ApiRequest(HttpMethod.Get, "get", kind, kind.Item(@namespace, name)), cancellation);
        }
        catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.NotFound)
        {
            return null;
        }
    }

    /// <summary>The objects of a kind, page after page. A page that expired on the way (410) starts the list again, once.</summary>
    internal async Task<List<T>> ListAsync<T>(ApiKind kind, string @namespace, CancellationToken cancellation, string labels = "", string fields = "", bool metadataOnly = false)
    {
        try
        {
            return await ReadPagesAsync<T>(kind, @namespace, labels, fields, metadataOnly, cancellation);
        }
        catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.Gone)
        {
            return await ReadPagesAsync<T>(kind, @namespace, labels, fields, metadataOnly, cancellation);
        }
    }

    private async Task<List<T>> ReadPagesAsync<T>(ApiKind kind, string @namespace, string labels, string fields, bool metadataOnly, CancellationToken cancellation)
    {
        var items = new List<T>();
        var next = "";
        do
        {
            var path = new StringBuilder(kind.Collection(@namespace)).Append("?limit=").Append(options.PageSize.ToString(CultureInfo.InvariantCulture));
            if (labels.Length > 0) path.Append("&labelSelector=").Append(Uri.EscapeDataString(labels));
            if (fields.Length > 0) path.Append("&fieldSelector=").Append(Uri.EscapeDataString(fields));
            if (next.Length > 0) path.Append("&continue=").Append(Uri.EscapeDataString(next));
            var page = await AskAsync<ObjectPage<T>>(new ApiRequest(HttpMethod.Get, "list", kind, path.ToString()) { MetadataOnly = metadataOnly }, cancellation);
            items.AddRange(page.Items ?? []);
            next = page.Metadata?.Continue ?? "";
        }
        while (next.Length > 0);
        return items;
    }

    /// <summary>Applies a strategic merge patch and returns the object after it. Uid and resourceVersion in the patch are preconditions.</summary>
    internal async Task<JsonObject> PatchAsync(ApiKind kind, string @namespace, string name, JsonNode patch, bool dryRun, CancellationToken cancellation) =>
        await AskObjectAsync(new ApiRequest(HttpMethod.Patch, "patch", kind, kind.Item(@namespace, name) + Query(dryRun)) { Body = patch.ToJsonString(), Media = StrategicMerge }, cancellation);

    /// <summary>Creates an object and returns it.</summary>
    internal async Task<JsonObject> CreateAsync(ApiKind kind, string @namespace, JsonNode body, bool dryRun, CancellationToken cancellation) =>
        await AskObjectAsync(new ApiRequest(HttpMethod.Post, "create", kind, kind.Collection(@namespace) + Query(dryRun)) { Body = body.ToJsonString() }, cancellation);

    /// <summary>Posts to a subresource, such as <c>eviction</c>.</summary>
    internal async Task CreateSubresourceAsync(ApiKind kind, string @namespace, string name, string subresource, JsonNode body, bool dryRun, CancellationToken cancellation) =>
        await SendAsync(new ApiRequest(HttpMethod.Post, "create", kind, $"{kind.Item(@namespace, name)}/{subresource}{Query(dryRun)}") { Body = body.ToJsonString(), Subresource = subresource }, cancellation);

    /// <summary>Writes an object as a whole and returns it; the resourceVersion that it was read with is the precondition.</summary>
    internal async Task<JsonObject> ReplaceAsync(ApiKind kind, string @namespace, string name, JsonNode body, CancellationToken cancellation) =>
        await AskObjectAsync(new ApiRequest(HttpMethod.Put, "update", kind, kind.Item(@namespace, name) + Query(dryRun: false)) { Body = body.ToJsonString() }, cancellation);

    /// <summary>Deletes the object of exactly that uid; a pod gets its own grace unless one is given.</summary>
    internal async Task DeleteAsync(ApiKind kind, string @namespace, string name, string uid, CancellationToken cancellation, int? graceSeconds = null)
    {
        var body = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["preconditions"] = new JsonObject { ["uid"] = uid } };
        if (graceSeconds is { } grace) body["gracePeriodSeconds"] = grace;
        await SendAsync(new ApiRequest(HttpMethod.Delete, "delete", kind, kind.Item(@namespace, name)) { Body = body.ToJsonString() }, cancellation);
    }

    /// <summary>The end of a container's log; null when there is none (yet, or any more).</summary>
    internal async Task<string?> LogTailAsync(string @namespace, string pod, string container, bool previous, CancellationToken cancellation, int linesMax = 50)
    {
        // A byte limit counts from the start of what is asked for, so it is asked by lines and cut here.
        var path = string.Create(CultureInfo.InvariantCulture,
            $"{ApiKind.Pod.Item(@namespace, pod)}/log?container={Uri.EscapeDataString(container)}&previous={(previous ? "true" : "false")}&tailLines={linesMax}&limitBytes={options.LogTailBytes * 16}");
        try
        {
            var bytes = await SendAsync(new ApiRequest(HttpMethod.Get, "get", ApiKind.Pod, path) { Subresource = "log" }, cancellation);
            return Encoding.UTF8.GetString(bytes.AsSpan(Math.Max(0, bytes.Length - options.LogTailBytes)));
        }
        catch (ClusterApiException exception) when (exception.Failure is ClusterFailure.NotFound or ClusterFailure.Refused or ClusterFailure.ServerError)
        {
            return null;
        }
    }

    private static string Query(bool dryRun) => dryRun ? "?dryRun=All&fieldManager=prunella" : "?fieldManager=prunella";

    private async Task<byte[]> SendAsync(ApiRequest request, CancellationToken cancellation)
    {
        var pause = FirstPause;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await SendOnceAsync(request, cancellation);
            }
            catch (ClusterApiException exception) when (attempt < options.RetriesMax && request.MayRepeat(exception.Failure) && exception.RetryAfter <= options.RetryPauseMax)
            {
                await Task.Delay(exception.RetryAfter > TimeSpan.Zero ? exception.RetryAfter : pause, time, cancellation);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.RetryPauseMax.Ticks));
            }
        }
    }

    private async Task<byte[]> SendOnceAsync(ApiRequest request, CancellationToken cancellation)
    {
        Used(request);
        using var turn = await pacer.EnterAsync(cancellation);
        using var deadline = new CancellationTokenSource(options.RequestTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        // After the wait for a turn, so that nothing is sent on the word of a lease that ran out meanwhile.
        if (request.Writes && request.Kind != ApiKind.Lease && Guard?.WhyNot() is { } forbidden)
            throw new ClusterApiException(ClusterFailure.NotLeading, request.Verb, request.Resource, $"{request} was not sent: {forbidden}");
        try
        {
            using var message = new HttpRequestMessage(request.Method, new Uri(root, request.Path));
            message.Version = HttpVersion.Version20;
            if (request.Body is not null) message.Content = new StringContent(request.Body, Encoding.UTF8, request.Media ?? Json);
            if (request.MetadataOnly) message.Headers.TryAddWithoutValidation("Accept", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
            if (client.Credentials is not null) await client.Credentials.ProcessHttpRequestAsync(message, linked.Token);
            using var response = await client.HttpClient.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            var body = await ReadBoundedAsync(response, request, linked.Token);
            return response.IsSuccessStatusCode ? body : throw Refusal(request, response, body);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new ClusterApiException(ClusterFailure.Lost, request.Verb, request.Resource,
                $"{request} did not answer within {options.RequestTimeout.TotalSeconds:0.#} s.", inner: exception);
        }
        catch (HttpRequestException exception)
        {
            var unsent = exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
            throw new ClusterApiException(unsent ? ClusterFailure.Unreachable : ClusterFailure.Lost, request.Verb, request.Resource,
                $"{request} got no answer from {client.BaseUri.GetLeftPart(UriPartial.Authority)}: {exception.Message}", inner: exception);
        }
        catch (IOException exception)
        {
            throw new ClusterApiException(ClusterFailure.Lost, request.Verb, request.Resource, $"{request} lost its connection: {exception.Message}", inner: exception);
        }
    }

    private async Task<byte[]> ReadBoundedAsync(HttpResponseMessage response, ApiRequest request, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        // The length of a page is not told before its end; a buffer that grew would be garbage of twice its size.
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(response.Content.Headers.ContentLength ?? 65_536, 4_096), options.AnswerBytesMax));
        try
        {
            var length = 0;
            int read;
            while ((read = await stream.ReadAsync(buffer.AsMemory(length), cancellation)) > 0)
            {
                length += read;
                if (length > options.AnswerBytesMax)
                {
                    throw new ClusterApiException(ClusterFailure.TooLarge, request.Verb, request.Resource, $"{request} answered more than {options.AnswerBytesMax} bytes (kubernetes:answerBytesMax).");
                }
                if (length < buffer.Length) continue;
                var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ClusterApiException Refusal(ApiRequest request, HttpResponseMessage response, byte[] body)
    {
        var status = ApiStatus.Parse(body);
        var failure = (int)response.StatusCode switch
        {
            401 or 403 => ClusterFailure.Forbidden,
            404 => ClusterFailure.NotFound,
            409 => ClusterFailure.Conflict,
            410 => ClusterFailure.Gone,
            429 when status.HasCause("DisruptionBudget") => ClusterFailure.DisruptionBudget,
            429 => ClusterFailure.Overloaded,
            >= 500 => ClusterFailure.ServerError,
            _ => ClusterFailure.Refused,
        };
        var advice = failure == ClusterFailure.Forbidden ? $" Grant the verb \"{request.Verb}\" on \"{request.Resource}\" (deploy/ has the whole role)." : "";
        var text = Workloads.InertText.Of(status.Message.Length > 0 ? status.Message : response.ReasonPhrase ?? "", 500);
        var after = response.Headers.RetryAfter;
        var wait = after?.Delta ?? (after?.Date is { } date ? date - time.GetUtcNow() : TimeSpan.Zero);
        return new ClusterApiException(failure, request.Verb, request.Resource, $"{request} was answered with {(int)response.StatusCode}: {text}.{advice}", (int)response.StatusCode) { RetryAfter = wait };
    }

    private async Task<JsonObject> AskObjectAsync(ApiRequest request, CancellationToken cancellation) => await ReadAsync(request, body => JsonNode.Parse(body) as JsonObject, cancellation);

    private Task<T> AskAsync<T>(ApiRequest request, CancellationToken cancellation) where T : class => ReadAsync(request, body => ObjectJson.Read<T>(body), cancellation);

    private async Task<T> ReadAsync<T>(ApiRequest request, Func<byte[], T?> parse, CancellationToken cancellation) where T : class
    {
        var body = await SendAsync(request, cancellation);
        Exception? malformed = null;
        try
        {
            if (parse(body) is { } parsed) return parsed;
        }
        catch (JsonException exception)
        {
            malformed = exception;
        }
        // A proxy's page or a cut-off answer: what was asked for may have been done all the same.
        throw new ClusterApiException(ClusterFailure.Lost, request.Verb, request.Resource, $"{request} was answered with {body.Length} bytes that are not the object asked for. Is a proxy in between?", inner: malformed);
    }

    public void Dispose()
    {
        pacer.Dispose();
        client.Dispose();
    }
}
