namespace Prunella.Logs.Parsing;

/// <summary>
/// Timestamps in the forms that logs use, scanned in one pass. Ticks are UTC where a zone is written, else as written.
/// A form without a year counts from year <see cref="PlaceholderYear"/>; <see cref="WithYear"/> moves it.
/// </summary>
internal static partial class TimestampScanner
{
    /// <summary>A leap year, so that 29 February survives until the year is known.</summary>
    internal const int PlaceholderYear = 4;

    private static readonly long[] DaysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

    /// <summary>Any form, at the start of the text.</summary>
    internal static bool TryScan(ReadOnlySpan<byte> s, out int length, out TimestampFormat format, out long ticks)
    {
        length = 0;
        format = TimestampFormat.None;
        ticks = 0;
        if (s.Length < 8)
        {
            return false;
        }

        var b = s[0];
        if (Digit(b))
        {
            return TryScanNumeric(s, out length, out format, out ticks) || TryEpoch(s, out length, out format, out ticks);
        }

        if (b is (byte)'I' or (byte)'W' or (byte)'E' or (byte)'F' or (byte)'D' && Digit(s[1]))
        {
            return TryKlog(s, out length, out format, out ticks);
        }

        return b is >= (byte)'A' and <= (byte)'W' && s[3] is (byte)' ' or (byte)',' && TryScanNamed(s, out length, out format, out ticks);
    }

    /// <summary>Moves ticks of a form without a year to <paramref name="year"/>; 29 February of a common year becomes 1 March.</summary>
    internal static long WithYear(long ticks, int year)
    {
        var at = new DateTime(Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks));
        var day = DaysFromCivil(year, at.Month, at.Day);
        return (day * TimeSpan.TicksPerDay) + at.TimeOfDay.Ticks;
    }

    internal static bool LacksYear(TimestampFormat format) =>
        format is TimestampFormat.MonthDay or TimestampFormat.Syslog or TimestampFormat.Klog;

    /// <summary>Forms that start with the name of a weekday or a month.</summary>
    internal static bool TryScanNamed(ReadOnlySpan<byte> s, out int length, out TimestampFormat format, out long ticks)
    {
        length = 0;
        format = TimestampFormat.None;
        ticks = 0;
        var i = 0;
        var weekday = false;
        if (s.Length >= 15 && Weekday(s))
        {
            i = s[3] == ',' ? 4 : 3;
            if (i >= s.Length || s[i] != ' ')
            {
                return false;
            }

            i++;
            weekday = true;
        }

        if (i + 12 > s.Length)
        {
            return false;
        }

        var month = Month(s[i..]);
        if (month == 0 || s[i + 3] != ' ')
        {
            return false;
        }

        i += 4;
        if (s[i] == ' ')
        {
            i++;
        }

        if (!Number(s, ref i, 1, 2, out var day) || i + 9 > s.Length || s[i] != ' ')
        {
            return false;
        }

        i++;
        var year = -1;
        if (i + 13 <= s.Length && Digit(s[i]) && Digit(s[i + 1]) && Digit(s[i + 2]) && Digit(s[i + 3]) && s[i + 4] == ' ')
        {
            year = Four(s, i);
            i += 5;
        }

        // A weekday or month before it makes it a time, whatever the figures are.
        if (!Clock(s, ref i, out var time, anyFigures: true))
        {
            return false;
        }

        if (year < 0)
        {
            var k = i;
            if (k + 5 <= s.Length && s[k] == ' ' && Upper(s[k + 1]) && Upper(s[k + 2]))
            {
                k += 3;
                while (k < s.Length && k < i + 6 && Upper(s[k]))
                {
                    k++;
                }
            }

            if (k + 5 <= s.Length && s[k] == ' ' && s[k + 1] is (byte)'1' or (byte)'2' && Digit(s[k + 2]) && Digit(s[k + 3]) && Digit(s[k + 4])
                && (k + 5 == s.Length || !Digit(s[k + 5])) && (weekday || k > i))
            {
                year = Four(s, k + 1);
                i = k + 5;
            }
        }

        length = i;
        format = year < 0 ? TimestampFormat.Syslog : TimestampFormat.Ctime;
        ticks = Ticks(year < 0 ? PlaceholderYear : year, month, day, time);
        return true;
    }

    /// <summary>Forms that start with a digit and hold a date and a time of day, or a date.</summary>
    internal static bool TryScanNumeric(ReadOnlySpan<byte> s, out int length, out TimestampFormat format, out long ticks)
    {
        length = 0;
        format = TimestampFormat.None;
        ticks = 0;
        if (s.Length < 8)
        {
            return false;
        }

        var run = 1;
        while (run < s.Length && run < 15 && Digit(s[run]))
        {
            run++;
        }

        if (run >= s.Length)
        {
            return false;
        }

        var separator = s[run];
        return run switch
        {
            4 when separator is (byte)'-' or (byte)'/' or (byte)'.' => TryIso(s, separator, out length, out format, out ticks),
            2 when separator is (byte)'/' or (byte)'-' or (byte)'.' => TryShort(s, separator, out length, out format, out ticks),
            2 when separator == ':' => TryTimeOnly(s, out length, out format, out ticks),
            1 when separator is (byte)'/' => TryShort(s, separator, out length, out format, out ticks),
            6 when separator == ' ' => TryCompact(s, out length, out format, out ticks),
            8 when separator is (byte)'-' or (byte)' ' or (byte)'T' => TryCompactDate(s, separator, out length, out format, out ticks),
            _ => false,
        };
    }

    private static bool TryIso(ReadOnlySpan<byte> s, byte separator, out int length, out TimestampFormat format, out long ticks)
    {
        length = 0;
        format = TimestampFormat.None;
        ticks = 0;
        var year = Four(s, 0);
        var i = 5;
        if (!Number(s, ref i, 1, 2, out var month) || i >= s.Length || s[i] != separator)
        {
            return false;
        }

        i++;
        if (!Number(s, ref i, 1, 2, out var day) || month is < 1 or > 12 || day is < 1 or > 31 || year is < 1900)
        {
            return false;
        }

        if (i + 8 < s.Length + 1 && i < s.Length && s[i] is (byte)' ' or (byte)'T' or (byte)'_' or (byte)'-')
        {
            var k = i + 1;
            if (s[i] == '-')
            {
                if (DottedClock(s, ref k, out var dotted))
                {
                    length = k;
                    format = TimestampFormat.IsoDashed;
                    ticks = Ticks(year, month, day, dotted);
                    return true;
                }
            }
            else if (Clock(s, ref k, out var time))
            {
                time -= Zone(s, ref k);
                length = k;
                format = TimestampFormat.Iso;
                ticks = Ticks(year, month, day, time);
                return true;
            }
        }

        if (i < s.Length && (Digit(s[i]) || s[i] is (byte)'.' or (byte)':' && i + 1 < s.Length && Digit(s[i + 1])))
        {
            return false;
        }

        length = i;
        format = TimestampFormat.DateOnly;
        ticks = Ticks(year, month, day, 0);
        return i >= 8;
    }

    private static bool TryShort(ReadOnlySpan<byte> s, byte separator, out int length, out TimestampFormat format, out long ticks)
    {
        length = 0;
        format = TimestampFormat.None;
        ticks = 0;
        var i = 0;
        if (!Number(s, ref i, 1, 2, out var a))
        {
            return false;
        }

        i++;
        if (separator == '/' && i + 16 <= s.Length && Month(s[i..]) is var named and > 0)
        {
            i += 3;
            if (s[i] != '/' || !Digit(s[i + 1]) || !Digit(s[i + 2]) || !Digit(s[i + 3]) || !Digit(s[i + 4]) || s[i + 5] is not ((byte)':' or (byte)' '))
            {
                return false;
            }

            var year = Four(s, i + 1);
            i += 6;
            if (!Clock(s, ref i, out var at) || a is < 1 or > 31)
            {
                return false;
            }

            at -= Zone(s, ref i);
            length = i;
            format = TimestampFormat.AccessLog;
            ticks = Ticks(year, named, a, at);
            return true;
        }

        if (!Number(s, ref i, 1, 2, out var b) || i >= s.Length)
        {
            return false;
        }

        if (s[i] is (byte)' ' or (byte)'T' && separator != '/')
        {
            i++;
            if (a is < 1 or > 12 || b is < 1 or > 31 || !Clock(s, ref i, out var short_))
            {
                return false;
            }

            length = i;
            format = TimestampFormat.MonthDay;
            ticks = Ticks(PlaceholderYear, a, b, short_);
            return true;
        }

        if (s[i] != separator)
        {
            return false;
        }

        i++;
        var start = i;
        if (!Number(s, ref i, 2, 4, out var c) || i - start == 3 || i + 8 > s.Length || s[i] is not ((byte)' ' or (byte)'T' or (byte)','))
        {
            return false;
        }

        var four = i - start == 4;
        i++;
        if (i < s.Length && s[i] == ' ')
        {
            i++;
        }

        if (!Clock(s, ref i, out var time))
        {
            return false;
        }

        time -= Zone(s, ref i);
        if (four)
        {
            var (month, day) = a > 12 || separator == '.' ? (b, a) : (a, b);
            if (month is < 1 or > 12 || day is < 1 or > 31)
            {
                return false;
            }

            ticks = Ticks(c, month, day, time);
            format = TimestampFormat.YearLast;
        }
        else
        {
            var (year, month, day) = b <= 12 && c <= 31 && c > 0 ? (a, b, c) : (c, a, b);
            if (month is < 1 or > 12 || day is < 1 or > 31)
            {
                return false;
            }

            ticks = Ticks(2000 + year, month, day, time);
            format = TimestampFormat.ShortYear;
        }

        length = i;
        return true;
    }

    private static bool TryCompact(ReadOnlySpan<byte> s, out int length, out TimestampFormat format, out long ticks)
    {
        length = 0;
        format = TimestampFormat.None;
        ticks = 0;
        if (s.Length < 13 || (s.Length > 13 && Digit(s[13])))
        {
            return false;
        }

        for (var k = 7; k < 13; k++)
        {
            if (!Digit(s[k]))
            {
                return false;
            }
        }

        int month = Two(s, 2), day = Two(s, 4), hour = Two(s, 7), minute = Two(s, 9), second = Two(s, 11);
        if (month is < 1 or > 12 || day is < 1 or > 31 || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        length = 13;
        format = TimestampFormat.Compact;
        ticks = Ticks(2000 + Two(s, 0), month, day, Time(hour, minute, second));
        return true;
    }

    private static bool TryCompactDate(ReadOnlySpan<byte> s, byte separator, out int length, out TimestampFormat format, out long ticks)
    {
        length = 0;
        format = TimestampFormat.None;
        ticks = 0;
        int year = Four(s, 0), month = Two(s, 4), day = Two(s, 6), i = 9;
        if (year is < 1970 or > 2100 || month is < 1 or > 12 || day is < 1 or > 31)
        {
            return false;
        }

        if (separator == 'T' && s.Length >= 15 && Digits(s, 9, 6))
        {
            ticks = Ticks(year, month, day, Time(Two(s, 9), Two(s, 11), Two(s, 13)));
            length = s.Length > 15 && s[15] == 'Z' ? 16 : 15;
            format = TimestampFormat.CompactDate;
            return true;
        }

        if (!LooseClock(s, ref i, out var time))
        {
            return false;
        }

        length = i;
        format = TimestampFormat.CompactDate;
        ticks = Ticks(year, month, day, time);
        return true;
    }

    private static bool TryTimeOnly(ReadOnlySpan<byte> s, out int length, out TimestampFormat format, out long ticks)
    {
        var i = 0;
        length = 0;
        format = TimestampFormat.None;
        if (!Clock(s, ref i, out ticks))
        {
            return false;
        }

        length = i;
        format = TimestampFormat.TimeOnly;
        return true;
    }

    private static bool TryKlog(ReadOnlySpan<byte> s, out int length, out TimestampFormat format, out long ticks)
    {
        length = 0;
        format = TimestampFormat.None;
        ticks = 0;
        if (s.Length < 14 || !Digits(s, 1, 4) || s[5] != ' ')
        {
            return false;
        }

        int month = Two(s, 1), day = Two(s, 3), i = 6;
        if (month is < 1 or > 12 || day is < 1 or > 31 || !Clock(s, ref i, out var time))
        {
            return false;
        }

        length = i;
        format = TimestampFormat.Klog;
        ticks = Ticks(PlaceholderYear, month, day, time);
        return true;
    }

    private static bool TryEpoch(ReadOnlySpan<byte> s, out int length, out TimestampFormat format, out long ticks)
    {
        length = 0;
        format = TimestampFormat.None;
        ticks = 0;
        var i = 0;
        long value = 0;
        while (i < s.Length && i < 20 && Digit(s[i]))
        {
            value = (value * 10) + (s[i++] - '0');
        }

        var scale = i switch { 9 or 10 => TimeSpan.TicksPerSecond, 13 => TimeSpan.TicksPerMillisecond, 16 => 10L, 19 => 0L, _ => -1L };
        // 9 digits: before September 2001; only values after 1990 are taken for a time.
        if (scale < 0 || (i == 9 && value < 631_152_000) || (i == 10 && value > 4_102_444_800))
        {
            return false;
        }

        ticks = scale == 0 ? value / 100 : value * scale;
        if (scale == TimeSpan.TicksPerSecond && i + 1 < s.Length && s[i] == '.' && Digit(s[i + 1]))
        {
            ticks += Fraction(s, ref i);
        }

        if (i < s.Length && s[i] is not ((byte)' ' or (byte)'\t' or (byte)'|' or (byte)',' or (byte)']' or (byte)';' or (byte)':' or (byte)'"'))
        {
            return false;
        }

        ticks += DateTime.UnixEpoch.Ticks;
        length = i;
        format = TimestampFormat.Epoch;
        return ticks is > 0 and < 3_155_378_975_999_999_999;
    }
}
