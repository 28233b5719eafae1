namespace Prunella.Logs.Parsing;

/// <summary>The written form of a timestamp; a layout has one.</summary>
public enum TimestampFormat : byte
{
    /// <summary>No timestamp.</summary>
    None,

    /// <summary>2015-10-18 18:01:47,978 or 2015-10-18T18:01:47.978Z, with - / or . between the parts of the date.</summary>
    Iso,

    /// <summary>2005-06-03-15.42.50.363779.</summary>
    IsoDashed,

    /// <summary>17/06/09 20:10:40: two-digit year first.</summary>
    ShortYear,

    /// <summary>08/11/2009 20:36:15: month, day and year, or day, month and year where the first is over 12.</summary>
    YearLast,

    /// <summary>081109 203615.</summary>
    Compact,

    /// <summary>20171223-22:15:29:606 or 20171223T221529.</summary>
    CompactDate,

    /// <summary>03-17 16:13:38.811 or 10.30 16:49:06: no year.</summary>
    MonthDay,

    /// <summary>Jun 14 15:16:01, perhaps with a weekday before it; no year.</summary>
    Syslog,

    /// <summary>Sun Dec 04 04:47:44 2005, perhaps with a zone.</summary>
    Ctime,

    /// <summary>17/May/2015:10:05:03 +0000.</summary>
    AccessLog,

    /// <summary>Seconds, milliseconds, microseconds or nanoseconds since 1970.</summary>
    Epoch,

    /// <summary>I0612 10:00:00.123456: level letter, month, day; no year.</summary>
    Klog,

    /// <summary>2005.11.09 alone.</summary>
    DateOnly,

    /// <summary>10:00:00.123 alone.</summary>
    TimeOnly,
}
