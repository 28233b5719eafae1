namespace Prunella.Logs.Templates;

/// <summary>Learns skeletons from messages, and templates from skeletons.</summary>
internal sealed class TemplateMiner
{
    private readonly Dictionary<ulong, Skeleton> skeletons = [];

    internal IReadOnlyCollection<Skeleton> Skeletons => skeletons.Values;

    /// <summary>The skeleton of a message; made on first sight.</summary>
    /// <param name="layout">Hash of the header's columns.</param>
    /// <param name="line">The line.</param>
    /// <param name="from">Start of the message.</param>
    /// <param name="tokens">Tokens of the message, offsets in the line.</param>
    internal Skeleton Find(ulong layout, ReadOnlySpan<byte> line, int from, ReadOnlySpan<Token> tokens)
    {
        var (key, bucket) = Keys(layout, line, from, tokens);
        if (!skeletons.TryGetValue(key, out var skeleton))
        {
            skeletons.Add(key, skeleton = Create(layout, key, bucket, line[from..], from, tokens));
        }

        skeleton.Lines++;
        for (var t = 0; t < tokens.Length; t++)
        {
            skeleton.Samples[t]?.Add(line.Slice(tokens[t].Start, tokens[t].Length));
        }

        return skeleton;
    }

    /// <summary>Groups all skeletons into templates anew.</summary>
    internal void Refine()
    {
        var contexts = new WordContexts();
        var buckets = new Dictionary<ulong, List<Skeleton>>();
        foreach (var skeleton in skeletons.Values)
        {
            contexts.Add(skeleton);
            if (!buckets.TryGetValue(skeleton.Bucket, out var list))
            {
                buckets.Add(skeleton.Bucket, list = []);
            }

            list.Add(skeleton);
        }

        var templates = new Dictionary<(ulong, string), Template>();
        var merger = new BucketMerger(new VariationRule(contexts));
        foreach (var bucket in buckets.Values)
        {
            foreach (var form in merger.Merge(bucket))
            {
                var text = form.Render();
                var layout = form.Members[0].Layout;
                if (!templates.TryGetValue((layout, text), out var template))
                {
                    templates.Add((layout, text), template = new Template(TemplateId.Of(layout.ToString("x16", System.Globalization.CultureInfo.InvariantCulture), text), text, layout));
                }

                foreach (var member in form.Members)
                {
                    member.Template = template;
                    template.Lines += member.Lines;
                }
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
        var words = new ulong[tokens.Length];
        var samples = new SlotSample?[tokens.Length];
        for (var t = 0; t < tokens.Length; t++)
        {
            own[t] = tokens[t] with { Start = tokens[t].Start - from };
            var value = message.Slice(own[t].Start, own[t].Length);
            words[t] = tokens[t].IsVariable ? 0 : Mix.Bytes(value);
            samples[t] = tokens[t].IsVariable ? new SlotSample(value.ToArray()) : null;
        }

        return new Skeleton { Key = key, Layout = layout, Bucket = bucket, Message = message.ToArray(), Tokens = own, Words = words, Samples = samples };
    }
}
