using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Prunella.EndToEnd.Processes;

namespace Prunella.EndToEnd.Serving;

/// <summary>How the server of a test is set up, where it differs from the others.</summary>
internal sealed record ServerSettings
{
    /// <summary>The stage of the test's namespace; null leaves it at the default, which is shadow.</summary>
    public string? Stage { get; init; } = "Full";

    /// <summary>Whether the operator watches too; the tests of alerts go without, so that what they see came by the alert.</summary>
    public bool Operator { get; init; }

    /// <summary>Playbooks of the test's own.</summary>
    public string? Playbook { get; init; }

    /// <summary>Names of shipped playbooks that are not used.</summary>
    public IReadOnlyList<string> Disabled { get; init; } = [];

    /// <summary>How long a validation may take besides the soak and the alert's end; seconds.</summary>
    public int SettleSeconds { get; init; } = 90;

    /// <summary>More keys of <c>remediation</c>, each line with two spaces before it.</summary>
    public string More { get; init; } = "";

    /// <summary>More keys of <c>remediation:gate</c>, each line with four spaces before it.</summary>
    public string Gate { get; init; } = "";

    /// <summary>Namespaces that may be acted on, when the whole cluster is watched; none for the test's own alone.</summary>
    public IReadOnlyList<string> Among { get; init; } = [];

    /// <summary>How long the alert may take to end; seconds.</summary>
    public int AlertResolveSeconds { get; init; } = 30;
}

/// <summary>The real <c>prunella serve</c> as a process of its own, with its store in the test's folder, and its HTTP API.</summary>
internal sealed class PrunellaServer : IDisposable
{
    internal const string PersonToken = "end-to-end-person-token-0123456789";
    private readonly string folder;
    private readonly HttpClient client;
    private ChildProcess? process;

    internal PrunellaServer(string folder)
    {
        this.folder = folder;
        Address = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}");
        client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", PersonToken);
    }

    /// <summary>What Alertmanager sends.</summary>
    internal const string WebhookToken = "end-to-end-webhook-token-0123456789";

    internal Uri Address { get; }

    internal Uri Webhook => new(Address, "/webhooks/alertmanager");

    /// <summary>What it wrote last.</summary>
    internal string Output => process?.Output ?? "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string ConfigurationFile => Path.Combine(folder, "prunella.yaml");

    internal async Task ConfigureAsync(string @namespace, Uri? prometheus, ServerSettings settings)
    {
        Directory.CreateDirectory(Path.Combine(folder, "playbooks"));
        if (settings.Playbook is { } playbook) await File.WriteAllTextAsync(Path.Combine(folder, "playbooks", "test.yaml"), playbook, Cancellation);
        var text =
            $"""
            auth:
              tokens: [{Braced($"name: tester, role: Admin, sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(PersonToken)))}")}]
            webhooks:
              bearerTokens: [{WebhookToken}]
            kubernetes:
              namespaces: [{(settings.Among.Count > 0 ? "" : @namespace)}]
              requestTimeout: 10s
            operator:
              enabled: {(settings.Operator ? "true" : "false")}
              leaseNamespace: {@namespace}
            {(prometheus is null ? "" : $"prometheus: {Braced($"url: '{prometheus}', timeout: 8s, staleness: 15s")}")}
            remediation:
              gate:
                cooldown: 2s
                retryAfter: 2s
            {settings.Gate}
              engine:
                pause: 1s
                pauseMax: 4s
                callTimeout: 20s
                validationInterval: 1s
                soakOverride: 4s
                settleOverride: {settings.SettleSeconds}s
                alertResolveWithin: {settings.AlertResolveSeconds}s
                sweepInterval: 1s

            """;
        if (settings.Playbook is not null || settings.Disabled.Count > 0) text = $"playbooks:\n{Paths(settings)}{Disabled(settings)}{text}";
        if (settings.Stage is { } stage) text += $"  stages:\n    scopes:\n{string.Concat((settings.Among.Count > 0 ? settings.Among : [@namespace]).Select(space => $"      {space}/*: {stage}\n"))}";
        text += settings.More;
        await File.WriteAllTextAsync(ConfigurationFile, text, Cancellation);
    }

    /// <summary>Starts it, or starts it again on the same address and data.</summary>
    internal async Task StartAsync(string kubeconfig)
    {
        File.Exists(Repository.Executable).ShouldBeTrue($"{Repository.Executable} is not built");
        process = ChildProcess.Start("prunella", "dotnet",
            [Repository.Executable, "serve", "--config", ConfigurationFile, "--data", Path.Combine(folder, "data"), "--urls", Address.ToString(), "--kubeconfig", kubeconfig], folder);
        await process.UntilAnswersAsync(new Uri(Address, "/readyz"), Cancellation);
    }

    /// <summary>SIGKILL.</summary>
    internal async Task KillAsync() => await process!.KillAsync();

    internal async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.IsSuccessStatusCode.ShouldBeTrue($"GET {path}: {answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Approves what an incident waits for, as a person with a token does.</summary>
    internal async Task ApproveAsync(string @namespace)
    {
        var waiting = (await GetAsync("/api/v1/approvals?pending=true")).AsArray().Single(approval => approval!["target"]!["namespace"]!.GetValue<string>() == @namespace)!;
        await ApproveAsync(waiting);
    }

    /// <summary>Approves what is asked.</summary>
    internal async Task ApproveAsync(JsonNode waiting)
    {
        using var answer = await client.PostAsync(new Uri($"/api/v1/approvals/{waiting["id"]!.GetValue<string>()}/decision", UriKind.Relative), new StringContent("""{"approve":true,"reason":"the new version is bad"}""", Encoding.UTF8, "application/json"), Cancellation);
        answer.IsSuccessStatusCode.ShouldBeTrue($"the approval was answered {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancellation)}");
    }

    /// <summary>Posts to the webhook as Alertmanager does.</summary>
    internal async Task<JsonNode> PostAlertsAsync(JsonNode body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Webhook) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", WebhookToken);
        using var answer = await client.SendAsync(request, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.IsSuccessStatusCode.ShouldBeTrue($"the webhook answered {answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    public void Dispose()
    {
        process?.Dispose();
        client.Dispose();
    }

    private string Paths(ServerSettings settings) => settings.Playbook is null ? "" : $"  paths: [{Path.Combine(folder, "playbooks")}]\n";

    private static string Disabled(ServerSettings settings) => settings.Disabled.Count == 0 ? "" : $"  disabled: [{string.Join(", ", settings.Disabled)}]\n";

    private static string Braced(string text) => $"{{ {text} }}";
}
