using System.Diagnostics;
using System.Globalization;
using System.Text;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Framing;
using Prunella.Logs.Parsing;
using Prunella.Logs.Query;
using Prunella.Logs.Redaction;
using Prunella.Logs.Tests.Redaction;

namespace Prunella.Logs.Bench;

/// <summary>Every figure of the logs' goals in one table, Markdown on standard output; what each bench says meanwhile goes to standard error.</summary>
internal static class TableBench
{
    private static readonly string[] Texts = ["Receiving block", "error", "12345", "no such text", "in state", "a"];

    internal static int Run(string corpus, string sets, string? executable)
    {
        var table = Console.Out;
        Console.SetOut(Console.Error);
        var rows = new List<(string What, string Goal, string Measured, string Rival)>();
        var head = Head(corpus, 14_400_000);

        // Before anything is compiled or warm.
        rows.Add(("first 10 000 lines of a process: patterns, watching, summary", "≤ 0.3 s", Text($"{Analyse(head):F2} s"), ""));
        var (parse, full) = SliceBench.Both(head, 25);
        rows.Add(("parse + header + template, one core", "≥ 1.5 M lines/s", PerSecond(parse.Nanoseconds), ""));
        rows.Add(("with class, counters, watching, redaction", "≥ 1.0 M lines/s", PerSecond(full.Nanoseconds), ""));
        rows.Add(("allocated in a warm round of both", "0 B a line", Text($"{parse.Allocated + full.Allocated} B"), ""));
        var bytesALine = (double)head.Length / head.AsSpan().Count((byte)'\n');
        var writer = ArchiveStages.Writer(corpus);
        rows.Add(("with archive: the whole writer, to disk", "≥ 0.5 M lines/s, 100 MB/s", Text($"{writer.Lines / writer.Processor / 1e6:F2} M lines/s, {writer.Bytes / writer.Processor / 1e6:F0} MB/s of processor time"), Text($"{writer.Bytes / writer.Wall / 1e6:F0} MB/s of wall time; blocks at their best {writer.Bytes / writer.BestBlocks / 1e6:F0} MB/s")));
        var (threads, processes) = ParallelBench.Measure(head, 9);
        rows.Add(("parsing on two cores against one", "≥ 1.8 times", Text($"{threads.Best:F2} times, median of nine {threads.Median:F2}"), Text($"two processes that share nothing: {processes.Best:F2}, median {processes.Median:F2}")));
        Redaction(sets, rows);
        Ratios(sets, rows);
        Queries(corpus, rows);
        if (executable is not null)
        {
            FirstLines(head, executable, rows);
            Command(corpus, executable, rows);
        }

        table.WriteLine(Text($"Corpus {new FileInfo(corpus).Length / 1e6:F0} MB, {bytesALine:F0} B a line; {Environment.ProcessorCount} virtual processors; load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]} at the end."));
        table.WriteLine();
        table.WriteLine("| what | goal | measured | rival |");
        table.WriteLine("|---|---|---|---|");
        foreach (var (what, goal, measured, rival) in rows)
        {
            table.WriteLine($"| {what} | {goal} | {measured} | {rival} |");
        }

        return 0;
    }

    // Addresses stand in ordinary lines of the sets and are rightly found there, so that the false hits are counted without them.
    private static void Redaction(string sets, List<(string, string, string, string)> rows)
    {
        var options = new RedactionOptions { Key = new byte[16] };
        var (planted, missed) = PlantedValues.Measure(options, 60, null);
        rows.Add(("redaction: planted values found", "≥ 0.995", Text($"{(double)(planted - missed) / planted:F4}"), Text($"{planted:N0} values of 22 kinds in five layouts")));
        var (lines, hits) = (0L, 0L);
        foreach (var file in Sets(sets))
        {
            var parser = new LogParser();
            var redactor = new LineRedactor(new RedactionOptions { Key = options.Key, Kinds = SensitiveKinds.Default & ~SensitiveKinds.Address });
            using var reader = new LineReader(File.OpenRead(file));
            for (; reader.TryRead(out var line); lines++) redactor.Redact(parser.Parse(line));
            hits += redactor.LinesChanged;
        }

        rows.Add(("redaction: lines of the sets changed, addresses aside", "≤ 0.1 %", Text($"{(double)hits / lines:P3}"), Text($"{hits} of {lines:N0}, right ones among them")));
    }

    private static List<string> Sets(string sets) => [.. Directory.GetFiles(sets, "*", SearchOption.AllDirectories).Where(static f => f.EndsWith(".log", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static void Ratios(string sets, List<(string, string, string, string)> rows)
    {
        double product = 1;
        var files = Sets(sets);
        foreach (var file in files)
        {
            var (rival, size, _, _, _, _, identical) = ArchiveBench.Archive(File.ReadAllBytes(file), ArchiveTier.Hot, 1);
            product *= (double)rival / size;
            rows.Add((Text($"{Path.GetFileName(file)} against zstd -3"), "≥ 0.98 times", Text($"{(double)rival / size:F2} times{(identical ? "" : ", NOT IDENTICAL")}"), Text($"{rival:N0} B to {size:N0} B")));
        }

        rows.Add((Text($"geometric mean of {files.Count} sets"), "≥ 1.6 times", Text($"{Math.Pow(product, 1.0 / files.Count):F2} times"), ""));
    }

    private static void Queries(string corpus, List<(string, string, string, string)> rows)
    {
        var path = corpus + ".parc";
        if (!File.Exists(path))
        {
            using var writer = ArchiveWriter.Create(path, new ArchiveOptions { Year = 2015 });
            using var input = File.OpenRead(corpus);
            var buffer = new byte[1 << 20];
            for (int read; (read = input.Read(buffer)) > 0;)
            {
                writer.Write(buffer.AsSpan(0, read));
            }
        }

        void Add(string name, string goal, Func<ArchiveSearch, long> ask, string rival) => rows.Add((name, goal, Text($"{QueryBench.Ask(name, path, ask, null):F3} s"), rival));
        Add("count by template", "≤ 0.02 s", static s => s.CountByTemplate().Count, "");
        Add("histogram by minute", "≤ 0.02 s", static s => s.Histogram(TimeSpan.FromMinutes(1)).Count, "");
        var value = new ArchiveQuery { Fields = [new FieldCondition("rhost", "218.188.2.4"u8.ToArray())] };
        Add("`rhost` is 218.188.2.4", "≤ 0.2 s", s => s.Count(value), "");
        foreach (var text in Texts)
        {
            var query = new ArchiveQuery { Text = Encoding.UTF8.GetBytes(text) };
            Add($"text `{text}`", "≤ 0.8 s", s => s.Count(query), "zstd into ripgrep or grep, seconds (lines): " + QueryBench.Rival(corpus, text).Trim());
        }
    }

    // The executable as it is shipped, compiled ahead: what 10 000 lines take beyond what one line takes.
    private static void FirstLines(byte[] head, string executable, List<(string, string, string, string)> rows)
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        double Best(int lines)
        {
            var end = 0;
            for (var n = 0; n < lines; n++) end += head.AsSpan(end).IndexOf((byte)'\n') + 1;
            File.WriteAllBytes(file, head[..end]);
            return Enumerable.Range(0, 5).Min(_ =>
            {
                var watch = Stopwatch.StartNew();
                using var process = Process.Start(new ProcessStartInfo("dotnet", [executable, "logs", "patterns", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
                var error = process.StandardError.ReadToEndAsync();
                process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                return process.ExitCode == 0 ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException(error.GetAwaiter().GetResult());
            });
        }

        var (one, all) = (Best(1), Best(10_000));
        File.Delete(file);
        rows.Add(("`prunella logs patterns` of 10 000 lines, beyond what one line takes", "≤ 0.3 s", Text($"{all - one:F2} s"), Text($"whole process {all:F2} s, of one line {one:F2} s")));
    }

    // The command on the whole corpus: memory however long the input, and the processor time of everything.
    private static void Command(string corpus, string executable, List<(string, string, string, string)> rows)
    {
        var output = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var process = Process.Start(new ProcessStartInfo("dotnet", [executable, "logs", "archive", corpus, "-o", output]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        long peak = 0;
        var cpu = TimeSpan.Zero;
        while (!process.WaitForExit(50))
        {
            process.Refresh();
            peak = Math.Max(peak, process.PeakWorkingSet64);
            cpu = process.TotalProcessorTime;
        }

        rows.Add(("`prunella logs archive` of the corpus: memory", "≤ 200 MB", Text($"{peak / 1e6:F0} MB"), ""));
        rows.Add(("`prunella logs archive` of the corpus: processor time", "", Text($"{cpu.TotalSeconds:F1} s, {new FileInfo(corpus).Length / cpu.TotalSeconds / 1e6:F0} MB/s"), Text($"archive {new FileInfo(output).Length:N0} B")));
        File.Delete(output);
    }

    private static double Analyse(byte[] data)
    {
        var watch = Stopwatch.StartNew();
        var parser = new LogParser();
        var classifier = new LineClassifier();
        var watcher = new PatternWatcher();
        using var reader = new LineReader(new MemoryStream(data, writable: false));
        for (var n = 0; n < 10_000 && reader.TryRead(out var line); n++)
        {
            var parsed = parser.Parse(line);
            classifier.Classify(parsed);
            watcher.Observe(parsed);
        }

        parser.Refine();
        var summary = parser.Templates.OrderByDescending(static t => t.Lines).Select(static t => (t.Text, t.Lines)).ToList();
        GC.KeepAlive(summary);
        return watch.Elapsed.TotalSeconds;
    }

    private static byte[] Head(string file, int bytes)
    {
        using var stream = File.OpenRead(file);
        var data = new byte[(int)Math.Min(stream.Length, bytes)];
        stream.ReadExactly(data);
        return data[..(data.AsSpan().LastIndexOf((byte)'\n') + 1)];
    }

    private static string PerSecond(double nanosecondsALine) => Text($"{1e3 / nanosecondsALine:F2} M lines/s");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
