using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

/// <summary>Where the header of a line ends, and which layout it has.</summary>
/// <param name="End">First byte of the message.</param>
/// <param name="Anchors">Anchors that belong to the header.</param>
/// <param name="Layout">Hash of the header's columns.</param>
internal readonly record struct Header(int End, int Anchors, ulong Layout);

/// <summary>
/// Learns which anchors are columns of the header and which are words of a message. A tree of anchor sequences counts the lines
/// that pass each node; an anchor is a column when nearly every line that came as far has one there.
/// </summary>
internal sealed class LayoutLearner
{
    // A column is there in nearly every line; the rest are lines that the program next door wrote in its own form.
    private const double ColumnShare = 0.93;
    private const double VariantShare = 0.04;
    private const int EvidenceLinesMin = 24;
    private const int FrozenAtLines = 4096;
    private const int NodesMax = 4096;

    private readonly Dictionary<ulong, Node> nodes = [];
    private readonly Node root = new();

    /// <summary>True while this line should be counted: the first ones all, later ones now and then, for layouts that come late.</summary>
    internal static bool Wants(long line) => line < FrozenAtLines || (line & 0xF) == 0;

    /// <summary>Counts one line.</summary>
    internal void Learn(ReadOnlySpan<HeaderAnchor> anchors)
    {
        var node = root;
        var path = Mix.Seed;
        root.Lines++;
        foreach (ref readonly var anchor in anchors)
        {
            node.Count(anchor);
            path = Mix.Add(path, anchor.Key);
            if (!nodes.TryGetValue(path, out var child))
            {
                if (nodes.Count >= NodesMax)
                {
                    return;
                }

                nodes.Add(path, child = new Node());
            }

            if (child.Lines >= FrozenAtLines)
            {
                // Neither the node's lines nor its columns count any more: what was decided stands.
                return;
            }

            child.Lines++;
            node = child;
        }
    }

    /// <summary>Cuts the header off a line whose anchors are given.</summary>
    internal Header Resolve(ReadOnlySpan<byte> line, ReadOnlySpan<HeaderAnchor> anchors)
    {
        var node = root;
        var path = Mix.Seed;
        var end = 0;
        var taken = 0;
        for (; taken < anchors.Length; taken++)
        {
            ref readonly var anchor = ref anchors[taken];
            var previous = taken == 0 ? AnchorKind.Name : anchors[taken - 1].Kind;
            if (!(taken == 0 ? RootAccepts(anchor) : node.Accepts(anchor, previous)))
            {
                break;
            }

            path = Mix.Add(path, anchor.Key);
            end = anchor.Next;
            if (!nodes.TryGetValue(path, out var child))
            {
                taken++;
                break;
            }

            node = child;
        }

        if (taken > 0 && taken == anchors.Length && anchors[taken - 1].Kind != AnchorKind.NameColon && node.NamesBefore() is var names and > 0)
        {
            // Every other line has names and then an anchor here; this one has only the names.
            for (; names > 0 && end < line.Length; names--)
            {
                var space = line[end..].IndexOf((byte)' ');
                if (space < 0)
                {
                    break;
                }

                end += space;
                while (end < line.Length && line[end] == ' ')
                {
                    end++;
                }
            }
        }

        return new Header(end, taken, path);
    }

    private bool RootAccepts(in HeaderAnchor anchor)
    {
        if (anchor.Kind == AnchorKind.Time && anchor.Free == 0)
        {
            return true;
        }

        var share = root.Share(anchor.Key, out var lines);
        return root.Lines < EvidenceLinesMin ? anchor.Free <= 1 : lines >= 8 && share >= 0.01;
    }

    private sealed class Node
    {
        private readonly Dictionary<uint, int> children = [];
        private long anchored;
        private long names;

        internal long Lines { get; set; }

        internal void Count(in HeaderAnchor anchor)
        {
            anchored++;
            names += anchor.Free;
            if (children.TryGetValue(anchor.Key, out var lines))
            {
                children[anchor.Key] = lines + 1;
            }
            else if (children.Count < 64)
            {
                children.Add(anchor.Key, 1);
            }
        }

        internal double Share(uint key, out int lines)
        {
            children.TryGetValue(key, out lines);
            return Lines == 0 ? 0 : (double)lines / Lines;
        }

        /// <summary>Names that the lines of this node have before their next column; 0 where no column follows.</summary>
        internal int NamesBefore() =>
            Lines >= EvidenceLinesMin && anchored >= ColumnShare * Lines ? (int)Math.Round((double)names / anchored) : 0;

        internal bool Accepts(in HeaderAnchor anchor, AnchorKind previous)
        {
            var capsLevel = anchor.Kind == AnchorKind.Level && (anchor.Key & 0x100) == 0 && anchor.Free == 0;
            if (capsLevel)
            {
                return true;
            }

            if (Lines < EvidenceLinesMin)
            {
                return anchor.Kind switch
                {
                    AnchorKind.Time => anchor.Free <= 1,
                    AnchorKind.NameColon => previous is AnchorKind.Time or AnchorKind.Level or AnchorKind.Bracket or AnchorKind.Number && anchor.Free <= 1,
                    AnchorKind.Bracket => previous is AnchorKind.Time or AnchorKind.Level && anchor.Free == 0,
                    AnchorKind.Dash => anchor.Free == 0,
                    AnchorKind.Number => previous == AnchorKind.Time,
                    AnchorKind.Pipe => true,
                    _ => false,
                };
            }

            var share = Share(anchor.Key, out _);
            return anchor.Kind is AnchorKind.Level or AnchorKind.Time
                ? share >= 0.5
                : anchored >= ColumnShare * Lines && share >= VariantShare;
        }
    }
}
