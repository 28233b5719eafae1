using Prunella.Bench;

// One line for each benchmark: its name, what it measures, and how it runs with the arguments after the name.
(string Name, string Summary, Func<string[], Task<int>> Run)[] benchmarks =
[
    ("consoles", "50 open consoles while 1 000 alerts a second arrive: how late each shows them, and the server's memory", ConsolesBenchmark.RunAsync),
    ("effect", "from an alert's post to the changed object on the sandbox cluster", EffectBenchmark.RunAsync),
    ("scale", "the operator on 2 000 pods, 100 of them failing at once", ScaleBenchmark.RunAsync),
    ("start", "from start to ready, and memory when idle, of ./prunella serve", StartBenchmark.RunAsync),
];

var chosen = benchmarks.FirstOrDefault(benchmark => benchmark.Name == args.FirstOrDefault());
if (chosen.Run is not null) return await chosen.Run(args[1..]);
System.Console.Error.WriteLine("usage: dotnet run -c Release --project bench/Prunella.Bench -- BENCHMARK [ARGUMENTS]");
foreach (var (name, summary, _) in benchmarks) System.Console.Error.WriteLine($"  {name,-8} {summary}");
return 2;
