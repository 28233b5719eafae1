using System.ComponentModel.DataAnnotations;

namespace Prunella.Logs.Pipeline;

/// <summary>What waits for sinks that are slow or away.</summary>
public sealed class SinkFeedOptions
{
    /// <summary>Bytes on disk that wait for one sink; beyond it nothing more leaves the spool, and when that is full senders are told to come back.</summary>
    /// <value>Bytes a sink. Default 4 294 967 296.</value>
    [Range(1_048_576, 1_099_511_627_776)] public long WaitingBytesMax { get; set; } = 4_294_967_296;

    /// <summary>The longest pause before a sink that failed is tried again; the first is half a second, and each failure doubles it.</summary>
    /// <value>Seconds. Default 60.</value>
    [Range(1, 3_600)] public int RetrySecondsMax { get; set; } = 60;

    /// <summary>Bytes of documents kept that a sink refused for good; the oldest half goes when there are more.</summary>
    /// <value>Bytes a sink. Default 67 108 864.</value>
    [Range(65_536, 17_179_869_184)] public long RefusedBytesMax { get; set; } = 67_108_864;
}
