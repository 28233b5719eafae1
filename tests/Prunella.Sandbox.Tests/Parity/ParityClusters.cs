using System.Text;
using System.Text.Json.Nodes;
using k8s;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Tests.Parity;

[assembly: AssemblyFixture(typeof(ParityClusters))]

namespace Prunella.Sandbox.Tests.Parity;

/// <summary>Which cluster a behaviour is asserted on.</summary>
public enum Lane { Sandbox, Real }

/// <summary>The two clusters of the parity suite, each started or found once.</summary>
public sealed class ParityClusters : IAsyncDisposable
{
    private const string DefaultKubeconfig = "/var/tmp/kube/admin.conf";
    private readonly SemaphoreSlim gate = new(1, 1);
    private SandboxCluster? sandbox;
    private ParityClient? sandboxClient;
    private ParityClient? realClient;
    private string? realAbsent;

    /// <summary>The client of a lane in a fresh namespace; skips the test when that lane's cluster is absent.</summary>
    internal async Task<ParityNamespace> OpenAsync(Lane lane)
    {
        var token = TestContext.Current.CancellationToken;
        await gate.WaitAsync(token);
        try
        {
            if (lane == Lane.Sandbox) sandboxClient ??= await StartSandboxAsync(token);
            else if (realClient is null && realAbsent is null) realAbsent = await FindRealAsync(token);
        }
        finally
        {
            gate.Release();
        }

        if (lane == Lane.Real && realClient is null) Assert.Skip(realAbsent!);
        return await ParityNamespace.CreateAsync(lane == Lane.Sandbox ? sandboxClient! : realClient!, token);
    }

    private async Task<ParityClient> StartSandboxAsync(CancellationToken token)
    {
        sandbox = await SandboxCluster.StartAsync(token: token);
        return new ParityClient(new HttpClient { BaseAddress = sandbox.Address, Timeout = Timeout.InfiniteTimeSpan }, () => { sandbox.CompactHistory(); return true; });
    }

    private async Task<string?> FindRealAsync(CancellationToken token)
    {
        var path = Environment.GetEnvironmentVariable("PRUNELLA_TEST_KUBECONFIG");
        if (string.IsNullOrEmpty(path))
        {
            if (!Directory.Exists(Path.Combine(Checkout.Root, "..", "shared", "kube")) || !File.Exists(DefaultKubeconfig))
                return "no real cluster: PRUNELLA_TEST_KUBECONFIG is not set and none is running";
            path = DefaultKubeconfig;
        }

        var kubernetes = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(path));
        kubernetes.HttpClient.BaseAddress = kubernetes.BaseUri;
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
            using var timer = TimeProvider.System.CreateTimer(_ => deadline.Cancel(), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
            await kubernetes.Version.GetCodeAsync(deadline.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return $"the cluster of {path} does not answer: {e.Message}";
        }

        realClient = new ParityClient(kubernetes.HttpClient, null);
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (sandbox is not null) await sandbox.DisposeAsync();
        gate.Dispose();
    }
}

/// <summary>An answer of the API: its code and its body.</summary>
internal sealed record ParityAnswer(int Code, JsonNode? Body, string Text)
{
    public string? Reason => Body.Text("reason");
    public string Message => Body.Text("message") ?? "";

    /// <summary>Code and reason of a refusal, as one comparable text: <c>409 Conflict</c>.</summary>
    public string Refusal => $"{Code} {Reason}";
    public string[] CauseFields => [.. Body.Items("details", "causes").Select(cause => cause.Text("field") ?? "")];
}

/// <summary>Sends raw requests, so that what is asserted is the wire and not a client's view of it.</summary>
internal sealed class ParityClient(HttpClient http, Func<bool>? compact)
{
    public HttpClient Http { get; } = http;

    /// <summary>Makes the server forget history where the lane can; null where only time can.</summary>
    public Func<bool>? Compact { get; } = compact;

    public async Task<ParityAnswer> SendAsync(string method, string path, string? body = null, string contentType = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        JsonNode? parsed = null;
        if (text.StartsWith('{')) parsed = JsonBody.Parse(Encoding.UTF8.GetBytes(text.Split('\n') is [var first, ..] && first.EndsWith('}') && text.Contains("}\n{", StringComparison.Ordinal) ? first : text));
        return new ParityAnswer((int)response.StatusCode, parsed, text);
    }

    /// <summary>The first events of a watch, up to a count or until a quiet deadline.</summary>
    public async Task<List<JsonNode>> WatchAsync(string path, int count, int secondsMax = 20)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var timer = TimeProvider.System.CreateTimer(_ => deadline.Cancel(), null, TimeSpan.FromSeconds(secondsMax), Timeout.InfiniteTimeSpan);
        var events = new List<JsonNode>();
        try
        {
            using var response = await Http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(deadline.Token));
            while (events.Count < count && await reader.ReadLineAsync(deadline.Token) is { } line) events.Add(JsonBody.Parse(Encoding.UTF8.GetBytes(line))!);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            // too few events: the caller's assertion says which
        }

        return events;
    }
}

/// <summary>A namespace of its own for one test, deleted afterwards.</summary>
internal sealed class ParityNamespace : IAsyncDisposable
{
    private ParityNamespace(ParityClient client, string name)
    {
        Client = client;
        Name = name;
    }

    public ParityClient Client { get; }
    public string Name { get; }
    public string Core => $"/api/v1/namespaces/{Name}";
    public string Apps => $"/apis/apps/v1/namespaces/{Name}";
    public string Batch => $"/apis/batch/v1/namespaces/{Name}";
    public string Policy => $"/apis/policy/v1beta1/namespaces/{Name}";

    public static async Task<ParityNamespace> CreateAsync(ParityClient client, CancellationToken token)
    {
        var created = await client.SendAsync("POST", "/api/v1/namespaces", """{"metadata":{"generateName":"parity-"}}""");
        created.Code.ShouldBe(201, created.Text);
        var ns = new ParityNamespace(client, created.Body.Text("metadata", "name")!);
        // Pods are refused until the namespace's service account exists.
        await ns.EventuallyAsync(ns.Core + "/serviceaccounts/default", account => account is not null, token: token);
        return ns;
    }

    public Task<ParityAnswer> SendAsync(string method, string path, string? body = null, string contentType = "application/json") => Client.SendAsync(method, path, body, contentType);

    public async Task<ParityAnswer> CreateAsync(string path, string body)
    {
        var answer = await Client.SendAsync("POST", path, body);
        // A new namespace's token comes a moment after its account; the server asks for a retry until then.
        for (var attempt = 0; attempt < 30 && answer.Reason == "ServerTimeout"; attempt++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
            answer = await Client.SendAsync("POST", path, body);
        }

        answer.Code.ShouldBe(201, answer.Text);
        return answer;
    }

    /// <summary>Polls an object (null while absent) until the condition holds.</summary>
    public async Task<JsonNode?> EventuallyAsync(string path, Func<JsonNode?, bool> until, int seconds = 120, CancellationToken token = default)
    {
        JsonNode? last = null;
        for (var attempt = 0; attempt < seconds * 5; attempt++)
        {
            var answer = await Client.SendAsync("GET", path);
            last = answer.Code == 200 ? answer.Body : null;
            if (until(last)) return last;
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new ShouldAssertException($"{path} did not get there within {seconds} s; last seen: {last?.ToJsonString()}");
    }

    public async ValueTask DisposeAsync() => await Client.SendAsync("DELETE", "/api/v1/namespaces/" + Name);
}
