using System.ComponentModel.DataAnnotations;

namespace Prunella.Logs;

/// <summary>What the watcher of log patterns tells the engine.</summary>
public sealed class LogSignalOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "logs:signals";

    /// <summary>Whether new, rare, spiking and vanished patterns, shifted values and error bursts become signals.</summary>
    /// <value>Default true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>Minutes of the stream that have lines, before anything is reported.</summary>
    /// <value>Minutes. Default 10.</value>
    [Range(3, 1_440)] public int LearningMinutes { get; set; } = 10;

    /// <summary>Signals an hour; more are counted and not raised.</summary>
    /// <value>Signals. Default 60.</value>
    [Range(1, 10_000)] public int PerHourMax { get; set; } = 60;
}
