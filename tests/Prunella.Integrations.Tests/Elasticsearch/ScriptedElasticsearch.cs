using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Integrations.Elasticsearch;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Integrations.Tests.Elasticsearch;

/// <summary>An Elasticsearch or OpenSearch with documents in memory, as strict as theirs about paths, headers and words of the query language.</summary>
internal sealed class ScriptedElasticsearch : IAsyncDisposable
{
    private readonly DocumentSearch search;
    private readonly Dictionary<string, string> types;
    private readonly ScriptedHttpServer server;

    internal ScriptedElasticsearch(IReadOnlyList<JsonObject> documents, Dictionary<string, string> types, X509Certificate2? certificate = null)
    {
        search = new DocumentSearch(documents, types);
        this.types = types;
        server = new ScriptedHttpServer(Answer, certificate);
    }

    internal Uri Url => server.Url;

    /// <summary>The only authorization header that it accepts.</summary>
    internal string Authorization { get; init; } = "ApiKey a2V5";

    internal bool IsOpenSearch { get; init; }

    /// <summary>What to answer in place of what the server would.</summary>
    internal Func<ScriptedRequest, ScriptedReply?>? Before { get; set; }

    internal List<JsonObject> Searches { get; } = [];

    internal HashSet<string> OpenPoints { get; } = [];

    internal ElasticsearchLogs Client() => new(new ElasticsearchLogOptions { Url = server.Url, Index = "logs-*", ApiKey = "a2V5" });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private ScriptedReply Answer(ScriptedRequest request)
    {
        if (Before?.Invoke(request) is { } scripted) return scripted;
        if (request.Headers.GetValueOrDefault("authorization") != Authorization) return Error(401, "security_exception", "missing authentication credentials");
        if (request.Body.Length > 0 && request.Headers.GetValueOrDefault("content-type") != "application/json") return Error(406, "media_type_header_exception", "Content-Type is not supported");
        var body = request.Body.Length > 0 ? JsonNode.Parse(request.Body)!.AsObject() : [];
        switch (request.Method, request.Path)
        {
            case ("GET", "/logs-*/_field_caps") when request.Query.GetValueOrDefault("fields") == "*":
                return Ok(new JsonObject { ["indices"] = new JsonArray("logs-1"), ["fields"] = new JsonObject([.. types.Select(type => KeyValuePair.Create(type.Key, (JsonNode?)new JsonObject { [type.Value] = new JsonObject { ["type"] = type.Value, ["metadata_field"] = false, ["searchable"] = true, ["aggregatable"] = type.Value is not ("text" or "nested" or "object") } }))]) });
            case ("POST", "/logs-*/_search"):
                return Run(body);
            case ("POST", "/_search") when OpenPoints.Contains((string?)body["pit"]?["id"] ?? ""):
                return Run(body);
            case ("POST", "/logs-*/_pit") when request.Query.ContainsKey("keep_alive"):
                if (IsOpenSearch) return Error(400, "illegal_argument_exception", "no handler found for uri");
                OpenPoints.Add("point");
                return Ok(new JsonObject { ["id"] = "point" });
            case ("POST", "/logs-*/_search/point_in_time") when IsOpenSearch && request.Query.ContainsKey("keep_alive"):
                OpenPoints.Add("point");
                return Ok(new JsonObject { ["pit_id"] = "point" });
            case ("DELETE", "/_pit") when !IsOpenSearch && OpenPoints.Remove(body["id"]!.GetValue<string>()):
            case ("DELETE", "/_search/point_in_time") when IsOpenSearch && OpenPoints.Remove(body["pit_id"]![0]!.GetValue<string>()):
                return Ok(new JsonObject { ["succeeded"] = true });
            default:
                return Error(400, "illegal_argument_exception", $"no handler found for uri [{request.Path}] and method [{request.Method}]");
        }
    }

    private ScriptedReply Run(JsonObject body)
    {
        Searches.Add(body);
        try
        {
            return Ok(search.Run(body));
        }
        catch (Exception wrong) when (wrong is FormatException or InvalidOperationException)
        {
            return Error(400, "parsing_exception", wrong.Message);
        }
    }

    private static ScriptedReply Ok(JsonObject body) => new(200, body.ToJsonString());

    internal static ScriptedReply Error(int status, string type, string reason) =>
        new(status, JsonSerializer.Serialize(new { error = new { root_cause = new[] { new { type, reason } }, type, reason }, status }));
}
