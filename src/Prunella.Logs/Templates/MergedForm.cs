namespace Prunella.Logs.Templates;

/// <summary>Skeletons taken for one template, and which of their positions vary.</summary>
internal sealed class MergedForm
{
    private MergedForm(ulong[] words, List<Skeleton> members)
    {
        Words = words;
        Members = members;
        for (var p = 0; p < words.Length; p++)
        {
            Hash += At(p, words[p]);
        }
    }

    internal MergedForm(Skeleton skeleton)
        : this(skeleton.Words, [skeleton])
    {
    }

    /// <summary>Hash of the constant word at each position, 0 where values vary.</summary>
    internal ulong[] Words { get; }

    internal List<Skeleton> Members { get; }

    /// <summary>Sum over positions of <see cref="At"/>, so that one position can be taken out.</summary>
    internal ulong Hash { get; }

    internal static ulong At(int position, ulong word) => Mix.Add((ulong)position + 0x1234567, word) * 0x9FB21C651E98DF25;

    internal static MergedForm Join(List<MergedForm> forms, int p, int q)
    {
        var words = (ulong[])forms[0].Words.Clone();
        words[p] = 0;
        if (q >= 0)
        {
            words[q] = 0;
        }

        var members = new List<Skeleton>();
        foreach (var form in forms)
        {
            members.AddRange(form.Members);
        }

        return new MergedForm(words, members);
    }

    /// <summary>Text of the template.</summary>
    internal string Render()
    {
        var head = Members[0];
        foreach (var member in Members)
        {
            // The most frequent member gives the gaps; ties by key.
            if (member.Lines > head.Lines || (member.Lines == head.Lines && member.Key < head.Key))
            {
                head = member;
            }
        }

        var samples = new SlotSample?[Words.Length];
        for (var p = 0; p < Words.Length; p++)
        {
            if (Words[p] != 0)
            {
                continue;
            }

            foreach (var member in Members)
            {
                var sample = member.Samples[p] ?? new SlotSample(member.Word(p).ToArray());
                if (samples[p] is { } known)
                {
                    known.Add(sample);
                }
                else
                {
                    samples[p] = sample.Copy();
                }
            }
        }

        return SkeletonText.Render(head, samples);
    }
}
