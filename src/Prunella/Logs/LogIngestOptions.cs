using System.ComponentModel.DataAnnotations;

namespace Prunella.Logs;

/// <summary>The log pipeline of the server: what it receives, spools and archives. Senders over HTTP bring the tokens or signatures of the webhooks.</summary>
public sealed class LogIngestOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "logs:ingest";

    /// <summary>Where the spool and the archive are kept; empty for no pipeline.</summary>
    /// <value>Default empty.</value>
    public string Folder { get; set; } = "";

    /// <summary>File of classes given to templates, as <c>prunella logs classify --classes FILE</c> writes it; read at the start.</summary>
    /// <value>Default <c>classes</c> in <see cref="Folder"/>.</value>
    public string ClassesFile { get; set; } = "";

    /// <summary>File of names for the values of lines, as <c>prunella logs fields --apply --names FILE</c> writes it; read at the start. What goes to the sinks has them as <c>prunella.event</c> and <c>prunella.fields</c>.</summary>
    /// <value>Default none.</value>
    public string NamesFile { get; set; } = "";

    /// <summary>The largest request, as sent and unpacked; a larger one is refused with 413.</summary>
    /// <value>Bytes. Default 16 777 216.</value>
    [Range(1_024, 268_435_456)] public int RequestBytesMax { get; set; } = 16_777_216;

    /// <summary>Requests handled at once, which bounds memory to about three times this many times <see cref="RequestBytesMax"/>; further ones are told to come back.</summary>
    /// <value>Requests. Default 8.</value>
    [Range(1, 1_024)] public int ConcurrentMax { get; set; } = 8;

    /// <summary>What a sender is told to wait when it has to come back.</summary>
    /// <value>Seconds. Default 5.</value>
    [Range(1, 600)] public int RetryAfterSeconds { get; set; } = 5;

    /// <summary>Files, folders and patterns (<c>/var/log/app/*.log</c>) that are followed, through rotation and restarts.</summary>
    /// <value>Default none.</value>
    public IList<string> Files { get; init; } = [];

    /// <summary>Files followed at once.</summary>
    /// <value>Files. Default 1 000.</value>
    [Range(1, 100_000)] public int FilesMax { get; set; } = 1_000;

    /// <summary>Whether the logs of the cluster's containers are followed (<c>kubernetes:namespaces</c> says where); what they say is then evidence of incidents.</summary>
    /// <value>Default false.</value>
    public bool PodLogs { get; set; }

    /// <summary>The only namespaces whose containers' logs are followed; empty for all that are read.</summary>
    /// <value>Names. Default empty.</value>
    public IList<string> PodNamespaces { get; init; } = [];

    /// <summary>Containers followed at once; each has a connection of its own.</summary>
    /// <value>Containers. Default 250.</value>
    [Range(1, 10_000)] public int PodStreamsMax { get; set; } = 250;

    /// <summary>How old the first line of a container may be that was not followed before.</summary>
    /// <value>Minutes. Default 10.</value>
    [Range(0, 10_080)] public int PodMinutesBefore { get; set; } = 10;

    /// <summary>Address on which syslog is received. Syslog has no authentication: whoever reaches the address can write.</summary>
    /// <value>Default 127.0.0.1.</value>
    [RegularExpression("^[0-9A-Fa-f.:]+$")] public string SyslogAddress { get; set; } = "127.0.0.1";

    /// <summary>Port of syslog over UDP; 0 for none. What comes while the spool is full is dropped and counted.</summary>
    /// <value>Default 0; 514 is customary.</value>
    [Range(0, 65_535)] public int SyslogUdpPort { get; set; }

    /// <summary>Port of syslog over TCP; 0 for none. While the spool is full nothing is read, so that senders wait.</summary>
    /// <value>Default 0; 601 is customary.</value>
    [Range(0, 65_535)] public int SyslogTcpPort { get; set; }

    /// <summary>Port of syslog over TLS (RFC 5425); 0 for none. Needs <see cref="SyslogTlsCertificateFile"/>.</summary>
    /// <value>Default 0; 6514 is customary.</value>
    [Range(0, 65_535)] public int SyslogTlsPort { get; set; }

    /// <summary>PEM file of the certificate that is shown, with those that lead to a known authority.</summary>
    /// <value>Default empty.</value>
    public string SyslogTlsCertificateFile { get; set; } = "";

    /// <summary>PEM file of its private key; empty where it stands in the same file.</summary>
    /// <value>Default empty.</value>
    public string SyslogTlsKeyFile { get; set; } = "";

    /// <summary>PEM file of the authorities whose certificates senders have to show; empty takes senders without one.</summary>
    /// <value>Default empty.</value>
    public string SyslogTlsClientAuthorityFile { get; set; } = "";

    /// <summary>Senders of syslog over TCP and TLS at once; further ones are turned away.</summary>
    /// <value>Connections. Default 256.</value>
    [Range(1, 65_536)] public int SyslogConnectionsMax { get; set; } = 256;
}
