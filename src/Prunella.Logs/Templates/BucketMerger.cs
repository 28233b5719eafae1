namespace Prunella.Logs.Templates;

/// <summary>
/// Finds, among skeletons with the same gaps, the positions whose words vary. Skeletons that agree everywhere but at one position
/// (or at two that are names) are one template when <see cref="VariationRule"/> takes those words for values.
/// </summary>
internal sealed class BucketMerger(VariationRule rule)
{
    private const int RoundsMax = 12;

    // Pairs of positions grow with the square of the words; a bucket this large has its names merged one position at a time.
    private const int PairFormsMax = 512;

    /// <summary>Sets of skeletons that are one template each, with what their values share.</summary>
    internal List<MergedForm> Merge(IReadOnlyList<Skeleton> skeletons)
    {
        var forms = new List<MergedForm>(skeletons.Count);
        foreach (var skeleton in skeletons)
        {
            forms.Add(new MergedForm(skeleton));
        }

        for (var round = 0; round < RoundsMax && forms.Count > 1; round++)
        {
            if (!MergeOnce(forms, pairs: false) && !(forms.Count <= PairFormsMax && MergeOnce(forms, pairs: true)))
            {
                break;
            }
        }

        return forms;
    }

    private bool MergeOnce(List<MergedForm> forms, bool pairs)
    {
        var groups = new Dictionary<(int, int, ulong), List<MergedForm>>();
        foreach (var form in forms)
        {
            var n = form.Words.Length;
            for (var p = 0; p < n; p++)
            {
                var without = form.Hash - MergedForm.At(p, form.Words[p]);
                if (!pairs)
                {
                    Add(groups, (p, -1, without), form);
                    continue;
                }

                if (form.Words[p] == 0)
                {
                    continue;
                }

                for (var q = p + 1; q < n; q++)
                {
                    if (form.Words[q] != 0)
                    {
                        Add(groups, (p, q, without - MergedForm.At(q, form.Words[q])), form);
                    }
                }
            }
        }

        var candidates = new List<(int Distinct, int P, int Q, ulong Key, List<MergedForm> Forms)>();
        foreach (var ((p, q, key), members) in groups)
        {
            if (members.Count > 1 && rule.Varies(members, p, q))
            {
                candidates.Add((members.Count, p, q, key, members));
            }
        }

        if (candidates.Count == 0)
        {
            return false;
        }

        // The best evidence first; ties by content, so that the order of lines does not matter.
        candidates.Sort(static (a, b) => a.Distinct != b.Distinct ? b.Distinct.CompareTo(a.Distinct) : a.P != b.P ? a.P.CompareTo(b.P) : a.Key.CompareTo(b.Key));
        var gone = new HashSet<MergedForm>(ReferenceEqualityComparer.Instance);
        foreach (var (_, p, q, _, members) in candidates)
        {
            var whole = true;
            foreach (var member in members)
            {
                whole &= !gone.Contains(member);
            }

            if (!whole)
            {
                continue;
            }

            var merged = MergedForm.Join(members, p, q);
            foreach (var member in members)
            {
                gone.Add(member);
            }

            forms.Add(merged);
        }

        forms.RemoveAll(gone.Contains);
        return gone.Count > 0;
    }

    private static void Add(Dictionary<(int, int, ulong), List<MergedForm>> groups, (int, int, ulong) key, MergedForm form)
    {
        if (!groups.TryGetValue(key, out var list))
        {
            groups.Add(key, list = new List<MergedForm>(2));
        }

        list.Add(form);
    }
}
