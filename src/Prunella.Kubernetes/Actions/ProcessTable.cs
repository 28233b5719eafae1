using System.Globalization;

namespace Prunella.Kubernetes.Actions;

/// <summary>A process of a container with its use of the processor.</summary>
/// <param name="Pid">Its id within the container.</param>
/// <param name="Name">The kernel's name for it, up to 15 characters.</param>
/// <param name="StartTicks">Start in clock ticks since boot; with the pid it names one process for good.</param>
/// <param name="Share">Cores used between the two samples: 1 is one whole core.</param>
internal sealed record ProcessUse(int Pid, string Name, ulong StartTicks, double Share);

/// <summary>Reads two samples of <c>/proc</c>, taken by a shell in the container, which needs nothing but <c>cat</c>.</summary>
internal static class ProcessTable
{
    private const string Separator = "--prunella--";

    /// <summary>USER_HZ: 100 on every architecture that Linux containers run on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Prints the two samples a second apart; changes nothing.</summary>
    internal const string Script = $"cat /proc/uptime /proc/[0-9]*/stat 2>/dev/null; sleep 1; echo {Separator}; cat /proc/uptime /proc/[0-9]*/stat 2>/dev/null; true";

    /// <summary>The processes that both samples saw; null when the text is not what the script prints.</summary>
    internal static IReadOnlyList<ProcessUse>? Parse(string text)
    {
        var parts = text.Split(Separator);
        if (parts.Length != 2 || Sample(parts[0]) is not { } before || Sample(parts[1]) is not { } after || after.Uptime <= before.Uptime) return null;
        var seconds = after.Uptime - before.Uptime;
        return
        [
            .. from process in after.Processes
               join earlier in before.Processes on (process.Pid, process.Start) equals (earlier.Pid, earlier.Start)
               select new ProcessUse(process.Pid, process.Name, process.Start, Math.Max(0, (double)process.Ticks - earlier.Ticks) / TicksPerSecond / seconds),
        ];
    }

    private static (double Uptime, List<(int Pid, string Name, ulong Start, ulong Ticks)> Processes)? Sample(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length == 0 || !double.TryParse(lines[0].Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var uptime)) return null;
        var processes = new List<(int, string, ulong, ulong)>();
        foreach (var line in lines.Skip(1))
        {
            // A process chooses its own name, which may hold spaces and parentheses: the last one ends it (proc(5)).
            var open = line.IndexOf('(', StringComparison.Ordinal);
            var close = line.LastIndexOf(')');
            if (open <= 0 || close < open || !int.TryParse(line.AsSpan(0, open), CultureInfo.InvariantCulture, out var pid)) continue;
            var fields = line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // Counted from the state, which is field 3: utime 14, stime 15, starttime 22.
            if (fields.Length < 20 || !ulong.TryParse(fields[11], out var user) || !ulong.TryParse(fields[12], out var system) || !ulong.TryParse(fields[19], out var start)) continue;
            // A zombie has ended; only its parent, often a first process that does not care, has not looked yet.
            if (fields[0] is "Z" or "X") continue;
            processes.Add((pid, line[(open + 1)..close], start, user + system));
        }
        return (uptime, processes);
    }
}
