namespace Prunella.Logs.Bench;

/// <summary>Grouping and parsing accuracy as published evaluators define them (Zhu 2019, Dai 2020, Khan 2022, Jiang 2024).</summary>
internal sealed record TemplateAccuracy(int Truths, int Predictions, double Ga, double Pa, double Fga, double Fta)
{
    internal static TemplateAccuracy Of(IReadOnlyList<(string Group, string Text)> truth, IReadOnlyList<(string Group, string Text)> predicted, Action<int, string, string>? wrong = null)
    {
        var truthSize = Count(truth, static x => x.Group);
        var predictedSize = Count(predicted, static x => x.Group);
        var pairs = new Dictionary<string, HashSet<string>>();
        var texts = new Dictionary<string, HashSet<string>>();
        var exact = 0;
        for (var i = 0; i < truth.Count; i++)
        {
            Set(pairs, truth[i].Group).Add(predicted[i].Group);
            Set(texts, predicted[i].Text).Add(truth[i].Text);
            exact += truth[i].Text == predicted[i].Text ? 1 : 0;
        }

        int lines = 0, groups = 0;
        foreach (var (group, found) in pairs)
        {
            var first = found.First();
            if (found.Count == 1 && predictedSize[first] == truthSize[group])
            {
                lines += truthSize[group];
                groups++;
            }
            else
            {
                wrong?.Invoke(truthSize[group], group, string.Join("\n        ", found.Take(6).Select(f => predictedSize[f] + " " + f)));
            }
        }

        var identified = texts.Count(t => t.Value.Count == 1 && t.Value.Contains(t.Key));
        var truthTexts = truth.Select(t => t.Text).Distinct().Count();
        return new TemplateAccuracy(truthSize.Count, predictedSize.Count, (double)lines / truth.Count, (double)exact / truth.Count,
            F1((double)groups / predictedSize.Count, (double)groups / truthSize.Count), F1((double)identified / texts.Count, (double)identified / truthTexts));
    }

    private static double F1(double a, double b) => a + b == 0 ? 0 : 2 * a * b / (a + b);

    private static HashSet<string> Set(Dictionary<string, HashSet<string>> map, string key)
    {
        if (!map.TryGetValue(key, out var set))
        {
            map.Add(key, set = []);
        }

        return set;
    }

    private static Dictionary<string, int> Count(IReadOnlyList<(string Group, string Text)> rows, Func<(string Group, string Text), string> key)
    {
        var counts = new Dictionary<string, int>();
        foreach (var row in rows)
        {
            counts[key(row)] = counts.GetValueOrDefault(key(row)) + 1;
        }

        return counts;
    }
}
