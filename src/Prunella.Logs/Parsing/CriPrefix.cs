namespace Prunella.Logs.Parsing;

/// <summary>What a Kubernetes container runtime writes before each line: 2016-10-06T00:17:09.669794202Z stdout F message.</summary>
internal static class CriPrefix
{
    /// <summary>Bytes of the prefix; 0 when the line has none.</summary>
    /// <param name="line">The line.</param>
    /// <param name="ticks">Its timestamp.</param>
    /// <param name="time">Bytes of the timestamp, which the line starts with.</param>
    internal static int Length(ReadOnlySpan<byte> line, out long ticks, out int time)
    {
        ticks = 0;
        time = 0;
        if (line.Length < 31 || line[4] != '-' || line[10] != 'T')
        {
            return 0;
        }

        var space = line[..Math.Min(line.Length, 40)].IndexOf((byte)' ');
        if (space < 20 || line.Length < space + 10)
        {
            return 0;
        }

        var rest = line[space..];
        if (!(rest.StartsWith(" stdout "u8) || rest.StartsWith(" stderr "u8)) || rest[8] is not ((byte)'F' or (byte)'P') || rest[9] != ' ')
        {
            return 0;
        }

        return TimestampScanner.TryScan(line, out time, out _, out ticks) && time == space ? space + 10 : 0;
    }

    /// <summary>True when the runtime cut the line here and the next one continues it.</summary>
    internal static bool IsPartial(ReadOnlySpan<byte> line, int prefix) => prefix > 1 && line[prefix - 2] == 'P';
}
