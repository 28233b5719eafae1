using Prunella.Remediation.Bench;

// One line for each benchmark: its name, what it measures, and how it runs with the arguments after the name.
(string Name, string Summary, Func<string[], Task<int>> Run)[] benchmarks =
[
    ("accept", "signals accepted durably: signals/s, time per post, memory, share of what the disk can do", AcceptBenchmark.RunAsync),
    ("gate", "one judgement: time and bytes allocated", GateBenchmark.RunAsync),
    ("storm", "a storm of alerts over 200 targets through the engine: incidents, loss, time", StormBenchmark.RunAsync),
];

var chosen = benchmarks.FirstOrDefault(benchmark => benchmark.Name == args.FirstOrDefault());
if (chosen.Run is not null) return await chosen.Run(args[1..]);
Console.Error.WriteLine("usage: dotnet run -c Release --project bench/Prunella.Remediation.Bench -- BENCHMARK [ARGUMENTS]");
foreach (var (name, summary, _) in benchmarks) Console.Error.WriteLine($"  {name,-8} {summary}");
return 2;
