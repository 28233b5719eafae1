using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Tests.Api;

/// <summary>Whatever is sent, the server answers with a Status and goes on.</summary>
public sealed class HostileInputTests : IAsyncLifetime
{
    private static readonly string[] paths =
    [
        "/api/v1/namespaces/default/configmaps", "/api/v1/namespaces/default/pods", "/apis/apps/v1/namespaces/default/deployments", "/api/v1/namespaces",
        "/apis/policy/v1/namespaces/default/poddisruptionbudgets", "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers", "/apis/batch/v1/namespaces/default/jobs",
        "/api/v1/namespaces/default/services", "/api/v1/namespaces/default/events", "/apis/events.k8s.io/v1/namespaces/default/events", "/api/v1/nodes", "/api/v1/namespaces/default/persistentvolumeclaims",
    ];

    private static readonly string[] contentTypes =
        ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "application/merge-patch+json", "application/json-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml"];

    private SandboxCluster cluster = null!;
    private HttpClient http = null!;

    public async ValueTask InitializeAsync()
    {
        cluster = await SandboxCluster.StartAsync(token: TestContext.Current.CancellationToken);
        http = new HttpClient { BaseAddress = cluster.Address };
        (await SendAsync("POST", paths[0], Encoding.UTF8.GetBytes("""{"metadata":{"name":"a"},"data":{"k":"v"}}"""), contentTypes[0])).Code.ShouldBe(201);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await cluster.DisposeAsync();
    }

    private async Task<(int Code, string Body)> SendAsync(string method, string path, byte[] body, string contentType)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("{\"metadata\":5}")]
    [InlineData("{\"metadata\":{\"name\":[]}}")]
    [InlineData("{\"metadata\":{\"name\":\"a\",\"labels\":{\"x\":{}}}}")]
    [InlineData("{\"metadata\":{\"name\":\"\\ud800\"}}")]
    [InlineData("{\"metadata\":{\"name\":\"n\"},\"spec\":{\"replicas\":1e400}}")]
    [InlineData("{\"metadata\":{\"name\":\"n\",\"generation\":99999999999999999999}}")]
    [InlineData("{\"metadata\":{\"name\":\"n\",\"creationTimestamp\":\"yesterday\"}}")]
    public async Task Create_NonsenseBodies_AreRefusedNotFailed(string body)
    {
        foreach (var path in paths)
        {
            var (code, text) = await SendAsync("POST", path, Encoding.UTF8.GetBytes(body), "application/json");
            code.ShouldBeInRange(400, 422, path + " " + text);
            JsonNode.Parse(text)!["kind"]!.GetValue<string>().ShouldBe("Status");
        }
    }

    [Fact]
    public async Task Create_DeepNesting_IsBadRequest()
    {
        var body = string.Concat(Enumerable.Repeat("{\"a\":", 100_000));
        (await SendAsync("POST", paths[0], Encoding.UTF8.GetBytes(body), "application/json")).Code.ShouldBe(400);
        var yaml = string.Concat(Enumerable.Range(0, 500).Select(depth => new string(' ', depth) + "a:\n"));
        (await SendAsync("POST", paths[0], Encoding.UTF8.GetBytes(yaml), "application/yaml")).Code.ShouldBe(400);
        (await SendAsync("POST", paths[0], Encoding.UTF8.GetBytes(new string('[', 1_000_000)), "application/yaml")).Code.ShouldBe(400);
    }

    [Fact]
    public async Task Create_AliasBomb_IsBadRequest()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level < 12; level++) yaml.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n");
        (await SendAsync("POST", paths[0], Encoding.UTF8.GetBytes(yaml.ToString()), "application/yaml")).Code.ShouldBe(400);
    }

    [Fact]
    public async Task Patch_TooManyOperations_IsTooLarge()
    {
        var body = "[" + string.Join(',', Enumerable.Repeat("{\"op\":\"test\",\"path\":\"/data/k\",\"value\":\"v\"}", 10_001)) + "]";
        (await SendAsync("PATCH", paths[0] + "/a", Encoding.UTF8.GetBytes(body), "application/json-patch+json")).Code.ShouldBe(413);
    }

    [Theory]
    [InlineData("GET", "/api/v1/namespaces/default/pods/../../..%2f..%2f")]
    [InlineData("GET", "/apis/apps/v9/deployments")]
    [InlineData("POST", "/api/v1/pods")]
    [InlineData("PUT", "/api/v1/namespaces/default/pods")]
    [InlineData("TRACE", "/api/v1/nodes/node-1")]
    [InlineData("GET", "/api/v1/namespaces/default/pods?limit=x")]
    [InlineData("GET", "/api/v1/namespaces/default/pods?watch=1&resourceVersion=-1")]
    [InlineData("GET", "/api/v1/namespaces/default/pods?labelSelector=%28%28%28")]
    [InlineData("GET", "/api/v1/namespaces/default/pods?fieldSelector=%3D")]
    [InlineData("GET", "/api/v1/namespaces/default/pods?resourceVersion=9223372036854775807")]
    public async Task OddRequests_AreAnsweredWithAnError(string method, string path)
    {
        var (code, _) = await SendAsync(method, path, [], "application/json");
        code.ShouldBeGreaterThanOrEqualTo(400);
        (await SendAsync("GET", "/healthz", [], "text/plain")).Body.ShouldBe("ok");
    }

    // Mutations of real bodies reach further than noise: most stay JSON.
    [Fact]
    public async Task MutatedBodies_NeverFailTheServer()
    {
        const string Seed = """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","labels":{"a":"b"},"finalizers":["x/y"],"ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u"}]},"spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"},"matchExpressions":[{"key":"a","operator":"In","values":["b"]}]},"strategy":{"rollingUpdate":{"maxSurge":"25%"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"nodeSelector":{"x":"y"},"tolerations":[{"key":"k"}],"containers":[{"name":"c","image":"busybox","env":[{"name":"A","valueFrom":{"configMapKeyRef":{"name":"m","key":"k"}}}],"ports":[{"containerPort":80}],"resources":{"limits":{"cpu":"1","memory":"1Gi"}},"livenessProbe":{"httpGet":{"port":80}}}]}}}}""";
        string[] values = ["null", "5", "-1", "\"\"", "\"25%\"", "[]", "{}", "[null]", "true", "1e99", "\"$patch\"", "{\"$patch\":\"delete\"}"];
        var random = new Random(7);
        for (var round = 0; round < 400; round++)
        {
            var tree = JsonBody.Parse(Encoding.UTF8.GetBytes(Seed))!;
            for (var count = random.Next(1, 4); count > 0; count--) Mutate(tree, random, values);
            var bytes = JsonBody.Write(tree);
            if (random.Next(10) == 0) bytes = bytes[..random.Next(bytes.Length)];
            var path = paths[random.Next(paths.Length)];
            var patch = random.Next(3) == 0;
            var (code, text) = await SendAsync(patch ? "PATCH" : "POST", patch ? paths[0] + "/a?fieldManager=x" : path, bytes, contentTypes[patch ? random.Next(3, 7) : random.Next(0, 3)]);
            (code < 500 || text.Contains("Invalid JSON Patch", StringComparison.Ordinal)).ShouldBeTrue($"round {round}: {Encoding.UTF8.GetString(bytes)}\n{text}");
        }

        (await SendAsync("GET", "/healthz", [], "text/plain")).Code.ShouldBe(200);
        await cluster.SettleAsync(TestContext.Current.CancellationToken);
    }

    private static void Mutate(JsonNode node, Random random, string[] values)
    {
        while (true)
        {
            switch (node)
            {
                case JsonObject { Count: > 0 } map:
                    var key = map.ElementAt(random.Next(map.Count)).Key;
                    if (random.Next(4) > 0 && map[key] is JsonObject or JsonArray)
                    {
                        node = map[key]!;
                        continue;
                    }

                    map[key] = JsonNode.Parse(values[random.Next(values.Length)]);
                    return;
                case JsonArray { Count: > 0 } list when list[0] is JsonObject or JsonArray:
                    node = list[0]!;
                    continue;
                case JsonArray list:
                    list.Add(JsonNode.Parse(values[random.Next(values.Length)]));
                    return;
                default: return;
            }
        }
    }

    [Fact]
    public void ProtobufAndYamlParsers_AnyBytes_ThrowOnlyTheirOwnException()
    {
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            foreach (var body in (byte[][])[bytes, [.. "k8s\0"u8, .. bytes]])
            {
                foreach (var type in contentTypes.Take(3))
                {
                    try
                    {
                        Prunella.Sandbox.Api.ApiExchange.Parse(body, type);
                    }
                    catch (System.Text.Json.JsonException)
                    {
                        // the one refusal there may be
                    }
                }
            }
        }, iter: 20_000);
    }
}
