namespace Prunella.Logs.Parsing;

/// <summary>Severity of a line, from its level word, letter or number.</summary>
public enum LogLevel : byte
{
    /// <summary>The line names none.</summary>
    None,

    /// <summary>trace, verbose, finest.</summary>
    Trace,

    /// <summary>debug, fine.</summary>
    Debug,

    /// <summary>info, config.</summary>
    Info,

    /// <summary>notice.</summary>
    Notice,

    /// <summary>warn, warning.</summary>
    Warning,

    /// <summary>err, error, severe, failure.</summary>
    Error,

    /// <summary>critical, fatal, alert, emergency, panic.</summary>
    Fatal,
}

/// <summary>Reads level words.</summary>
internal static class LogLevels
{
    /// <summary>The level that <paramref name="word"/> names, in any case; <see cref="LogLevel.None"/> for any other word.</summary>
    internal static LogLevel Read(ReadOnlySpan<byte> word)
    {
        if (word.Length is < 3 or > 11)
        {
            return LogLevel.None;
        }

        var key = 0UL;
        for (var i = 0; i < Math.Min(8, word.Length); i++)
        {
            if (!Templates.ByteClass.IsLetter(word[i]))
            {
                return LogLevel.None;
            }

            key = (key << 8) | (byte)(word[i] | 0x20);
        }

        return word.Length switch
        {
            3 => key switch
            {
                0x696E66 => LogLevel.Info, 0x77726E => LogLevel.Warning, 0x646267 => LogLevel.Debug, 0x657272 => LogLevel.Error,
                0x767262 or 0x747263 => LogLevel.Trace, 0x66746C => LogLevel.Fatal, _ => LogLevel.None,
            },
            4 => key switch
            {
                0x696E666F => LogLevel.Info, 0x7761726E => LogLevel.Warning, 0x66696E65 => LogLevel.Debug, 0x63726974 => LogLevel.Fatal,
                _ => LogLevel.None,
            },
            5 => key switch
            {
                0x6572726F72 => LogLevel.Error, 0x6465627567 => LogLevel.Debug, 0x7472616365 => LogLevel.Trace, 0x666174616C => LogLevel.Fatal,
                0x66696E6572 => LogLevel.Trace, 0x616C657274 => LogLevel.Fatal, 0x656D657267 => LogLevel.Fatal, 0x70616E6963 => LogLevel.Fatal,
                _ => LogLevel.None,
            },
            6 => Is(word, "notice"u8, LogLevel.Notice) | Is(word, "severe"u8, LogLevel.Error) | Is(word, "finest"u8, LogLevel.Trace) | Is(word, "config"u8, LogLevel.Info),
            7 => Is(word, "warning"u8, LogLevel.Warning) | Is(word, "verbose"u8, LogLevel.Trace) | Is(word, "failure"u8, LogLevel.Error),
            8 => Is(word, "critical"u8, LogLevel.Fatal),
            9 => Is(word, "emergency"u8, LogLevel.Fatal),
            11 => Is(word, "information"u8, LogLevel.Info),
            _ => LogLevel.None,
        };
    }

    /// <summary>The level of a single letter (logcat, klog).</summary>
    internal static LogLevel ReadLetter(byte letter) => letter switch
    {
        (byte)'V' or (byte)'T' => LogLevel.Trace,
        (byte)'D' => LogLevel.Debug,
        (byte)'I' => LogLevel.Info,
        (byte)'W' => LogLevel.Warning,
        (byte)'E' => LogLevel.Error,
        (byte)'F' or (byte)'A' or (byte)'C' => LogLevel.Fatal,
        _ => LogLevel.None,
    };

    private static LogLevel Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name, LogLevel level)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if ((word[i] | 0x20) != name[i])
            {
                return LogLevel.None;
            }
        }

        return level;
    }
}
