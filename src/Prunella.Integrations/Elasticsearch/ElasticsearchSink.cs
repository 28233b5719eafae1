using System.Buffers;
using System.Net;
using System.Text;
using Prunella.Integrations.Http;
using Prunella.Logs.Pipeline;

namespace Prunella.Integrations.Elasticsearch;

/// <summary>
/// Sends documents with <c>_bulk</c> as <c>create</c> into a data stream. Each has its id, so one that is sent again stands there once:
/// 409 means that it is there. Only items that the answer says are stored count as stored; those it is silent about are sent again.
/// </summary>
public sealed class ElasticsearchSink : ILogSink, IDisposable
{
    private const int AnswerBytesMax = 64 << 20;

    private const string TemplateOfStream = """
        {"index_patterns":["%stream%"],"data_stream":{},"priority":300,"template":{"mappings":{"properties":{
        "@timestamp":{"type":"date"},"message":{"type":"text"},
        "log":{"properties":{"level":{"type":"keyword"}}},"service":{"properties":{"name":{"type":"keyword","ignore_above":1024}}},
        "event":{"properties":{"id":{"type":"keyword"},"original":{"type":"text"}}},
        "kubernetes":{"properties":{"namespace":{"type":"keyword"},"pod":{"properties":{"name":{"type":"keyword"}}},"container":{"properties":{"name":{"type":"keyword"}}}}},
        "prunella":{"properties":{"event":{"type":"keyword"},"fields":{"type":"object","dynamic":false},"class":{"type":"keyword"},"source":{"type":"keyword","ignore_above":1024},"template":{"properties":{"id":{"type":"keyword"},"text":{"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":1024}}}}}}}}}}}
        """;

    private readonly ElasticsearchSinkOptions options;
    private readonly ElasticsearchConnection connection;
    private bool templated;

    /// <summary>Makes a sink; nothing is sent yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public ElasticsearchSink(ElasticsearchSinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems("logs:sinks:elasticsearch"));
        this.options = options;
        templated = !options.PutTemplate;
        connection = new ElasticsearchConnection(options, AnswerBytesMax);
    }

    /// <inheritdoc/>
    public string Name => "elasticsearch";

    /// <inheritdoc/>
    public int BatchDocumentsMax => options.BatchDocumentsMax;

    /// <inheritdoc/>
    public int BatchBytesMax => options.BatchBytesMax;

    /// <inheritdoc/>
    public async Task<SinkAnswer> SendAsync(IReadOnlyList<SinkDocument> documents, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(documents);
        if (!templated && await PutTemplateAsync(cancellation).ConfigureAwait(false) is { } trouble) return SinkAnswer.AllAgain(documents.Count, trouble);
        return await SendAsync(documents, 0, documents.Count, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    // A request that is too large, or refused as a whole, is sent in halves, so that one document does not hold up the others.
    private async Task<SinkAnswer> SendAsync(IReadOnlyList<SinkDocument> documents, int from, int count, CancellationToken cancellation)
    {
        var answer = await connection.SendAsync(HttpMethod.Post, "_bulk", Body(documents, from, count), "application/x-ndjson", cancellation).ConfigureAwait(false);
        if (answer.Status is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.BadRequest)
        {
            if (count == 1) return new SinkAnswer([], [new SinkRefusal(from, $"{(int)answer.Status}: {answer.Line()}")], null);
            var first = await SendAsync(documents, from, count / 2, cancellation).ConfigureAwait(false);
            var second = await SendAsync(documents, from + (count / 2), count - (count / 2), cancellation).ConfigureAwait(false);
            return new SinkAnswer([.. first.Again, .. second.Again], [.. first.Refused, .. second.Refused], first.Why ?? second.Why) { After = first.After ?? second.After };
        }

        if (!answer.Success) return All(from, count, Why(answer)) with { After = answer.Headers?.RetryAfter?.Delta };
        return BulkAnswer.Read(answer.Body, from, count);
    }

    private static SinkAnswer All(int from, int count, string why) => new([.. Enumerable.Range(from, count)], [], why);

    private static string Why(HttpAnswer answer) => answer.Complete ? $"{(int)answer.Status}: {answer.Line()}" : answer.Failure;

    private byte[] Body(IReadOnlyList<SinkDocument> documents, int from, int count)
    {
        var body = new ArrayBufferWriter<byte>();
        var before = Encoding.UTF8.GetBytes($"{{\"create\":{{\"_index\":\"{options.DataStream}\",\"_id\":\"");
        for (var n = from; n < from + count; n++)
        {
            body.Write(before);
            body.Write(Encoding.ASCII.GetBytes(documents[n].Id));
            body.Write("\"}}\n"u8);
            body.Write(documents[n].Json.Span);
            body.Write("\n"u8);
        }

        return body.WrittenSpan.ToArray();
    }

    private async Task<string?> PutTemplateAsync(CancellationToken cancellation)
    {
        var answer = await connection.SendAsync(HttpMethod.Put, "_index_template/prunella-" + options.DataStream, Encoding.UTF8.GetBytes(TemplateOfStream.Replace("%stream%", options.DataStream, StringComparison.Ordinal)), "application/json", cancellation).ConfigureAwait(false);
        if (!answer.Success) return $"the index template could not be put there (logs:sinks:elasticsearch:putTemplate): {Why(answer)}";
        templated = true;
        return null;
    }
}
