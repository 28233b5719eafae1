using System.Text;

namespace Prunella.Logs.Archive;

// Fixed places make parsing and rendering exact inverses: two digits within their range, literals equal, the weekday that the date has.

/// <summary>
/// The written form of a column's timestamps: for each place what it holds. A value that fits is the same as a number of units since
/// 1 January of the year 1; forms without a year count within the leap year <see cref="YearWithout"/>, those without a date within a day.
/// </summary>
internal sealed class TimePattern
{
    internal const int YearWithout = 2000;
    private const int PlacesMax = 64;
    private const int FractionMax = 7;
    private const string Months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private const string Weekdays = "SunMonTueWedThuFriSat";

    // ? any byte that is no digit; Y year, y its last two digits, M month, N its name, D day, d day with a space, h m s, W weekday.
    private static readonly string[] Forms =
    [
        "Y?M?D?h?m?s", "y?M?D?h?m?s", "yMD?hms", "YMD?hms", "YMD?h?m?s", "M?D?h?m?s", "N d h?m?s", "W N d h?m?s Y", "D?N?Y?h?m?s", "W? D N Y h?m?s", "h?m?s",
    ];

    private readonly byte[] places;
    private readonly long unitsPerSecond = 1;

    // Where the seconds stand, and their fraction.
    private readonly int second, fraction, fractionEnd;

    private TimePattern(byte[] places)
    {
        this.places = places;
        for (var n = 0; n < places.Length; n++)
        {
            switch (places[n])
            {
                case 0:
                    n++;
                    Length++;
                    break;
                case (byte)'f':
                    unitsPerSecond *= 10;
                    fraction = fractionEnd == 0 ? Length : fraction;
                    fractionEnd = ++Length;
                    break;
                default:
                    second = places[n] == 's' ? Length : second;
                    Length += Width(places[n]);
                    break;
            }
        }

        if (fractionEnd == 0)
        {
            fraction = fractionEnd = second + 2;
        }
    }

    /// <summary>Bytes of every value.</summary>
    internal int Length { get; }

    /// <summary>Ticks of a number of units.</summary>
    internal long Ticks(long units) => unchecked(units * (TimeSpan.TicksPerSecond / unitsPerSecond));

    internal static TimePattern? Learn(ReadOnlySpan<byte> value)
    {
        if (value.Length > PlacesMax)
        {
            return null;
        }

        foreach (var form in Forms)
        {
            if (Fit(form, value) is { } pattern && pattern.TryParse(value, out _))
            {
                return pattern;
            }
        }

        return null;
    }

    internal static TimePattern Read(DirectoryReader directory)
    {
        var places = directory.Take(directory.Count(2 * PlacesMax)).ToArray();
        var fraction = 0;
        for (var n = 0; n < places.Length; n++)
        {
            fraction += places[n] == 'f' ? 1 : 0;
            if (places[n] == 0)
            {
                if (++n == places.Length || places[n] == 0)
                {
                    throw ByteSource.Damaged();
                }
            }
            else if (places[n] != 'f' && Width(places[n]) == 0)
            {
                throw ByteSource.Damaged();
            }
        }

        return fraction <= FractionMax ? new TimePattern(places) : throw ByteSource.Damaged();
    }

    /// <summary>False where no value of the pattern can hold the bytes.</summary>
    internal bool MayHold(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Length)
        {
            return false;
        }

        var named = places.AsSpan().IndexOfAny((byte)'N', (byte)'W') >= 0;
        foreach (var b in bytes)
        {
            var digit = (uint)(b - '0') <= 9;
            if (!digit && places.AsSpan().IndexOf(b) < 0 && !(b == ' ' && places.AsSpan().Contains((byte)'d')) && !(named && (uint)((b | 0x20) - 'a') < 26))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>False where no value of the pattern can hold the bytes, letters in any case.</summary>
    internal bool MayHoldIgnoringCase(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Length)
        {
            return false;
        }

        Span<byte> upper = stackalloc byte[bytes.Length];
        return MayHold(bytes) || (Ascii.ToUpper(bytes, upper, out _) == System.Buffers.OperationStatus.Done && MayHold(upper));
    }

    internal void Write(ByteSink directory) => directory.Sized(places);

    internal bool TryParse(ReadOnlySpan<byte> value, out long units)
    {
        units = 0;
        if (value.Length != Length)
        {
            return false;
        }

        int at = 0, year = YearWithout, month = 1, day = 1, hour = 0, minute = 0, second = 0, weekday = -1;
        long fraction = 0;
        var dated = false;
        for (var n = 0; n < places.Length; n++)
        {
            switch (places[n])
            {
                case 0:
                    if (value[at++] != places[++n])
                    {
                        return false;
                    }

                    continue;
                case (byte)'f':
                    var digit = value[at++] - '0';
                    if ((uint)digit > 9)
                    {
                        return false;
                    }

                    fraction = (fraction * 10) + digit;
                    continue;
                case (byte)'N':
                    month = NameAt(Months, value.Slice(at, 3)) + 1;
                    break;
                case (byte)'W':
                    weekday = NameAt(Weekdays, value.Slice(at, 3));
                    if (weekday < 0)
                    {
                        return false;
                    }

                    break;
                case (byte)'Y':
                    year = (Two(value, at) * 100) + Two(value, at + 2);
                    dated = true;
                    break;
                case (byte)'y':
                    year = YearWithout + Two(value, at);
                    dated = true;
                    break;
                case (byte)'d':
                    day = value[at] == ' ' ? Two([(byte)'0', value[at + 1]], 0) : value[at] == '0' ? 0 : Two(value, at);
                    break;
                case (byte)'M':
                    month = Two(value, at);
                    break;
                case (byte)'D':
                    day = Two(value, at);
                    break;
                case (byte)'h':
                    hour = Two(value, at);
                    break;
                case (byte)'m':
                    minute = Two(value, at);
                    break;
                default:
                    second = Two(value, at);
                    break;
            }

            at += Width(places[n]);
        }

        if (year < 1 || year > 9999 || month < 1 || month > 12 || (uint)hour > 23 || (uint)minute > 59 || (uint)second > 59 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        var days = new DateOnly(year, month, day).DayNumber;
        units = ((((days * 24L) + hour) * 60 + minute) * 60 + second) * unitsPerSecond + fraction;
        return weekday < 0 || (dated && weekday == (days + 1) % 7);
    }

    /// <summary>A value parsed before, and the units of the minute that it lies in.</summary>
    internal ref struct Minute
    {
        internal ReadOnlySpan<byte> Value;
        internal long Units;
    }

    /// <summary>The same for values that follow each other: most are of the minute of the one before, and then only their seconds are read.</summary>
    internal bool TryParse(ReadOnlySpan<byte> value, scoped ref Minute minute, out long units)
    {
        var known = minute.Value;
        if (second == 0 || value.Length != Length || known.Length != Length || !value[..second].SequenceEqual(known[..second])
            || !value[(second + 2)..fraction].SequenceEqual(known[(second + 2)..fraction]) || !value[fractionEnd..].SequenceEqual(known[fractionEnd..]))
        {
            if (!TryParse(value, out units))
            {
                return false;
            }

            minute.Units = units - (units % (60 * unitsPerSecond));
            minute.Value = value;
            return true;
        }

        var seconds = Two(value, second);
        long parts = 0;
        for (var at = fraction; at < fractionEnd; at++)
        {
            var digit = value[at] - '0';
            if ((uint)digit > 9)
            {
                seconds = -1;
            }

            parts = (parts * 10) + digit;
        }

        units = minute.Units + (seconds * unitsPerSecond) + parts;
        return (uint)seconds <= 59;
    }

    internal ColumnValues Render(long[] units)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(checked(units.Length * Length));
        var ends = new int[units.Length];
        for (var n = 0; n < units.Length; n++)
        {
            Render(units[n], bytes.AsSpan(n * Length, Length));
            ends[n] = (n + 1) * Length;
        }

        return new ColumnValues(bytes, ends);
    }

    /// <summary>Writes a value of that many units.</summary>
    /// <param name="value">The units.</param>
    /// <param name="to">As long as every value is.</param>
    /// <exception cref="InvalidDataException">There is no such time.</exception>
    internal void Render(long value, Span<byte> to)
    {
        var (seconds, fraction) = Math.DivRem(value, unitsPerSecond);
        var (days, time) = Math.DivRem(seconds, 86_400);
        if (value < 0 || days > DateOnly.MaxValue.DayNumber)
        {
            throw ByteSource.Damaged();
        }

        var date = DateOnly.FromDayNumber((int)days);
        var (year, month, day) = date;
        var at = to.Length;
        for (var n = places.Length - 1; n >= 0; n--)
        {
            // A literal is a zero and then its byte.
            if (n > 0 && IsLiteral(n))
            {
                to[--at] = places[n--];
                continue;
            }

            if (places[n] == 'f')
            {
                (fraction, var digit) = Math.DivRem(fraction, 10);
                to[--at] = (byte)('0' + digit);
                continue;
            }

            at -= Width(places[n]);
            switch (places[n])
            {
                case (byte)'N':
                    Name(Months, month - 1, to[at..]);
                    break;
                case (byte)'W':
                    Name(Weekdays, (int)((days + 1) % 7), to[at..]);
                    break;
                case (byte)'Y':
                    Put(to[at..], year / 100);
                    Put(to[(at + 2)..], year % 100);
                    break;
                case (byte)'d':
                    Put(to[at..], day);
                    to[at] = day < 10 ? (byte)' ' : to[at];
                    break;
                default:
                    Put(to[at..], places[n] switch
                    {
                        (byte)'y' => year % 100, (byte)'M' => month, (byte)'D' => day, (byte)'h' => (int)(time / 3600), (byte)'m' => (int)(time / 60 % 60), _ => (int)(time % 60),
                    });
                    break;
            }
        }
    }

    // Whether the place before n is the zero that makes n a literal; places hold no other zero.
    private bool IsLiteral(int n) => places[n - 1] == 0;

    private static TimePattern? Fit(string form, ReadOnlySpan<byte> value)
    {
        var places = new List<byte>();
        var at = 0;
        foreach (var c in form)
        {
            var width = c is '?' or ' ' ? 1 : Width((byte)c);
            if (at + width > value.Length)
            {
                return null;
            }

            if (c is '?' or ' ')
            {
                if (value[at] is (>= (byte)'0' and <= (byte)'9') or 0 || (c == ' ' && value[at] != ' '))
                {
                    return null;
                }

                places.AddRange([0, value[at]]);
            }
            else
            {
                places.Add((byte)c);
            }

            at += width;
        }

        if (at + 1 < value.Length && value[at] is (byte)'.' or (byte)',' or (byte)':')
        {
            places.AddRange([0, value[at++]]);
            var digits = 0;
            for (; at < value.Length && value[at] is >= (byte)'0' and <= (byte)'9'; at++)
            {
                places.Add((byte)'f');
                digits++;
            }

            if (digits > FractionMax)
            {
                return null;
            }
        }

        for (; at < value.Length; at++)
        {
            if (value[at] == 0)
            {
                return null;
            }

            places.AddRange([0, value[at]]);
        }

        return new TimePattern([.. places]);
    }

    private static int Width(byte place) => place switch
    {
        (byte)'Y' => 4,
        (byte)'N' or (byte)'W' => 3,
        (byte)'y' or (byte)'M' or (byte)'D' or (byte)'d' or (byte)'h' or (byte)'m' or (byte)'s' => 2,
        _ => 0,
    };

    private static int Two(ReadOnlySpan<byte> s, int at)
    {
        int a = s[at] - '0', b = s[at + 1] - '0';
        return (uint)a <= 9 && (uint)b <= 9 ? (a * 10) + b : -1000;
    }

    private static void Put(Span<byte> to, int value)
    {
        to[0] = (byte)('0' + (value / 10));
        to[1] = (byte)('0' + (value % 10));
    }

    private static int NameAt(string names, ReadOnlySpan<byte> name)
    {
        for (var n = 0; n < names.Length; n += 3)
        {
            if (name[0] == names[n] && name[1] == names[n + 1] && name[2] == names[n + 2])
            {
                return n / 3;
            }
        }

        return -1000;
    }

    private static void Name(string names, int index, Span<byte> to) => Encoding.ASCII.GetBytes(names.AsSpan(index * 3, 3), to);
}
