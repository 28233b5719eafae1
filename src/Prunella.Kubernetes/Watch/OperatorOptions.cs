using System.ComponentModel.DataAnnotations;

namespace Prunella.Kubernetes.Watch;

/// <summary>The operator: what it watches, how fast it looks, and who of several replicas leads. Configuration section <c>operator</c>.</summary>
public sealed class OperatorOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "operator";

    /// <summary>Whether the cluster is watched. What it notices goes the way of every signal: it is judged, and in shadow only recorded.</summary>
    /// <value>Default true where a cluster is configured.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>Whether one invented incident is gone through after the start, on a cluster and a store in memory, so that the first real one does not wait for code to be compiled.</summary>
    /// <value>Default true. Costs some seconds of processor time once.</value>
    public bool Rehearse { get; set; } = true;

    /// <summary>Whether a lease decides which of several replicas acts. Without it nothing keeps two of them from acting on the same cluster.</summary>
    /// <value>Default true.</value>
    public bool LeaderElection { get; set; } = true;

    /// <summary>The lease's name.</summary>
    /// <value>A name of Kubernetes. Default <c>prunella</c>.</value>
    [Required, RegularExpression("[-a-z0-9.]+"), StringLength(253)] public string LeaseName { get; set; } = "prunella";

    /// <summary>The lease's namespace.</summary>
    /// <value>Default the namespace of the pod's service account; outside of a cluster <c>default</c>.</value>
    public string? LeaseNamespace { get; set; }

    /// <summary>How long a lease that is not renewed keeps others away.</summary>
    /// <value>Default 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:02", "00:10:00")] public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after the last renewal the holder itself still counts on it; less than <see cref="LeaseDuration"/>.</summary>
    /// <value>Default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")] public TimeSpan RenewDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two renewals, and between two looks of those who wait.</summary>
    /// <value>Default 2 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")] public TimeSpan RetryPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one watch lasts before it is opened anew; spread by a quarter both ways.</summary>
    /// <value>Default 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")] public TimeSpan WatchTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a watch may be silent before its connection counts as dead. Servers send a bookmark about every minute.</summary>
    /// <value>Default 3 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")] public TimeSpan WatchSilenceMax { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>The largest event of a watch that is read.</summary>
    /// <value>Bytes. Default 32 MiB.</value>
    [Range(65_536, 1 << 30)] public int EventBytesMax { get; set; } = 32 << 20;

    /// <summary>The first pause before a broken watch is opened again; doubles up to <see cref="ReconnectMax"/>, and starts over after ten good seconds.</summary>
    /// <value>Default 200 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")] public TimeSpan ReconnectFirst { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest of these pauses.</summary>
    /// <value>Default 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")] public TimeSpan ReconnectMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a kind that may not be read, or does not exist, is tried again.</summary>
    /// <value>Default 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")] public TimeSpan ForbiddenRetry { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Kinds that are listed at the same time.</summary>
    /// <value>Lists. Default 3.</value>
    [Range(1, 100)] public int ListsMax { get; set; } = 3;

    /// <summary>Namespaces that are looked at at the same time.</summary>
    /// <value>Workers. Default 2.</value>
    [Range(1, 64)] public int Workers { get; set; } = 2;

    /// <summary>Objects that wait to be looked at; beyond it their namespace is looked at as a whole.</summary>
    /// <value>Objects. Default 10 000.</value>
    [Range(100, 1_000_000)] public int QueueMax { get; set; } = 10_000;

    /// <summary>How long changes of a namespace are gathered before it is looked at, and the least time between two looks.</summary>
    /// <value>Default 100 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")] public TimeSpan LookEvery { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The first pause before an object that shows signs of trouble without a known cause is looked at again; doubles up to <see cref="LookAgainMax"/>.</summary>
    /// <value>Default 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")] public TimeSpan LookAgainFirst { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest of these pauses.</summary>
    /// <value>Default 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")] public TimeSpan LookAgainMax { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long trouble has to stay away before it counts as over; after restarts the kubelet's back-off where that is longer.</summary>
    /// <value>Default 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")] public TimeSpan OverAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Targets whose trouble is remembered at once; beyond it new trouble is counted and not signalled.</summary>
    /// <value>Targets. Default 10 000.</value>
    [Range(10, 1_000_000)] public int TroublesMax { get; set; } = 10_000;

    /// <summary>What must hold between values: a holder that counted on its lease for longer than others wait would be one of two that act.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RenewDeadline >= LeaseDuration)
            yield return new ValidationResult($"expected less than leaseDuration ({LeaseDuration:c}), found {RenewDeadline:c}: two replicas could act at the same time", [nameof(RenewDeadline)]);
        if (RetryPeriod >= RenewDeadline)
            yield return new ValidationResult($"expected less than renewDeadline ({RenewDeadline:c}), found {RetryPeriod:c}: the lease would end between two renewals", [nameof(RetryPeriod)]);
    }
}
