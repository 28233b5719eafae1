using System.Text.Json;
using Prunella.Integrations.Search;
using Prunella.Logs.Questions;

namespace Prunella.Integrations.Elasticsearch;

/// <summary>
/// What an index calls things, found from its own fields (<c>_field_caps</c>): the names of the Elastic Common Schema first, then
/// those that shippers and applications use.
/// </summary>
internal sealed class SearchFields
{
    private static readonly string[] TimeNames = ["@timestamp", "timestamp", "time", "ts", "datetime", "date", "observed_timestamp"];
    private static readonly string[] MessageNames = ["message", "msg", "log", "body.text", "body", "event.original", "log.original", "text", "line"];
    private static readonly string[] LevelNames = ["log.level", "level", "severity", "severity_text", "loglevel", "log_level", "levelname", "lvl"];
    private static readonly string[] ServiceNames = ["service.name", "service", "resource.attributes.service.name", "kubernetes.labels.app", "kubernetes.container.name", "container.name", "app", "application", "logger", "logger_name", "log.logger", "component", "program", "process.name"];
    private static readonly string[] HostNames = ["host.name", "host.hostname", "host", "hostname", "kubernetes.node.name", "kubernetes.pod.name", "node", "pod", "beat.hostname", "agent.hostname"];
    private static readonly string[] StatusNames = ["http.response.status_code", "status", "status_code", "http.status_code", "http_status", "response_code", "response", "code"];
    private static readonly string[] DurationNames = ["event.duration", "duration", "duration_ms", "latency", "latency_ms", "elapsed", "elapsed_ms", "response_time", "request_time", "took", "took_ms"];
    private static readonly string[] SizeNames = ["http.response.body.bytes", "http.response.bytes", "bytes", "size", "body_bytes_sent", "content_length", "length"];
    private static readonly string[] AddressNames = ["source.ip", "client.ip", "clientip", "client_ip", "remote_addr", "source.address", "client.address", "ip"];
    private readonly Dictionary<string, SearchField> fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> nestedPaths = new(StringComparer.Ordinal);

    /// <exception cref="LogSearchException">The index has no field, or none for the time.</exception>
    internal SearchFields(JsonElement answer, string index)
    {
        Index = index;
        if (!answer.TryGetProperty("fields", out var all) || all.ValueKind != JsonValueKind.Object) throw new LogSearchException($"The answer to {index}/_field_caps names no fields.");
        nestedPaths.UnionWith(all.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.Object && field.Value.TryGetProperty("nested", out _)).Select(field => field.Name));
        foreach (var field in all.EnumerateObject()) Add(field);
        if (fields.Count == 0) throw new LogSearchException($"No index that fits {index} has fields; is its name right?");
        Time = First(TimeNames, field => field.IsTime || field.IsNumber) ?? fields.Values.Where(field => field.IsTime).OrderBy(field => field.Name, StringComparer.Ordinal).FirstOrDefault()
            ?? throw Missing("a time", TimeNames);
        Message = First(MessageNames, field => field.IsText || field.IsKeyword);
    }

    /// <summary>The index, data stream, alias or pattern.</summary>
    internal string Index { get; }

    /// <summary>When a document is.</summary>
    internal SearchField Time { get; }

    /// <summary>What it says; null when no single field does.</summary>
    internal SearchField? Message { get; }

    /// <summary>Fields of text, for an index without a message.</summary>
    internal IReadOnlyList<string> Texts => [.. fields.Values.Where(known => known.IsText && known.Nested is null).Select(known => known.Name).Order(StringComparer.Ordinal)];

    internal SearchField Level => First(LevelNames, _ => true) ?? throw Missing("the level", LevelNames);

    internal SearchField Service => First(ServiceNames, known => known.IsText || known.IsKeyword) ?? throw Missing("the service", ServiceNames);

    internal SearchField Host => First(HostNames, _ => true) ?? throw Missing("the host", HostNames);

    /// <summary>Whether services can be counted.</summary>
    internal bool HasServices => First(ServiceNames, known => known.IsText || known.IsKeyword) is { } service && Exact(service).Aggregatable;

    /// <summary>Whether hosts can be counted.</summary>
    internal bool HasHosts => First(HostNames, _ => true) is { } host && Exact(host).Aggregatable;

    /// <summary>The field of a number that a condition is about.</summary>
    internal SearchField Number(string field) => field switch
    {
        NumberCondition.Status => First(StatusNames, known => known.IsNumber || known.IsKeyword) ?? throw Missing("the HTTP status", StatusNames),
        NumberCondition.Duration => First(DurationNames, known => known.IsNumber) ?? throw Missing("a duration as a number", DurationNames),
        NumberCondition.Size => First(SizeNames, known => known.IsNumber) ?? throw Missing("a size as a number", SizeNames),
        _ => Keyed(field) is { IsNumber: true } known ? known : throw Missing($"the number '{field}'", [field]),
    };

    /// <summary>The field that groups are made by.</summary>
    internal SearchField Group(string by)
    {
        var field = by switch
        {
            "service" => Service,
            "level" => Level,
            "host" => Host,
            "status" => Number(NumberCondition.Status),
            "address" => First(AddressNames, _ => true) ?? throw Missing("an address", AddressNames),
            _ => Keyed(by) ?? throw Missing($"'{by}'", [by]),
        };
        return Exact(field) is { Aggregatable: true } exact ? exact : throw new LogSearchException($"The field {field.Name} of {Index} is of type {field.Type} and cannot be grouped by; it has no keyword beside it.");
    }

    /// <summary>The field by which whole values are compared: the keyword beside a text, else the field itself.</summary>
    internal SearchField Exact(SearchField field)
    {
        if (!field.IsText) return field;
        foreach (var end in (string[])[".keyword", ".raw", ".exact"]) if (fields.TryGetValue(field.Name + end, out var exact) && exact.IsKeyword) return exact;
        return field;
    }

    private void Add(JsonProperty field)
    {
        if (field.Name.StartsWith('_') || field.Value.ValueKind != JsonValueKind.Object) return;
        var types = field.Value.EnumerateObject().Where(type => type.Value.ValueKind == JsonValueKind.Object && type.Name != "unmapped").ToList();
        if (types.Count == 0 || types.All(type => type.Name is "object" or "nested")) return;
        fields[field.Name] = new SearchField(field.Name, types[0].Name, types.Count == 1 && types[0].Value.TryGetProperty("aggregatable", out var can) && can.ValueKind == JsonValueKind.True, NestedIn(field.Name));
    }

    // A part of a nested object has that object's path as a field of its own.
    private string? NestedIn(string name)
    {
        for (var dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
            if (nestedPaths.Contains(name[..dot])) return name[..dot];
        return null;
    }

    private SearchField? First(string[] names, Func<SearchField, bool> fits)
    {
        foreach (var name in names) if (fields.TryGetValue(name, out var field) && fits(field)) return field;
        return null;
    }

    // By its name, as a label, or as the end of a path, whatever the case.
    private SearchField? Keyed(string key)
    {
        foreach (var name in (string[])[key, "labels." + key, "fields." + key, "attributes." + key, "json." + key]) if (fields.TryGetValue(name, out var field)) return field;
        return fields.Values.Where(field => field.Name.Equals(key, StringComparison.OrdinalIgnoreCase) || field.Name.EndsWith("." + key, StringComparison.OrdinalIgnoreCase)).OrderBy(field => field.Name.Length).ThenBy(field => field.Name, StringComparer.Ordinal).FirstOrDefault();
    }

    private LogSearchException Missing(string what, string[] tried)
    {
        var some = fields.Values.Where(field => !field.Name.EndsWith(".keyword", StringComparison.Ordinal)).Select(field => field.Name).Order(StringComparer.Ordinal).ToList();
        return new LogSearchException($"{Index} has no field for {what} (looked for {string.Join(", ", tried)}). Its fields: {string.Join(", ", some.Take(30))}{(some.Count > 30 ? $" and {some.Count - 30} more" : "")}.");
    }
}
