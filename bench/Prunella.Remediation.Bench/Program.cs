using Prunella.Remediation.Bench;

var benchmarks = new SortedDictionary<string, Func<string[], Task<int>>>(StringComparer.Ordinal)
{
    ["gate"] = GateBenchmark.RunAsync,
    ["storm"] = StormBenchmark.RunAsync,
};
if (args.Length > 0 && benchmarks.TryGetValue(args[0], out var run)) return await run(args[1..]);
Console.Error.WriteLine($"Name a benchmark: {string.Join(", ", benchmarks.Keys)}.");
return 2;
