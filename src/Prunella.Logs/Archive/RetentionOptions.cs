using System.ComponentModel.DataAnnotations;
using Prunella.Logs.Classification;

namespace Prunella.Logs.Archive;

/// <summary>How long a store keeps lines of each class, and how it lays them down.</summary>
public sealed class RetentionOptions
{
    /// <summary>Age at which routine lines go.</summary>
    /// <value>Days. Default 90; 0 keeps them for ever.</value>
    [Range(0, 36_500)] public int RoutineDays { get; set; } = 90;

    /// <summary>Age at which interesting lines go.</summary>
    /// <value>Days. Default 180; 0 keeps them for ever.</value>
    [Range(0, 36_500)] public int InterestingDays { get; set; } = 180;

    /// <summary>Age at which critical lines go.</summary>
    /// <value>Days. Default 400; 0 keeps them for ever.</value>
    [Range(0, 36_500)] public int CriticalDays { get; set; } = 400;

    /// <summary>Age at which a segment is made smaller, and slower to write again.</summary>
    /// <value>Days. Default 7; 0 never.</value>
    [Range(0, 36_500)] public int ColdAfterDays { get; set; } = 7;

    /// <summary>Bytes of input after which a segment is closed: what retention deletes at once.</summary>
    /// <value>Bytes. Default 268 435 456.</value>
    [Range(65_536, 1_099_511_627_776)] public long SegmentBytes { get; set; } = 268_435_456;

    /// <summary>Age after which a segment is closed.</summary>
    /// <value>Hours. Default 24; at least 1.</value>
    [Range(1, 8_784)] public int SegmentHours { get; set; } = 24;

    internal int DaysOf(LineClass lineClass) => lineClass switch { LineClass.Critical => CriticalDays, LineClass.Interesting => InterestingDays, _ => RoutineDays };

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(RoutineDays);
        ArgumentOutOfRangeException.ThrowIfNegative(InterestingDays);
        ArgumentOutOfRangeException.ThrowIfNegative(CriticalDays);
        ArgumentOutOfRangeException.ThrowIfNegative(ColdAfterDays);
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentBytes, 64 << 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentHours, 1);
    }
}
