namespace Prunella.Logs.Parsing;

/// <summary>Reads level words.</summary>
internal static class SeverityWords
{
    /// <summary>The level that <paramref name="word"/> names, in any case; <see cref="Severity.None"/> for any other word.</summary>
    internal static Severity Read(ReadOnlySpan<byte> word)
    {
        if (word.Length is < 3 or > 11)
        {
            return Severity.None;
        }

        var key = 0UL;
        for (var i = 0; i < Math.Min(8, word.Length); i++)
        {
            if (!Templates.ByteClass.IsLetter(word[i]))
            {
                return Severity.None;
            }

            key = (key << 8) | (byte)(word[i] | 0x20);
        }

        return word.Length switch
        {
            3 => key switch
            {
                0x696E66 => Severity.Info, 0x77726E => Severity.Warning, 0x646267 => Severity.Debug, 0x657272 => Severity.Error,
                0x767262 or 0x747263 => Severity.Trace, 0x66746C => Severity.Fatal, _ => Severity.None,
            },
            4 => key switch
            {
                0x696E666F => Severity.Info, 0x7761726E => Severity.Warning, 0x66696E65 => Severity.Debug, 0x63726974 => Severity.Fatal,
                _ => Severity.None,
            },
            5 => key switch
            {
                0x6572726F72 => Severity.Error, 0x6465627567 => Severity.Debug, 0x7472616365 => Severity.Trace, 0x666174616C => Severity.Fatal,
                0x66696E6572 => Severity.Trace, 0x616C657274 => Severity.Fatal, 0x656D657267 => Severity.Fatal, 0x70616E6963 => Severity.Fatal,
                _ => Severity.None,
            },
            6 => Is(word, "notice"u8, Severity.Notice) | Is(word, "severe"u8, Severity.Error) | Is(word, "finest"u8, Severity.Trace) | Is(word, "config"u8, Severity.Info),
            7 => Is(word, "warning"u8, Severity.Warning) | Is(word, "verbose"u8, Severity.Trace) | Is(word, "failure"u8, Severity.Error),
            8 => Is(word, "critical"u8, Severity.Fatal),
            9 => Is(word, "emergency"u8, Severity.Fatal),
            11 => Is(word, "information"u8, Severity.Info),
            _ => Severity.None,
        };
    }

    /// <summary>The level of a single letter (logcat, klog).</summary>
    internal static Severity ReadLetter(byte letter) => letter switch
    {
        (byte)'V' or (byte)'T' => Severity.Trace,
        (byte)'D' => Severity.Debug,
        (byte)'I' => Severity.Info,
        (byte)'W' => Severity.Warning,
        (byte)'E' => Severity.Error,
        (byte)'F' or (byte)'A' or (byte)'C' => Severity.Fatal,
        _ => Severity.None,
    };

    /// <summary>Syslog counts 0 for an emergency to 7 for debug.</summary>
    internal static Severity OfSyslog(int number) => number switch
    {
        0 or 1 or 2 => Severity.Fatal,
        3 => Severity.Error,
        4 => Severity.Warning,
        5 => Severity.Notice,
        6 => Severity.Info,
        7 => Severity.Debug,
        _ => Severity.None,
    };

    private static Severity Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name, Severity level)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if ((word[i] | 0x20) != name[i])
            {
                return Severity.None;
            }
        }

        return level;
    }
}
