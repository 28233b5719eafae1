using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Prunella.EndToEnd.Processes;

namespace Prunella.EndToEnd.Monitoring;

/// <summary>A real Alertmanager with the configuration of <c>samples/prometheus</c>, delivering again and again every second.</summary>
internal sealed partial class AlertmanagerServer : IDisposable
{
    private const string Program = "/usr/bin/prometheus-alertmanager";
    private readonly string folder;
    private readonly Uri webhook;
    private readonly string token;
    private ChildProcess? process;

    internal AlertmanagerServer(string folder, Uri webhook, string token)
    {
        (this.folder, this.webhook, this.token) = (folder, webhook, token);
        Port = LoopbackPort.Free();
    }

    internal int Port { get; }

    internal static string? WhyMissing => File.Exists(Program) ? null : $"No Alertmanager: {Program} is missing (Debian package prometheus-alertmanager).";

    /// <summary>Starts it, or starts it again on the same address and data.</summary>
    internal async Task StartAsync()
    {
        Directory.CreateDirectory(folder);
        var tokenFile = Path.Combine(folder, "prunella.token");
        await File.WriteAllTextAsync(tokenFile, token, TestContext.Current.CancellationToken);
        var configuration = Repository.Sample("prometheus/alertmanager.yaml");
        configuration = Interval().Replace(configuration, "$1: 1s");
        configuration = UrlLine().Replace(configuration, $"url: {webhook}");
        configuration = TokenLine().Replace(configuration, $"credentials_file: {tokenFile}");
        await File.WriteAllTextAsync(Path.Combine(folder, "alertmanager.yaml"), configuration, TestContext.Current.CancellationToken);
        process = ChildProcess.Start("alertmanager", Program,
            ["--config.file=alertmanager.yaml", "--storage.path=data", $"--web.listen-address=127.0.0.1:{Port}", "--cluster.listen-address="], folder);
        await process.UntilAnswersAsync(new Uri($"http://127.0.0.1:{Port}/-/ready"), TestContext.Current.CancellationToken);
    }

    /// <summary>The alerts of a name that fire now, as its API tells them.</summary>
    internal async Task<IReadOnlyList<JsonNode>> AlertsAsync(string name)
    {
        using var client = new HttpClient();
        var answer = JsonNode.Parse(await client.GetStringAsync(new Uri($"http://127.0.0.1:{Port}/api/v2/alerts"), TestContext.Current.CancellationToken))!;
        return [.. answer.AsArray().Where(alert => (string)alert!["labels"]!["alertname"]! == name).Select(alert => alert!)];
    }

    /// <summary>A post of version 4 as Alertmanager would send it once more.</summary>
    internal static JsonObject Redelivery(IReadOnlyList<JsonNode> alerts) => new()
    {
        ["version"] = "4", ["groupKey"] = "{}:{}", ["truncatedAlerts"] = 0, ["status"] = "firing", ["receiver"] = "prunella",
        ["groupLabels"] = new JsonObject(), ["commonLabels"] = new JsonObject(), ["commonAnnotations"] = new JsonObject(), ["externalURL"] = "http://127.0.0.1",
        ["alerts"] = new JsonArray([.. alerts.Select(alert => new JsonObject
        {
            ["status"] = "firing", ["labels"] = alert["labels"]!.DeepClone(), ["annotations"] = alert["annotations"]!.DeepClone(), ["startsAt"] = alert["startsAt"]!.DeepClone(),
            ["endsAt"] = "0001-01-01T00:00:00Z", ["generatorURL"] = "", ["fingerprint"] = alert["fingerprint"]!.DeepClone(),
        })]),
    };

    internal async Task KillAsync() => await process!.KillAsync();

    public void Dispose() => process?.Dispose();

    [GeneratedRegex(@"\b(group_wait|group_interval|repeat_interval): \w+")]
    private static partial Regex Interval();

    [GeneratedRegex(@"\burl: \S+")]
    private static partial Regex UrlLine();

    [GeneratedRegex(@"\bcredentials_file: \S+")]
    private static partial Regex TokenLine();
}
