using System.Diagnostics;
using System.Globalization;
using System.Text;
using Prunella.Logs.Archive;
using Prunella.Logs.Query;

namespace Prunella.Logs.Bench;

/// <summary>Questions to an archive, warm, one thread, each from opening the file on; against zstd piped into ripgrep or grep where installed.</summary>
internal static class QueryBench
{
    internal static int Run(string file, string[] texts)
    {
        var path = file + ".parc";
        if (!File.Exists(path))
        {
            using var writer = ArchiveWriter.Create(path, new ArchiveOptions { Year = 2015 });
            using var input = File.OpenRead(file);
            var buffer = new byte[1 << 20];
            for (int read; (read = input.Read(buffer)) > 0;)
            {
                writer.Write(buffer.AsSpan(0, read));
            }
        }

        Console.WriteLine($"{Path.GetFileName(file)}: {new FileInfo(file).Length / 1e6:F0} MB, archive {new FileInfo(path).Length / 1e6:F1} MB");
        Console.WriteLine("question                                                    answer   best s    CPU s  zstd -dc | rg -c -F");
        Ask("count by template", path, static s => s.CountByTemplate().Count, null);
        Ask("histogram by minute", path, static s => s.Histogram(TimeSpan.FromMinutes(1)).Count, null);
        foreach (var text in texts)
        {
            var at = text.StartsWith("where:", StringComparison.Ordinal) ? text.IndexOf('=', StringComparison.Ordinal) : -1;
            var query = at > 0
                ? new ArchiveQuery { Fields = [new FieldCondition(text[6..at], Encoding.UTF8.GetBytes(text[(at + 1)..]))] }
                : new ArchiveQuery { Text = Encoding.UTF8.GetBytes(text) };
            Ask(text, path, s => s.Count(query), at > 0 ? null : Rival(file, text));
        }

        return 0;
    }

    /// <summary>Best wall seconds of a question, from opening the archive on.</summary>
    internal static double Ask(string name, string path, Func<ArchiveSearch, long> ask, string? rival)
    {
        double wall = double.MaxValue, cpu = double.MaxValue;
        long answer = 0;

        // Short questions need more rounds until their code is warm.
        var all = Stopwatch.StartNew();
        for (var round = 0; round < 5 || (round < 60 && all.Elapsed.TotalSeconds < 1); round++)
        {
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            using (var reader = ArchiveReader.Open(path))
            {
                answer = ask(new ArchiveSearch(reader));
            }

            wall = Math.Min(wall, watch.Elapsed.TotalSeconds);
            cpu = Math.Min(cpu, (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name[..Math.Min(name.Length, 52)],-54} {answer,11} {wall,8:F3} {cpu,8:F3}  {rival}"));
        return wall;
    }

    /// <summary>Wall seconds of zstd piped into ripgrep, or grep where that is not installed, and its count.</summary>
    internal static string Rival(string file, string text)
    {
        var packed = file + ".zst";
        if (!File.Exists(packed))
        {
            Shell($"zstd -3 -q '{file}' -o '{packed}'");
        }

        var best = double.MaxValue;
        var count = "";
        for (var round = 0; round < 2; round++)
        {
            var watch = Stopwatch.StartNew();
            count = Shell($"zstd -dc '{packed}' | $(command -v rg || echo grep) -c -a -F -- '{text}'");
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{best,6:F3} ({count.Trim()})");
    }

    private static string Shell(string line)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
