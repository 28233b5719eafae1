using System.ComponentModel.DataAnnotations;

namespace Prunella.Sandbox;

/// <summary>A simulated node.</summary>
/// <param name="Name">Its name, also its <c>kubernetes.io/hostname</c> label.</param>
/// <param name="Cpu">Allocatable CPU as a Kubernetes quantity. Cores.</param>
/// <param name="Memory">Allocatable memory as a Kubernetes quantity. Bytes.</param>
/// <param name="PodsMax">Pods it takes at most.</param>
public sealed record SandboxNode(string Name, string Cpu = "4", string Memory = "16Gi", int PodsMax = 110);

/// <summary>How a sandbox cluster is set up. Values are read once, at start.</summary>
public sealed class SandboxOptions
{
    /// <summary>Loopback port of the API server; 0 takes any free one.</summary>
    /// <value>Default 0.</value>
    [Range(0, 65_535)] public int Port { get; set; }

    /// <summary>File the kubeconfig is written to; null writes none.</summary>
    public string? KubeconfigPath { get; set; }

    /// <summary>The nodes of the cluster.</summary>
    /// <value>Default three of 4 cores and 16 GiB: <c>node-1</c> to <c>node-3</c>.</value>
    public IReadOnlyList<SandboxNode> Nodes { get; set; } = [new("node-1"), new("node-2"), new("node-3")];

    /// <summary>Seed of generated names, uids and jitter: equal seeds and equal writes give equal clusters.</summary>
    /// <value>Default 1.</value>
    public int Seed { get; set; } = 1;

    /// <summary>Changes remembered per kind for watchers; older versions answer 410.</summary>
    /// <value>Changes. Default 1 024 (about 3 MB a busy kind).</value>
    [Range(1, 1_048_576)] public int HistoryEventsMax { get; set; } = 1_024;

    /// <summary>Changes queued for one slow watcher before it is cut off.</summary>
    /// <value>Changes. Default 8 192.</value>
    [Range(16, 1_048_576)] public int WatchQueueMax { get; set; } = 8_192;

    /// <summary>Time between bookmarks of a watch that allows them.</summary>
    /// <value>Default one minute, as upstream.</value>
    public TimeSpan BookmarkInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Answer a watch of a forgotten version with HTTP 410 instead of 200 and an ERROR event.</summary>
    /// <value>Default false, as upstream's watch cache.</value>
    public bool GoneAsHttpStatus { get; set; }

    /// <summary>Lines kept of one run of one container.</summary>
    /// <value>Lines. Default 2 000.</value>
    [Range(1, 1_000_000)] public int LogLinesMax { get; set; } = 2_000;

    /// <summary>Time to pull a known image the node does not have yet.</summary>
    /// <value>Default 300 ms.</value>
    public TimeSpan ImagePullTime { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Time from pulled image to running container.</summary>
    /// <value>Default 100 ms.</value>
    public TimeSpan ContainerStartTime { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>First delay of a crash loop and of failed pulls; it doubles each time.</summary>
    /// <value>Default 10 s, as upstream.</value>
    public TimeSpan BackOffInitial { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest back-off delay; a container that ran twice as long starts over.</summary>
    /// <value>Default 5 min, as upstream.</value>
    public TimeSpan BackOffMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after its kubelet fell silent a node is marked unknown.</summary>
    /// <value>Default 12 s.</value>
    public TimeSpan NodeMonitorGrace { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>How often autoscalers look at their metrics.</summary>
    /// <value>Default 15 s, as upstream.</value>
    public TimeSpan AutoscalerInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Resolution at which resource use is simulated: a container passes its memory limit at most this late.</summary>
    /// <value>Default 1 s.</value>
    public TimeSpan UsageInterval { get; set; } = TimeSpan.FromSeconds(1);
}
