using System.Diagnostics;
using System.Globalization;

namespace Prunella.Traces.Bench;

/// <summary>Generates every input and measures every goal, each in a process of its own so that peaks are its own.</summary>
internal static class Table
{
    private static readonly (string Goal, string File, string[] Arguments, Action<string> Generate)[] Cases =
    [
        ("Jaeger JSON, 1 thread: 150 000 spans/s", "small.json", ["speed", "", "1", "3"], path => Bench.Generate.Run(path, 400_000, 25)),
        ("Jaeger JSON, 2 threads: 1.7 times that", "small.json", ["speed", "", "2", "3"], path => Bench.Generate.Run(path, 400_000, 25)),
        ("limit: Jaeger JSON by two processes at once", "small.json", ["pair", "", "3"], path => Bench.Generate.Run(path, 400_000, 25)),
        ("OTLP protobuf, 1 thread: 300 000 spans/s", "small.pb", ["speed", "", "1", "3"], path => Bench.Generate.Run(path, 400_000, 25)),
        ("rival: plain System.Text.Json, the path alone", "small.json", ["rival", "", "3"], path => Bench.Generate.Run(path, 400_000, 25)),
        ("1 000 000 spans in small traces, Jaeger JSON: 200 MB", "million.json", ["speed", "", "1", "1"], path => Bench.Generate.Run(path, 1_000_000, 25)),
        ("1 000 000 spans in small traces, Jaeger JSON, 2 threads: 200 MB", "million.json", ["speed", "", "2", "1"], path => Bench.Generate.Run(path, 1_000_000, 25)),
        ("1 000 000 spans in small traces, OTLP protobuf: 200 MB", "million.pb", ["speed", "", "1", "1"], path => Bench.Generate.Run(path, 1_000_000, 25)),
        ("one trace of 1 000 000 spans, Jaeger JSON: 15 s, 1.2 GB", "one.json", ["speed", "", "1", "1"], path => Bench.Generate.Run(path, 1_000_000, 1_000_000)),
        ("one trace of 1 000 000 spans, OTLP protobuf: 15 s, 1.2 GB", "one.pb", ["speed", "", "1", "1"], path => Bench.Generate.Run(path, 1_000_000, 1_000_000)),
        ("100 000 spans, every call path distinct: 2 s", "distinct.json", ["speed", "", "1", "1"], Bench.Generate.Distinct),
        ("200 000 spans, every call path distinct: linear", "distinct2.json", ["speed", "", "1", "1"], path => Bench.Generate.Distinct(path, 200)),
        ("map with 5 000 edges: 1 s", "map.json", ["map", "", "1"], Bench.Generate.Edges),
    ];

    public static int Run(string folder, string only)
    {
        Directory.CreateDirectory(folder);
        foreach (var (goal, file, arguments, generate) in Cases.Where(entry => entry.Goal.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            var path = Path.Combine(folder, file);
            if (!File.Exists(path))
                generate(path);
            Console.WriteLine($"{goal}   (load {File.ReadAllText("/proc/loadavg").Split(' ')[0]})");
            using var child = Start([.. arguments.Select(argument => argument.Length == 0 ? path : argument)]);
            child.WaitForExit();
        }

        return 0;
    }

    /// <summary>Two processes that share nothing but the machine: threads of one process cannot be expected to do better.</summary>
    public static int Pair(string path, int runs)
    {
        using var one = Start(["speed", path, "1", runs.ToString(CultureInfo.InvariantCulture)]);
        using var other = Start(["speed", path, "1", runs.ToString(CultureInfo.InvariantCulture)]);
        one.WaitForExit();
        other.WaitForExit();
        return 0;
    }

    private static Process Start(IEnumerable<string> arguments)
    {
        // Under "dotnet FILE.dll" the process is dotnet; under "dotnet run" it is our own.
        var hosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        return Process.Start(new ProcessStartInfo(Environment.ProcessPath!, hosted ? [typeof(Table).Assembly.Location, .. arguments] : arguments))!;
    }
}
