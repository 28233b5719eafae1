using Prunella.Logs.Framing;

namespace Prunella.Commands.Logs;

/// <summary>Files that grow, read as one stream of lines as they come; standard input alone is read until it ends.</summary>
/// <param name="names">Files, folders, patterns, or <c>-</c> alone. A file that is missing is waited for.</param>
/// <param name="time">The clock.</param>
internal sealed class FollowedInputs(string[] names, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private readonly List<FileTail> tails = [];

    /// <summary>Calls <paramref name="action"/> for every line, numbered from 1, until cancelled.</summary>
    /// <param name="action">Takes a line.</param>
    /// <param name="idle">Called whenever nothing more is there now.</param>
    /// <param name="cancellation">Ends it without an exception.</param>
    internal void ForEachLine(LogInputs.LineAction action, Action idle, CancellationToken cancellation)
    {
        if (names is ["-"])
        {
            ReadStandardInput(action, idle, cancellation);
            return;
        }

        foreach (var name in names)
        {
            if (name == "-")
            {
                throw new FormatException("--follow takes standard input alone, or files.");
            }

            // A file that is not there yet may come.
            foreach (var path in Directory.Exists(name) || name.AsSpan().IndexOfAny('*', '?') >= 0 ? LogFile.Expand([name]) : [name])
            {
                tails.Add(new FileTail(path));
            }
        }

        long number = 0;
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var tail in tails)
            {
                while (!cancellation.IsCancellationRequested && tail.TryRead(out var lines))
                {
                    Each(lines.Span, action, ref number);
                    tail.Commit();
                }
            }

            idle();
            Task.Delay(Interval, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        }
    }

    public void Dispose()
    {
        foreach (var tail in tails)
        {
            tail.Dispose();
        }
    }

    private static void ReadStandardInput(LogInputs.LineAction action, Action idle, CancellationToken cancellation)
    {
        using var stdin = System.Console.OpenStandardInput();
        using var reader = new LineReader(stdin);
        for (long number = 1; !cancellation.IsCancellationRequested && reader.TryRead(out var line); number++)
        {
            action(line, number);
            idle();
        }
    }

    private static void Each(ReadOnlySpan<byte> lines, LogInputs.LineAction action, ref long number)
    {
        while (lines.Length > 0)
        {
            var end = lines.IndexOf((byte)'\n');
            action(lines[..end].TrimEnd((byte)'\r'), ++number);
            lines = lines[(end + 1)..];
        }
    }
}
