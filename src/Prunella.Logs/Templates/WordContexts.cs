namespace Prunella.Logs.Templates;

/// <summary>In how many places (bucket and position) of a layout a word occurs. Words of the language occur in many, names in few.</summary>
internal sealed class WordContexts
{
    private readonly Dictionary<ulong, int> counts = [];
    private readonly HashSet<ulong> places = [];

    internal void Add(Skeleton skeleton)
    {
        for (var p = 0; p < skeleton.Words.Length; p++)
        {
            var word = skeleton.Words[p];
            if (word != 0 && places.Add(Mix.Add(Mix.Add(skeleton.Bucket, (ulong)p), word)))
            {
                var key = Mix.Add(skeleton.Layout, word);
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }
        }
    }

    internal int Count(ulong layout, ulong word) => counts.GetValueOrDefault(Mix.Add(layout, word));
}
