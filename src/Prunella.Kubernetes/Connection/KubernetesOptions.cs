using System.ComponentModel.DataAnnotations;
using Prunella.Incidents;

namespace Prunella.Kubernetes.Connection;

/// <summary>How a cluster is reached and how hard it may be asked. Configuration section <c>kubernetes</c>.</summary>
public sealed class KubernetesOptions
{
    /// <summary>The kubeconfig file; null for the pod's own service account when there is one, else <c>KUBECONFIG</c>, else <c>~/.kube/config</c>.</summary>
    /// <value>A path. Default null.</value>
    public string? Kubeconfig { get; set; }

    /// <summary>The context of the kubeconfig; null for its current one.</summary>
    /// <value>A name. Default null.</value>
    public string? Context { get; set; }

    /// <summary>What targets of this cluster are called.</summary>
    /// <value>Up to 63 characters without a slash. Default <c>default</c>.</value>
    [Required, StringLength(63, MinimumLength = 1), RegularExpression("[^/]+")] public string ClusterName { get; set; } = Target.DefaultCluster;

    /// <summary>The only namespaces that are read and acted on; empty for all that the permissions allow.</summary>
    /// <value>Names. Default empty.</value>
    public IList<string> Namespaces { get; } = [];

    /// <summary>How long one request may take before it counts as failed.</summary>
    /// <value>Default 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")] public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a request is repeated after 429, or, when it only reads, after 5xx and lost connections.</summary>
    /// <value>Repetitions. Default 4.</value>
    [Range(0, 20)] public int RetriesMax { get; set; } = 4;

    /// <summary>The longest pause between two tries, and the longest <c>Retry-After</c> that is honoured; a longer one fails the request.</summary>
    /// <value>Default 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")] public TimeSpan RetryPauseMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests a second on average; the API server has others to serve.</summary>
    /// <value>Requests a second. Default 50.</value>
    [Range(1, 5_000)] public int RequestsPerSecondMax { get; set; } = 50;

    /// <summary>Requests that may be sent at once after a quiet time.</summary>
    /// <value>Requests. Default 100.</value>
    [Range(1, 10_000)] public int RequestBurst { get; set; } = 100;

    /// <summary>Requests under way at the same time.</summary>
    /// <value>Requests. Default 16.</value>
    [Range(1, 1_000)] public int ConcurrencyMax { get; set; } = 16;

    /// <summary>Objects of one answer to a list; more are fetched in pages.</summary>
    /// <value>Objects. Default 500.</value>
    [Range(10, 5_000)] public int PageSize { get; set; } = 500;

    /// <summary>The largest answer that is read.</summary>
    /// <value>Bytes. Default 64 MiB.</value>
    [Range(1 << 16, 1 << 30)] public int AnswerBytesMax { get; set; } = 64 << 20;

    /// <summary>How long counts of workloads (<c>SurveyAsync</c>) are reused.</summary>
    /// <value>Default 2 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")] public TimeSpan SurveyAge { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Log text taken from the end of a container's log as evidence.</summary>
    /// <value>Bytes. Default 4 096.</value>
    [Range(256, 1 << 20)] public int LogTailBytes { get; set; } = 4_096;

    /// <summary>Whether incidents are also diagnosed by the catalogue of causes, from the objects, events and logs of the target's namespace.</summary>
    /// <value>Default true.</value>
    public bool DiagnoseCauses { get; set; } = true;

    /// <summary>Newest events taken as evidence.</summary>
    /// <value>Events. Default 20.</value>
    [Range(1, 1_000)] public int EventsMax { get; set; } = 20;

    /// <summary>Processes that <c>kill-process</c> never ends, besides the built-in ones.</summary>
    /// <value>Names as in <c>/proc/PID/comm</c>. Default empty.</value>
    public IList<string> ProtectedProcesses { get; } = [];

    /// <summary>How often expired network policies made by <c>change-firewall</c> are looked for.</summary>
    /// <value>Default 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")] public TimeSpan FirewallSweepEvery { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Label names tried for each way to a target, first match first.</summary>
    public TargetLabelOptions Labels { get; } = new();

    internal bool Allows(string @namespace) => Namespaces.Count == 0 || @namespace.Length == 0 || Namespaces.Contains(@namespace);
}
