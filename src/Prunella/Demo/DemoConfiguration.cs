using System.Net;
using System.Net.Sockets;
using Prunella.Hosting;

namespace Prunella.Demo;

/// <summary>The demo's configuration: the real one with its waits cut to seconds and trust set to full.</summary>
internal static class DemoConfiguration
{
    /// <summary>Keys that come before file and environment.</summary>
    internal static IEnumerable<KeyValuePair<string, string?>> Overrides(ServeSettings settings, string folder, Uri cluster, string kubeconfig, string playbooks)
    {
        yield return new("kubernetes:kubeconfig", kubeconfig);
        yield return new("kubernetes:surveyAge", "500ms");
        yield return new("storage:provider", "sqlite");
        yield return new("storage:path", Path.Combine(folder, "store.db"));
        yield return new("storage:ledgerKeyFile", Path.Combine(folder, "keys", "ledger.key"));
        yield return new("storage:checkpointFile", Path.Combine(folder, "checkpoints", "ledger.jsonl"));
        yield return new("traces:store:directory", Path.Combine(folder, "traces"));
        yield return new("logs:ingest:folder", Path.Combine(folder, "logs"));
        yield return new("logs:ingest:podLogs", "true");
        yield return new("logs:signals:enabled", "false"); // the stories' alerts open the incidents; the logs are their evidence
        yield return new("logs:pipeline:archiveAfterSeconds", "30");
        yield return new("remediation:stages:default", (settings.Stage ?? Remediation.Stages.Stage.Full).ToString());
        yield return new("remediation:gate:cooldown", "1s");
        yield return new("remediation:gate:retryAfter", "1s");
        yield return new("remediation:gate:namespaceWorkloadsMax", "4");
        yield return new("remediation:gate:stormShare", "0.8"); // one node of four bears a pod of about half of so few workloads
        yield return new("remediation:gate:classes:restart-database", "Forbidden");
        yield return new("remediation:engine:soakOverride", "2s");
        yield return new("remediation:engine:settleOverride", "20s");
        yield return new("remediation:engine:alertResolveWithin", "5s");
        yield return new("remediation:engine:validationInterval", "500ms");
        yield return new("remediation:engine:sweepInterval", "1s");
        yield return new("remediation:engine:pause", "500ms");
        yield return new("remediation:engine:kubeletBackOff", "1s");
        yield return new("playbooks:shipped", "false");
        yield return new("playbooks:paths:0", playbooks);
        yield return new("playbooks:staleness", "10s");
        yield return new("hooks:caches:default:url", new Uri(cluster, "/api/v1/namespaces/shop/services/redis:http/proxy/admin/cache/clear").ToString());
        yield return new("hooks:caches:default:idempotent", "true");
        yield return new("server:urls", settings.Urls ?? $"http://127.0.0.1:{FreePort(8780)}");
    }

    // The usual port where it is free, so that the address in the README works; else any.
    private static int FreePort(int wanted)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, wanted);
            probe.Start();
            return wanted;
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
