using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Prunella.Logs.Framing;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Bench;

/// <summary>
/// What a second core is worth: lines parsed in a window by two threads against one, and, in the same rounds, by two processes against
/// one, which share nothing but the machine and so show what it can give.
/// </summary>
internal static class ParallelBench
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    /// <summary>A process of the second measure: for each line on standard input it parses for one window and says how many lines.</summary>
    internal static int Work(string file)
    {
        var (parser, data) = (new LogParser(), File.ReadAllBytes(file));
        Count(parser, data, TimeSpan.FromSeconds(3));
        Console.WriteLine("warm");
        while (Console.ReadLine() is not null)
        {
            Console.WriteLine(Count(parser, data, Window).ToString(CultureInfo.InvariantCulture));
        }

        return 0;
    }

    internal static int Run(string file)
    {
        var (threads, processes) = Measure(File.ReadAllBytes(file), 9);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"two threads / one: best {threads.Best:F2}, median {threads.Median:F2}; two processes / one: best {processes.Best:F2}, median {processes.Median:F2}"));
        return 0;
    }

    /// <summary>Times as many lines by two as by one: threads of one process, and processes.</summary>
    internal static ((double Best, double Median) Threads, (double Best, double Median) Processes) Measure(byte[] data, int rounds)
    {
        var file = Path.GetTempFileName();
        File.WriteAllBytes(file, data);
        using Process a = Start(file), b = Start(file);
        var (one, two) = (new LogParser(), new LogParser());
        Count(one, data, TimeSpan.FromSeconds(3));
        Count(two, data, Window);
        List<double> threads = [], processes = [];
        for (var round = 0; round < rounds; round++)
        {
            var alone = Count(one, data, Window);
            long left = 0;
            var other = new Thread(() => left = Count(two, data, Window));
            other.Start();
            var right = Count(one, data, Window);
            other.Join();
            threads.Add((double)(left + right) / alone);

            Ask(a);
            alone = Answer(a);
            Ask(a);
            Ask(b);
            processes.Add((double)(Answer(a) + Answer(b)) / alone);
        }

        a.StandardInput.Close();
        b.StandardInput.Close();
        a.WaitForExit();
        b.WaitForExit();
        File.Delete(file);
        return (Of(threads), Of(processes));
    }

    private static (double Best, double Median) Of(List<double> times)
    {
        times.Sort();
        return (times[^1], times[times.Count / 2]);
    }

    private static Process Start(string file)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [Assembly.GetExecutingAssembly().Location, "parallel-worker", file])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        return process.StandardOutput.ReadLine() == "warm" ? process : throw new InvalidOperationException("The second process did not start.");
    }

    private static void Ask(Process process)
    {
        process.StandardInput.WriteLine();
        process.StandardInput.Flush();
    }

    private static long Answer(Process process) => long.Parse(process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);

    private static long Count(LogParser parser, byte[] data, TimeSpan window)
    {
        long lines = 0;
        for (var watch = Stopwatch.StartNew(); ;)
        {
            using var reader = new LineReader(new MemoryStream(data, writable: false));
            while (reader.TryRead(out var line))
            {
                parser.Parse(line);
                if ((++lines & 0x3FF) == 0 && watch.Elapsed >= window)
                {
                    return lines;
                }
            }
        }
    }
}
