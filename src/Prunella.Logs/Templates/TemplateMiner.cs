namespace Prunella.Logs.Templates;

/// <summary>Learns skeletons from messages, and templates from skeletons. Called only for shapes not seen before.</summary>
internal sealed class TemplateMiner(int templatesMax)
{
    private const int FirstRefinement = 32;
    private const int EagerSkeletons = 8192;
    private const int KeptFromLines = 1000;

    private readonly Dictionary<ulong, Skeleton> skeletons = [];
    private readonly Dictionary<ulong, BucketForms> buckets = [];
    private Dictionary<(ulong, string), Template> templates = [];
    private int added;
    private int refineAfter = FirstRefinement;
    private long clock;

    /// <summary>Skeletons dropped because there were too many.</summary>
    internal long Evicted { get; private set; }

    /// <summary>Counts refinements; what was derived from an older one is stale.</summary>
    internal int Version { get; private set; }

    internal IReadOnlyCollection<Template> Templates => templates.Values;

    internal IReadOnlyCollection<Skeleton> Skeletons => skeletons.Values;

    /// <summary>The skeleton for a message: its own, that of the template it fits, or a new one.</summary>
    /// <param name="layout">Hash of the header's columns.</param>
    /// <param name="line">The line.</param>
    /// <param name="from">Start of the message.</param>
    /// <param name="tokens">Tokens of the message, offsets in the line.</param>
    internal Skeleton Find(ulong layout, ReadOnlySpan<byte> line, int from, ReadOnlySpan<Token> tokens)
    {
        var (key, bucket) = Keys(layout, line, from, tokens);
        clock++;
        if (skeletons.TryGetValue(key, out var skeleton))
        {
            skeleton.LastUsed = clock;
            return skeleton;
        }

        skeleton = Create(layout, key, bucket, line[from..], from, tokens);
        if (buckets.TryGetValue(bucket, out var forms) && forms.Match(skeleton.Words) is { } fitting)
        {
            // Another value where the template has a variable: nothing to learn.
            fitting.LastUsed = clock;
            return fitting;
        }

        if (skeletons.Count >= templatesMax)
        {
            Evict();
        }

        skeleton.LastUsed = clock;
        skeletons.Add(key, skeleton);
        Assign(skeleton, new MergedForm(skeleton).Render(), skeleton.Words);
        if (++added >= refineAfter)
        {
            Refine();
        }

        return skeleton;
    }

    /// <summary>Groups all skeletons into templates anew.</summary>
    internal void Refine()
    {
        // Ever rarer as there is more to go through, so that all refinements together cost a constant a skeleton.
        added = 0;
        refineAfter = Math.Max(FirstRefinement, skeletons.Count < EagerSkeletons ? skeletons.Count / 2 : 2 * skeletons.Count);
        var contexts = new WordContexts();
        var grouped = new Dictionary<ulong, List<Skeleton>>();
        foreach (var skeleton in skeletons.Values)
        {
            contexts.Add(skeleton);
            if (!grouped.TryGetValue(skeleton.Bucket, out var list))
            {
                grouped.Add(skeleton.Bucket, list = []);
            }

            list.Add(skeleton);
        }

        var before = templates;
        templates = new Dictionary<(ulong, string), Template>(before.Count);
        buckets.Clear();
        var merger = new BucketMerger(new VariationRule(contexts));
        foreach (var (bucket, list) in grouped)
        {
            var forms = merger.Merge(list);
            foreach (var form in forms)
            {
                var text = form.Render();
                if (before.TryGetValue((form.Members[0].Layout, text), out var known))
                {
                    templates.TryAdd((known.Layout, text), known);
                }

                foreach (var member in form.Members)
                {
                    Assign(member, text, form.Words);
                }
            }

            buckets.Add(bucket, new BucketForms(forms));
        }

        foreach (var template in before.Values)
        {
            template.IsRetired = true;
        }

        foreach (var template in templates.Values)
        {
            template.IsRetired = false;
            template.Reset();
        }

        foreach (var skeleton in skeletons.Values)
        {
            skeleton.Template.Add(skeleton);
        }

        Version++;
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(clock);
        writer.Write(Evicted);
        writer.Write(skeletons.Count);
        foreach (var skeleton in skeletons.Values)
        {
            skeleton.Write(writer);
        }
    }

    /// <summary>Replaces everything by what was written, and groups it.</summary>
    internal void Read(BinaryReader reader)
    {
        skeletons.Clear();
        clock = reader.ReadInt64();
        Evicted = reader.ReadInt64();
        var count = reader.ReadInt32();
        for (var n = 0; n < count; n++)
        {
            var skeleton = Skeleton.Read(reader);
            skeletons[skeleton.Key] = skeleton;
        }

        Refine();
    }

    private void Assign(Skeleton skeleton, string text, ulong[] words)
    {
        if (!templates.TryGetValue((skeleton.Layout, text), out var template))
        {
            template = new Template(TemplateId.Of(skeleton.Layout.ToString("x16", System.Globalization.CultureInfo.InvariantCulture), text), text, skeleton.Layout);
            templates.Add((skeleton.Layout, text), template);
        }

        skeleton.Template = template;
        skeleton.TemplateWords = words;
    }

    // The older half goes; what is still in use comes back with its next line.
    private void Evict()
    {
        var ages = new List<long>(skeletons.Count);
        foreach (var skeleton in skeletons.Values)
        {
            ages.Add(skeleton.LastUsed);
        }

        ages.Sort();
        var limit = ages[ages.Count / 2];
        var gone = new List<ulong>();
        foreach (var (key, skeleton) in skeletons)
        {
            if (skeleton.LastUsed <= limit && skeleton.Lines < KeptFromLines)
            {
                gone.Add(key);
            }
        }

        if (gone.Count < templatesMax / 16)
        {
            // All are frequent: the oldest go whatever their count.
            gone.AddRange(skeletons.Where(s => s.Value.LastUsed <= limit).Select(static s => s.Key));
        }

        foreach (var key in gone)
        {
            skeletons.Remove(key, out var skeleton);
            Evicted += skeleton is null ? 0 : 1;
        }

        // Templates that have no skeleton left go with them.
        var used = new HashSet<Template>(ReferenceEqualityComparer.Instance);
        foreach (var skeleton in skeletons.Values)
        {
            used.Add(skeleton.Template);
        }

        foreach (var (key, template) in templates)
        {
            if (!used.Contains(template))
            {
                template.IsRetired = true;
                templates.Remove(key);
            }
        }
    }

    private static (ulong Key, ulong Bucket) Keys(ulong layout, ReadOnlySpan<byte> line, int from, ReadOnlySpan<Token> tokens)
    {
        var bucket = layout;
        var key = layout;
        var at = from;
        foreach (ref readonly var token in tokens)
        {
            bucket = GapHash(bucket, line[at..token.Start]);
            key = Mix.Add(key, token.IsVariable ? 1 : Mix.Bytes(line.Slice(token.Start, token.Length)));
            at = token.End;
        }

        bucket = GapHash(bucket, line[at..].TrimEnd(" \t\r"u8));
        return (Mix.Add(key, bucket), bucket);
    }

    // Runs of white space count as one space.
    private static ulong GapHash(ulong hash, ReadOnlySpan<byte> gap)
    {
        var space = false;
        foreach (var b in gap)
        {
            var isSpace = b is (byte)' ' or (byte)'\t';
            if (!(isSpace && space))
            {
                hash = Mix.Add(hash, isSpace ? (byte)' ' : b);
            }

            space = isSpace;
        }

        return Mix.Add(hash, 0xFF);
    }

    private static Skeleton Create(ulong layout, ulong key, ulong bucket, ReadOnlySpan<byte> message, int from, ReadOnlySpan<Token> tokens)
    {
        var own = new Token[tokens.Length];

        // The end of a long message is one value; a piece of it is enough.
        if (tokens.Length > 0 && tokens[^1] is { Kind: SlotKind.Text } tail && tail.End == from + message.Length && tail.Length > SlotSample.BytesMax)
        {
            message = message[..(tail.Start - from + SlotSample.BytesMax)];
        }

        var words = new ulong[tokens.Length];
        var samples = new SlotSample?[tokens.Length];
        for (var t = 0; t < tokens.Length; t++)
        {
            own[t] = tokens[t] with { Start = tokens[t].Start - from };
            own[t] = own[t] with { Length = Math.Min(own[t].Length, message.Length - own[t].Start) };
            var value = message.Slice(own[t].Start, own[t].Length);
            words[t] = tokens[t].IsVariable ? 0 : Mix.Bytes(value);
            samples[t] = tokens[t].IsVariable ? new SlotSample(value[..Math.Min(value.Length, SlotSample.BytesMax)].ToArray()) : null;
        }

        return new Skeleton { Key = key, Layout = layout, Bucket = bucket, Message = message.ToArray(), Tokens = own, Words = words, Samples = samples };
    }
}
