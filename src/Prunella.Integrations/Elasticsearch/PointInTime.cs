using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Integrations.Search;

namespace Prunella.Integrations.Elasticsearch;

/// <summary>A state of an index that pages are read from, so that what comes meanwhile shifts none; in Elasticsearch's words or OpenSearch's.</summary>
internal sealed class PointInTime : IAsyncDisposable
{
    private const string Alive = "1m";
    private readonly ElasticsearchLogs server;
    private readonly string id;
    private readonly bool ofOpenSearch;

    private PointInTime(ElasticsearchLogs server, string id, bool ofOpenSearch) => (this.server, this.id, this.ofOpenSearch) = (server, id, ofOpenSearch);

    /// <exception cref="LogSearchException">Neither way is open.</exception>
    internal static async Task<PointInTime> OpenAsync(ElasticsearchLogs server, CancellationToken cancellation)
    {
        var (status, answer) = await server.TryAsync(HttpMethod.Post, $"{server.Index}/_pit?keep_alive={Alive}&ignore_unavailable=true", null, cancellation).ConfigureAwait(false);
        if (Id(status, answer, "id") is { } id) return new PointInTime(server, id, ofOpenSearch: false);
        if (status is not (HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.BadRequest)) throw server.Refused(status, answer);
        var (second, other) = await server.TryAsync(HttpMethod.Post, $"{server.Index}/_search/point_in_time?keep_alive={Alive}", null, cancellation).ConfigureAwait(false);
        return Id(second, other, "pit_id") is { } known ? new PointInTime(server, known, ofOpenSearch: true) : throw server.Refused(second, other);
    }

    internal void Apply(JsonObject search)
    {
        search["pit"] = new JsonObject { ["id"] = id, ["keep_alive"] = Alive };
        // Elasticsearch breaks ties itself; OpenSearch is told how.
        if (ofOpenSearch) search["sort"]!.AsArray().Add(new JsonObject { ["_doc"] = new JsonObject { ["order"] = "asc" } });
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (ofOpenSearch) await server.TryAsync(HttpMethod.Delete, "_search/point_in_time", new JsonObject { ["pit_id"] = new JsonArray(id) }, CancellationToken.None).ConfigureAwait(false);
            else await server.TryAsync(HttpMethod.Delete, "_pit", new JsonObject { ["id"] = id }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LogSearchException)
        {
            // It ends by itself a minute after its last use.
        }
    }

    private static string? Id(HttpStatusCode status, JsonElement answer, string name) =>
        status == HttpStatusCode.OK && answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
}
