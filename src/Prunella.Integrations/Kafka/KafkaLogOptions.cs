using System.ComponentModel.DataAnnotations;

namespace Prunella.Integrations.Kafka;

/// <summary>Topics whose messages are log lines, read as a consumer group.</summary>
public sealed class KafkaLogOptions
{
    /// <summary>Brokers, <c>host:port,host:port</c>; without them nothing is read from Kafka.</summary>
    /// <value>Default empty.</value>
    public string Brokers { get; set; } = "";

    /// <summary>Topics; a name that begins with ^ is a pattern.</summary>
    /// <value>Default none.</value>
    public IList<string> Topics { get; init; } = [];

    /// <summary>The consumer group: servers with the same one share the partitions.</summary>
    /// <value>Default <c>prunella-logs</c>.</value>
    [MinLength(1)] public string Group { get; set; } = "prunella-logs";

    /// <summary>Bytes of messages accepted together, with one write to the disk and one commit.</summary>
    /// <value>Bytes. Default 1 048 576.</value>
    [Range(1_024, 67_108_864)] public int BatchBytes { get; set; } = 1_048_576;

    /// <summary>Time that a smaller batch waits for more.</summary>
    /// <value>Default 500 ms.</value>
    public TimeSpan BatchWait { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Further settings of librdkafka, such as <c>security.protocol</c> or <c>sasl.password</c>. Offsets are committed by Prunella, whatever they say.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
