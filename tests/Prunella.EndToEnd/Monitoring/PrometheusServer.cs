using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Prunella.EndToEnd.Processes;

namespace Prunella.EndToEnd.Monitoring;

/// <summary>A real Prometheus with the rules of <c>samples/prometheus</c>, at the pace of a test.</summary>
internal sealed partial class PrometheusServer : IDisposable
{
    private const string Program = "/usr/bin/prometheus";
    private readonly string folder;
    private readonly int exporterPort;
    private readonly int alertmanagerPort;
    private ChildProcess? process;

    internal PrometheusServer(string folder, int exporterPort, int alertmanagerPort)
    {
        (this.folder, this.exporterPort, this.alertmanagerPort) = (folder, exporterPort, alertmanagerPort);
        Address = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}");
    }

    internal Uri Address { get; }

    internal static string? WhyMissing => File.Exists(Program) ? null : $"No Prometheus: {Program} is missing (Debian package prometheus).";

    /// <summary>Starts it, or starts it again on the same address and data.</summary>
    internal async Task StartAsync()
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yaml"), Configuration(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "rules.yaml"), AtOnce(Repository.Sample("prometheus/rules.yaml")), TestContext.Current.CancellationToken);
        process = ChildProcess.Start("prometheus", Program,
        [
            "--config.file=prometheus.yaml", "--storage.tsdb.path=data", "--storage.tsdb.retention.time=1h", $"--web.listen-address={Address.Authority}",
            "--rules.alert.resend-delay=1s", "--rules.alert.for-grace-period=0s", "--rules.alert.for-outage-tolerance=1h",
        ], folder);
        await process.UntilAnswersAsync(new Uri(Address, "/-/ready"), TestContext.Current.CancellationToken);
    }

    internal async Task KillAsync() => await process!.KillAsync();

    /// <summary>The names of the alerts that fire now.</summary>
    internal async Task<IReadOnlyList<string>> FiringAsync()
    {
        using var client = new HttpClient();
        var answer = JsonNode.Parse(await client.GetStringAsync(new Uri(Address, "/api/v1/alerts"), TestContext.Current.CancellationToken))!;
        return [.. answer["data"]!["alerts"]!.AsArray().Where(alert => (string)alert!["state"]! == "firing").Select(alert => (string)alert!["labels"]!["alertname"]!)];
    }

    public void Dispose() => process?.Dispose();

    private string Configuration() =>
        $$"""
        global: { scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 1s }
        rule_files: [rules.yaml]
        alerting:
          alertmanagers:
            - static_configs: [{ targets: ["127.0.0.1:{{alertmanagerPort}}"] }]
        scrape_configs:
          - job_name: pods
            http_sd_configs: [{ url: "http://127.0.0.1:{{exporterPort}}/targets", refresh_interval: 1s }]
          - job_name: state
            honor_labels: true
            static_configs: [{ targets: ["127.0.0.1:{{exporterPort}}"] }]
        """;

    /// <summary>The rules as people copy them, but firing after two seconds.</summary>
    private static string AtOnce(string rules) => Pending().Replace(rules, "for: 2s");

    [GeneratedRegex(@"\bfor: \d+[smh]")]
    private static partial Regex Pending();
}
