using System.ComponentModel.DataAnnotations;

namespace Prunella.Logs;

/// <summary>A file that indexed lines are appended to, as JSON.</summary>
public sealed class JsonLinesSinkOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "logs:sinks:jsonLines";

    /// <summary>The file; without it there is no such sink.</summary>
    /// <value>Default empty.</value>
    public string Path { get; set; } = "";

    /// <summary>Size at which the file is renamed to <c>NAME.1</c> and another begun.</summary>
    /// <value>Bytes. Default 268 435 456.</value>
    [Range(65_536, 1_099_511_627_776)] public long FileBytesMax { get; set; } = 268_435_456;

    /// <summary>Renamed files kept.</summary>
    /// <value>Files. Default 10.</value>
    [Range(0, 10_000)] public int FilesMax { get; set; } = 10;
}
