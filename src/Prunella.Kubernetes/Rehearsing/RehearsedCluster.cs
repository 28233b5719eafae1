using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Prunella.Kubernetes.Rehearsing;

/// <summary>
/// A cluster that is not there: one deployment with one pod, answered from memory in place of a connection, so that nothing which
/// a rehearsal does can reach anything. A raised memory limit makes the pod well, as it would.
/// </summary>
internal sealed class RehearsedCluster : DelegatingHandler
{
    internal const string Namespace = "rehearsal";
    internal const string Name = "shop";
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<JsonObject>> objects;
    private readonly ConcurrentBag<(string Plural, PipeWriter Writer)> watches = [];
    private readonly TimeProvider time;
    private int version = 1;

    internal RehearsedCluster(TimeProvider time)
    {
        this.time = time;
        objects = new(StringComparer.Ordinal)
        {
            ["deployments"] = [Read(RehearsedObjects.Deployment)], ["replicasets"] = [Read(RehearsedObjects.ReplicaSet)], ["pods"] = [Read(RehearsedObjects.WellPod)], ["nodes"] = [Read(RehearsedObjects.Node)], ["events"] = [Read(RehearsedObjects.Event)],
        };
    }

    /// <summary>The kernel ends the application for want of memory.</summary>
    internal void RunOutOfMemory() => Change("pods", Read(RehearsedObjects.KilledPod));

    /// <summary>Whether its watches are open: what changes now is told.</summary>
    internal bool Watched => watches.Any(watch => watch.Plural == "pods") && watches.Any(watch => watch.Plural == "deployments");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        // As over a connection: what is awaited has not ended yet, which takes other code than what has.
        await Task.Yield();
        var body = request.Content is null ? null : JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken)) as JsonObject;
        var address = request.RequestUri!;
        var (plural, name, part) = Parse(address.AbsolutePath);
        if (address.Query.Contains("watch=1", StringComparison.Ordinal)) return Watch(plural);
        if (part == "log") return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(RehearsedObjects.Log) };
        lock (gate)
        {
            if (request.Method == HttpMethod.Get && name is null) return Answer(new JsonObject { ["kind"] = "List", ["metadata"] = new JsonObject { ["resourceVersion"] = Version(version) }, ["items"] = new JsonArray([.. objects.GetValueOrDefault(plural, []).Select(known => known.DeepClone())]) });
            if (request.Method == HttpMethod.Post) return Answer(body ?? [], HttpStatusCode.Created);
            if (name is null || objects.GetValueOrDefault(plural)?.Find(known => (string?)known["metadata"]!["name"] == name) is not { } found) return Answer(new JsonObject { ["kind"] = "Status", ["code"] = 404 }, HttpStatusCode.NotFound);
            if (request.Method != HttpMethod.Patch || body is null) return Answer(found);
            var patched = (JsonObject)found.DeepClone();
            Merge(patched, body);
            if (!address.Query.Contains("dryRun", StringComparison.Ordinal) && plural == "deployments") Heal(patched);
            return Answer(patched);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) foreach (var (_, writer) in watches) writer.Complete();
        base.Dispose(disposing);
    }

    private void Heal(JsonObject deployment)
    {
        deployment["metadata"]!["generation"] = 2;
        deployment["status"]!["observedGeneration"] = 2;
        Change("deployments", deployment);
        Change("pods", Read(RehearsedObjects.WellPod));
    }

    private void Change(string plural, JsonObject changed)
    {
        lock (gate)
        {
            changed["metadata"]!["resourceVersion"] = Version(++version);
            objects[plural] = [changed];
            var line = Encoding.UTF8.GetBytes($"{new JsonObject { ["type"] = "MODIFIED", ["object"] = changed.DeepClone() }.ToJsonString()}\n");
            // A few hundred bytes: the pipe takes them without waiting.
            foreach (var watch in watches) if (watch.Plural == plural) _ = watch.Writer.WriteAsync(line).AsTask();
        }
    }

    private HttpResponseMessage Watch(string plural)
    {
        var pipe = new Pipe();
        watches.Add((plural, pipe.Writer));
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(pipe.Reader.AsStream()) };
    }

    private static HttpResponseMessage Answer(JsonObject body, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };

    /// <summary>Plural, name and subresource of <c>/apis/apps/v1/namespaces/shop/deployments/api/scale</c> and its shorter kin.</summary>
    private static (string Plural, string? Name, string? Part) Parse(string path)
    {
        var parts = path.Trim('/').Split('/');
        var at = Array.IndexOf(parts, "namespaces") is >= 0 and var space && space + 2 < parts.Length ? space + 2 : parts[0] == "api" ? 2 : 3;
        return (parts.ElementAtOrDefault(at) ?? "", parts.ElementAtOrDefault(at + 1), parts.ElementAtOrDefault(at + 2));
    }

    // As a strategic merge: objects member by member, containers by their name.
    private static void Merge(JsonObject into, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is JsonObject part && into[key] is JsonObject there) Merge(there, part);
            else if (value is JsonArray { Count: 1 } list && list[0] is JsonObject entry && into[key] is JsonArray { Count: 1 } known && known[0] is JsonObject same) Merge(same, entry);
            else if (value is null) into.Remove(key);
            else into[key] = value.DeepClone();
        }
    }

    private JsonObject Read(string text) => (JsonObject)JsonNode.Parse(text.Replace("{now}", time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal))!;

    private static string Version(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
