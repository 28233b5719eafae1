using System.Buffers;
using System.Text;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Questions;

/// <summary>The host of a line: by a key in JSON, logfmt and prose, or where syslog and journald write it, behind the time.</summary>
public static class LineHost
{
    private const int DigitsMax = 3;

    private static readonly SearchValues<byte> OfHosts = SearchValues.Create("-.0123456789"u8);
    private static readonly byte[][] Keys = [.. ((string[])["host.name", "host.hostname", "host", "hostname", "_hostname", "node", "pod"]).Select(FieldValue.Bytes)];

    /// <summary>The host; empty when the line tells none.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line)
    {
        foreach (var key in Keys)
        {
            var value = FieldValue.Of(line, key);
            // The Elastic Common Schema nests it: "host":{"name":"web-3"}.
            if (value.StartsWith("{"u8) && line.Overlaps(value, out var at)) value = FieldValue.Of(line[(at + 1)..], "name"u8);
            if (!value.IsEmpty) return value;
        }
        return OfSyslog(line);
    }

    // <PRI>1 2026-03-05T10:00:00Z web-3 app …; <PRI>Mar  5 10:00:00 web-3 sshd[7]: …; 2026-03-05T10:00:00+00:00 web-3 sshd[7]: …
    private static ReadOnlySpan<byte> OfSyslog(ReadOnlySpan<byte> line)
    {
        var rest = line;
        var isVersioned = false;
        if (rest.StartsWith("<"u8) && rest.IndexOf((byte)'>') is > 1 and <= DigitsMax + 1 and var end && !rest[1..end].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            rest = rest[(end + 1)..];
            isVersioned = rest.StartsWith("1 "u8);
            if (isVersioned) rest = rest[2..];
        }
        var isOld = SkipOldTime(ref rest);
        if (!isOld && !SkipTime(ref rest)) return default;
        var host = Word(ref rest);
        var tag = Word(ref rest);
        if (host.IsEmpty || tag.IsEmpty || host[^1] is (byte)':' or (byte)']' || host[0] is (byte)'[' or (byte)'-' || SeverityWords.Read(host) != Severity.None) return default;
        if (isVersioned) return host;
        if (tag[^1] != ':') return default;
        // Without the old form of the time or a process number a word before a colon is anything, so the host has to look like one.
        return isOld || tag.IndexOf((byte)'[') > 0 || host.IndexOfAny(OfHosts) > 0 ? host : default;
    }

    private static bool SkipOldTime(scoped ref ReadOnlySpan<byte> rest)
    {
        // Mar  5 10:00:00
        if (rest.Length < 16 || !char.IsAsciiLetterUpper((char)rest[0]) || !char.IsAsciiLetterLower((char)rest[1]) || !char.IsAsciiLetterLower((char)rest[2]) || rest[3] != ' ' || rest[9] != ':' || rest[12] != ':' || rest[15] != ' ') return false;
        rest = rest[16..];
        return true;
    }

    private static bool SkipTime(scoped ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 20 || rest[4] != '-' || rest[7] != '-' || rest[10] != 'T' || rest[13] != ':' || rest.IndexOf((byte)' ') is not (>= 19 and var end)) return false;
        rest = rest[(end + 1)..];
        return true;
    }

    private static ReadOnlySpan<byte> Word(scoped ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)' ');
        var word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return word;
    }

    /// <summary>Adds the host of a line to a set, where it tells one and there is room.</summary>
    /// <param name="line">The line.</param>
    /// <param name="hosts">The set.</param>
    /// <param name="most">Most hosts in it.</param>
    public static void Collect(ReadOnlySpan<byte> line, ISet<string> hosts, int most)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        if (hosts.Count < most && Of(line) is { IsEmpty: false } host) hosts.Add(Encoding.UTF8.GetString(host));
    }
}
