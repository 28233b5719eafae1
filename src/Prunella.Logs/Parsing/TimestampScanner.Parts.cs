using System.Runtime.CompilerServices;

namespace Prunella.Logs.Parsing;

/// <content>Clocks, zones, figures and names, which the forms are made of.</content>
internal static partial class TimestampScanner
{
    // hh:mm:ss with . or , and one to nine digits
    private static bool Clock(ReadOnlySpan<byte> s, ref int i, out long time, bool anyFigures = false)
    {
        time = 0;
        if (i + 8 > s.Length || !Digit(s[i]) || !Digit(s[i + 1]) || s[i + 2] != ':' || !Digit(s[i + 3]) || !Digit(s[i + 4])
            || s[i + 5] != ':' || !Digit(s[i + 6]) || !Digit(s[i + 7]))
        {
            return false;
        }

        int hour = Two(s, i), minute = Two(s, i + 3), second = Two(s, i + 6);
        if (!anyFigures && (hour > 24 || minute > 59 || second > 60))
        {
            return false;
        }

        i += 8;
        time = Time(hour, minute, second);
        if (i + 1 < s.Length && s[i] is (byte)'.' or (byte)',' && Digit(s[i + 1]))
        {
            time += Fraction(s, ref i);
        }

        return true;
    }

    private static bool DottedClock(ReadOnlySpan<byte> s, ref int i, out long time)
    {
        time = 0;
        if (i + 8 > s.Length || !Digits(s, i, 2) || s[i + 2] is not ((byte)'.' or (byte)':') || !Digits(s, i + 3, 2)
            || s[i + 5] != s[i + 2] || !Digits(s, i + 6, 2))
        {
            return false;
        }

        time = Time(Two(s, i), Two(s, i + 3), Two(s, i + 6));
        i += 8;
        if (i + 1 < s.Length && s[i] == '.' && Digit(s[i + 1]))
        {
            time += Fraction(s, ref i);
        }

        return true;
    }

    // h:m:s:fff, one or two digits each
    private static bool LooseClock(ReadOnlySpan<byte> s, ref int i, out long time)
    {
        time = 0;
        if (!Number(s, ref i, 1, 2, out var hour) || i >= s.Length || s[i++] != ':' || !Number(s, ref i, 1, 2, out var minute)
            || i >= s.Length || s[i++] != ':' || !Number(s, ref i, 1, 2, out var second) || hour > 24 || minute > 59 || second > 60)
        {
            return false;
        }

        time = Time(hour, minute, second);
        if (i + 1 < s.Length && s[i] is (byte)'.' or (byte)',' or (byte)':' && Digit(s[i + 1]))
        {
            if (s[i] == ':')
            {
                i++;
                Number(s, ref i, 1, 3, out var ms);
                time += ms * TimeSpan.TicksPerMillisecond;
            }
            else
            {
                time += Fraction(s, ref i);
            }
        }

        return true;
    }

    private static long Fraction(ReadOnlySpan<byte> s, ref int i)
    {
        long scale = TimeSpan.TicksPerSecond, value = 0;
        for (i++; i < s.Length && Digit(s[i]); i++)
        {
            scale /= 10;
            value += (s[i] - '0') * scale;
        }

        return value;
    }

    // Z, +00:00, +0000, " +0000", " UTC": the offset to take off, in ticks
    private static long Zone(ReadOnlySpan<byte> s, ref int i)
    {
        if (i < s.Length && s[i] == 'Z' && (i + 1 == s.Length || !ByteIsWord(s[i + 1])))
        {
            i++;
            return 0;
        }

        var k = i < s.Length && s[i] == ' ' ? i + 1 : i;
        if (k + 3 <= s.Length && s[k] == 'U' && s[k + 1] == 'T' && s[k + 2] == 'C' && k > i)
        {
            i = k + 3;
            return 0;
        }

        if (k + 5 > s.Length || s[k] is not ((byte)'+' or (byte)'-') || !Digits(s, k + 1, 2))
        {
            return 0;
        }

        var colon = s[k + 3] == ':';
        var m = colon ? k + 4 : k + 3;
        if (m + 2 > s.Length || !Digits(s, m, 2) || (m + 2 < s.Length && ByteIsWord(s[m + 2])))
        {
            return 0;
        }

        var minutes = (Two(s, k + 1) * 60) + Two(s, m);
        if (minutes > 16 * 60)
        {
            return 0;
        }

        i = m + 2;
        return (s[k] == '-' ? -minutes : minutes) * TimeSpan.TicksPerMinute;
    }

    private static bool ByteIsWord(byte b) => Templates.ByteClass.IsWord(b);

    private static long Time(int hour, int minute, int second) => ((hour * 3600L) + (minute * 60) + second) * TimeSpan.TicksPerSecond;

    private static long Ticks(int year, int month, int day, long time) => (DaysFromCivil(year, month, day) * TimeSpan.TicksPerDay) + time;

    private static long DaysFromCivil(int year, int month, int day)
    {
        var y = Math.Clamp(year, 1, 9998) - 1;
        var leap = DateTime.IsLeapYear(Math.Clamp(year, 1, 9998)) && month > 2 ? 1 : 0;
        return (y * 365L) + (y / 4) - (y / 100) + (y / 400) + DaysBeforeMonth[month - 1] + leap + day - 1;
    }

    private static bool Number(ReadOnlySpan<byte> s, ref int i, int least, int most, out int value)
    {
        var start = i;
        value = 0;
        while (i < s.Length && i - start < most && Digit(s[i]))
        {
            value = (value * 10) + (s[i++] - '0');
        }

        return i - start >= least;
    }

    private static bool Digits(ReadOnlySpan<byte> s, int i, int count)
    {
        if (i + count > s.Length)
        {
            return false;
        }

        for (var k = i; k < i + count; k++)
        {
            if (!Digit(s[k]))
            {
                return false;
            }
        }

        return true;
    }

    private static int Two(ReadOnlySpan<byte> s, int i) => ((s[i] - '0') * 10) + s[i + 1] - '0';

    private static int Four(ReadOnlySpan<byte> s, int i) => (Two(s, i) * 100) + Two(s, i + 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Digit(byte b) => (uint)(b - '0') <= 9;

    private static bool Upper(byte b) => b is >= (byte)'A' and <= (byte)'Z';

    private static bool Weekday(ReadOnlySpan<byte> s) => Three(s) is 0x53756E or 0x4D6F6E or 0x547565 or 0x576564 or 0x546875 or 0x467269 or 0x536174;

    private static int Month(ReadOnlySpan<byte> s) => Three(s) switch
    {
        0x4A616E => 1, 0x466562 => 2, 0x4D6172 => 3, 0x417072 => 4, 0x4D6179 => 5, 0x4A756E => 6,
        0x4A756C => 7, 0x417567 => 8, 0x536570 => 9, 0x4F6374 => 10, 0x4E6F76 => 11, 0x446563 => 12,
        _ => 0,
    };

    private static int Three(ReadOnlySpan<byte> s) => (s[0] << 16) | (s[1] << 8) | s[2];
}
