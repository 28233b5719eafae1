using System.CommandLine;
using Prunella.Logs.Framing;

namespace Prunella.Commands.Logs;

/// <summary>The inputs of a log command, readable more than once: standard input is spooled to a temporary file.</summary>
internal sealed class LogInputs : IDisposable
{
    /// <summary>Lines whose headers are looked at before the first is parsed.</summary>
    internal const long LookAheadLines = 20_000;

    private readonly List<string> paths;
    private readonly string? spool;
    private readonly Dictionary<string, string> damaged = [];
    private long linesSplit;

    private LogInputs(List<string> paths, string? spool)
    {
        this.paths = paths;
        this.spool = spool;
    }

    internal delegate void LineAction(ReadOnlySpan<byte> line, long number);

    /// <exception cref="IOException">A name stands for nothing, or standard input cannot be kept.</exception>
    internal static LogInputs Open(string[] names)
    {
        var paths = new List<string>(LogFile.Expand(names));
        string? spool = null;
        for (var i = 0; i < paths.Count; i++)
        {
            if (paths[i] == "-")
            {
                spool ??= Spool();
                paths[i] = spool;
            }
        }

        return new LogInputs(paths, spool);
    }

    /// <summary>Calls <paramref name="action"/> for every line of every input, numbered from 1 through all of them.</summary>
    internal void ForEachLine(long linesMax, LineAction action)
    {
        long number = 0;
        linesSplit = 0;
        foreach (var path in paths)
        {
            using var stream = JournalExport.Decode(LogFile.Open(path));
            using var reader = new LineReader(stream);
            Guarded(path, () => number, () =>
            {
                while (number < linesMax && reader.TryRead(out var line))
                {
                    action(line, ++number);
                }
            });
            linesSplit += reader.LinesSplit;
        }
    }

    /// <summary>Like <see cref="ForEachLine"/>, with continuation lines joined to the line they continue.</summary>
    internal void ForEachEvent(long eventsMax, LineAction action)
    {
        long events = 0;
        foreach (var path in paths)
        {
            using var stream = JournalExport.Decode(LogFile.Open(path));
            using var reader = new LineReader(stream);
            var joined = new EventReader(reader);
            Guarded(path, () => events, () =>
            {
                while (events < eventsMax && joined.TryRead(out var text, out var number))
                {
                    events++;
                    action(text, number);
                }
            });
        }
    }

    // A torn file still gives the lines before the tear.
    private void Guarded(string path, Func<long> count, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is InvalidDataException or ZstdSharp.ZstdException or EndOfStreamException)
        {
            // Inputs are read twice, and the tear is where it was.
            damaged.TryAdd(path, $"{path}: damaged after line {count()}: {e.Message}");
        }
    }

    /// <summary>Says what was not read as it stands.</summary>
    internal void Report(TextWriter error)
    {
        foreach (var report in damaged.Values)
        {
            error.WriteLine(report);
        }

        if (linesSplit > 0)
        {
            error.WriteLine($"{linesSplit} lines over {LineReader.LineBytesMaxDefault >> 20} MiB were cut into pieces.");
        }
    }

    /// <summary>Runs a command; a file that cannot be read is one line for the person.</summary>
    internal static int Guard(ParseResult parsed, Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            parsed.InvocationConfiguration.Error.WriteLine(e.Message);
            return (int)ExitCode.Configuration;
        }
    }

    public void Dispose()
    {
        if (spool is not null)
        {
            File.Delete(spool);
        }
    }

    private static string Spool()
    {
        var path = Path.Combine(Path.GetTempPath(), "prunella-" + Path.GetRandomFileName());
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        using var stdin = System.Console.OpenStandardInput();
        stdin.CopyTo(file);
        return path;
    }
}
