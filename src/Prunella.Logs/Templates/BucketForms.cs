namespace Prunella.Logs.Templates;

/// <summary>The forms of a bucket that have varying words, to match a message with a new word there.</summary>
internal sealed class BucketForms
{
    private readonly List<(bool[] Varies, Dictionary<ulong, Skeleton> Heads)> masks = [];

    internal BucketForms(List<MergedForm> forms)
    {
        foreach (var form in forms)
        {
            if (form.Members.Count == 1)
            {
                continue;
            }

            var varies = Array.ConvertAll(form.Words, static word => word == 0);
            var at = masks.FindIndex(m => m.Varies.AsSpan().SequenceEqual(varies));
            if (at < 0)
            {
                at = masks.Count;
                masks.Add((varies, []));
            }

            masks[at].Heads.TryAdd(Hash(form.Words, varies), form.Members[0]);
        }
    }

    /// <summary>A skeleton whose template the words fit, or null.</summary>
    internal Skeleton? Match(ulong[] words)
    {
        foreach (var (varies, heads) in masks)
        {
            if (heads.TryGetValue(Hash(words, varies), out var head))
            {
                return head;
            }
        }

        return null;
    }

    private static ulong Hash(ulong[] words, bool[] varies)
    {
        var hash = 0UL;
        for (var p = 0; p < words.Length; p++)
        {
            hash += MergedForm.At(p, varies[p] ? 0 : words[p]);
        }

        return hash;
    }
}
