using System.ComponentModel.DataAnnotations;

namespace Prunella.Logs.Pipeline;

/// <summary>What a log pipeline may hold before it refuses, and how soon it archives.</summary>
public sealed class LogPipelineOptions
{
    /// <summary>Bytes accepted and not archived yet, on disk; beyond it senders are told to come back.</summary>
    /// <value>Bytes. Default 1 073 741 824.</value>
    [Range(1_048_576, 1_099_511_627_776)] public long SpoolBytesMax { get; set; } = 1_073_741_824;

    /// <summary>Size at which a file of the spool is archived.</summary>
    /// <value>Bytes. Default 16 777 216, which is a block of the archive.</value>
    [Range(65_536, 268_435_456)] public int SpoolFileBytes { get; set; } = 16_777_216;

    /// <summary>Age at which a smaller one is archived too.</summary>
    /// <value>Seconds. Default 60.</value>
    [Range(1, 3_600)] public int ArchiveAfterSeconds { get; set; } = 60;
}
