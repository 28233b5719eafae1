namespace Prunella.Kubernetes.Chaos;

/// <summary>Chooses among the pods that a selector finds: the same from the same seed, experiment and pods.</summary>
internal static class PodChoice
{
    /// <summary>The pods that are hit, in order of their names.</summary>
    internal static IReadOnlyList<T> Choose<T>(Experiment experiment, IReadOnlyList<T> found, Func<T, string> nameOf, int seed)
    {
        var pool = found.OrderBy(nameOf, StringComparer.Ordinal).ToArray();
        var random = new Random(unchecked((int)System.IO.Hashing.XxHash32.HashToUInt32(System.Text.Encoding.UTF8.GetBytes(experiment.Name), seed)));
        var count = experiment.Mode switch
        {
            TargetMode.All => pool.Length,
            TargetMode.One => 1,
            TargetMode.Fixed => (int)experiment.ModeValue,
            TargetMode.FixedPercent => Share(pool.Length, experiment.ModeValue),
            _ => Share(pool.Length, random.Next(0, (int)experiment.ModeValue + 1), least: 0),
        };
        random.Shuffle(pool);
        return [.. pool.Take(Math.Min(count, pool.Length)).OrderBy(nameOf, StringComparer.Ordinal)];
    }

    private static int Share(int of, double percent, int least = 1) => of == 0 ? 0 : Math.Max(least, (int)Math.Floor(of * percent / 100));
}
