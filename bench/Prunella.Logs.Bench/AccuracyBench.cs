using System.Globalization;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Bench;

/// <summary>Accuracy on the labelled sets found in a folder: each alone, then all as one stream.</summary>
internal static class AccuracyBench
{
    internal static int Run(string data, string[] only)
    {
        var verbose = only.Contains("-v");
        var sets = Directory.GetDirectories(data).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)
            .Where(s => only.All(o => o == "-v") || only.Contains(s)).ToList();
        Console.WriteLine("set            truth  found     GA     PA    FGA    FTA");
        var all = new List<TemplateAccuracy>();
        var joined = new List<(string, string)>();
        var lines = new List<byte[]>();
        foreach (var set in sets)
        {
            var file = Path.Combine(data, set, set + "_2k.log");
            var raw = Split(File.ReadAllBytes(file));
            var truth = Csv.Read(file + "_structured_corrected.csv", "EventTemplate").Select(t => (Group: t, Text: t)).ToList();
            raw = raw.GetRange(0, truth.Count);
            var found = Mine(raw);
            var result = TemplateAccuracy.Of(truth, found, verbose ? (n, t, p) => Console.WriteLine($"    {n} {t}\n        {p}") : null);
            if (verbose)
            {
                foreach (var g in truth.Zip(found).Where(x => x.First.Text != x.Second.Text).GroupBy(x => (t: x.First.Text, x.Second.Text)).OrderByDescending(g => g.Count()).Take(40))
                {
                    Console.WriteLine($"  PA {g.Count()}\n      {g.Key.t}\n      {g.Key.Text}");
                }
            }

            Print(set, result);
            all.Add(result);
            joined.AddRange(truth.Select(t => (set + t.Group, t.Text)));
            lines.AddRange(raw);
        }

        Print("mean", new TemplateAccuracy((int)all.Average(a => a.Truths), (int)all.Average(a => a.Predictions), all.Average(a => a.Ga), all.Average(a => a.Pa), all.Average(a => a.Fga), all.Average(a => a.Fta)));
        Print("one stream", TemplateAccuracy.Of(joined, Mine(lines)));
        return 0;
    }

    private static void Print(string set, TemplateAccuracy a) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{set,-14} {a.Truths,5} {a.Predictions,6} {a.Ga,6:F3} {a.Pa,6:F3} {a.Fga,6:F3} {a.Fta,6:F3}"));

    private static List<(string Group, string Text)> Mine(List<byte[]> lines)
    {
        var parser = new LogParser();
        foreach (var line in lines.Take(20_000))
        {
            parser.Learn(line);
        }

        foreach (var line in lines)
        {
            parser.Parse(line);
        }

        parser.Refine();
        return lines.ConvertAll(line =>
        {
            var template = parser.Parse(line).Template;
            return (template.Id.ToString(), template.Text);
        });
    }

    private static List<byte[]> Split(byte[] data)
    {
        var lines = new List<byte[]>();
        foreach (var range in data.AsSpan().Split((byte)'\n'))
        {
            lines.Add(data.AsSpan(range).TrimEnd((byte)'\r').ToArray());
        }

        return lines;
    }
}
