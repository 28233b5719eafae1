using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

/// <summary>Where the header of a line ends, and which layout it has.</summary>
/// <param name="End">First byte of the message.</param>
/// <param name="Anchors">Anchors that belong to the header.</param>
/// <param name="Layout">Hash of the header's columns.</param>
/// <param name="IsSettled">Nothing behind the header was looked at: whatever follows, it ends there.</param>
internal readonly record struct Header(int End, int Anchors, ulong Layout, bool IsSettled);

/// <summary>
/// Learns which anchors are columns of the header and which are words of a message. A tree of anchor sequences counts the lines
/// that pass each node; an anchor is a column when nearly every line that came as far has one there.
/// </summary>
internal sealed class LayoutLearner
{
    internal const int EvidenceLinesMin = 24;
    private const int FrozenAtLines = 4096;
    private const int NodesMax = 4096;

    private readonly LayoutNode root = new(Mix.Seed);
    private int nodes = 1;

    /// <summary>Another number whenever a header may be cut otherwise than before.</summary>
    internal int Version { get; private set; }

    /// <summary>True while this line should be counted: the first ones all, later ones now and then, for layouts that come late.</summary>
    internal static bool Wants(long line) => line < FrozenAtLines || (line & 0x1F) == 0;

    /// <summary>Counts one line.</summary>
    internal void Learn(ReadOnlySpan<HeaderAnchor> anchors)
    {
        var node = root;
        var previous = AnchorKind.Name;

        // Whether a header can go on as far as this node: what is decided in others changes nothing.
        var reached = true;
        root.CountLine();
        foreach (ref readonly var anchor in anchors)
        {
            node.CountAnchor(anchor);
            Notice(node, reached);
            reached = reached && (node == root || node.Accepts(anchor, previous));
            previous = anchor.Kind;
            var child = node.Next(anchor.Key);
            if (child is null)
            {
                if (nodes >= NodesMax)
                {
                    return;
                }

                nodes++;
                node.Attach(anchor.Key, child = new LayoutNode(Mix.Add(node.Path, anchor.Key)));
            }

            if (child.Lines >= FrozenAtLines)
            {
                // Neither the node's lines nor its columns count any more: what was decided stands.
                return;
            }

            child.CountLine();
            node = child;
        }

        Notice(node, reached);
    }

    /// <summary>Cuts the header off a line, looking for no more anchors than can belong to it.</summary>
    /// <param name="line">One line without its terminator.</param>
    /// <param name="anchors">Room for <see cref="HeaderScanner.AnchorsMax"/>; the header's own are left in it.</param>
    /// <param name="ticks">Ticks of the last timestamp of the header, 0 when there is none.</param>
    internal Header Read(ReadOnlySpan<byte> line, Span<HeaderAnchor> anchors, out long ticks)
    {
        ref var last = ref anchors[0];
        if (!HeaderScanner.TryFirst(line, ref last, out ticks) || !AcceptsFirst(last))
        {
            ticks = 0;
            return new Header(0, 0, root.Path, IsSettled: false);
        }

        var count = 1;
        var path = Mix.Add(root.Path, last.Key);
        var node = root.Next(last.Key);
        var settled = true;
        while (count < HeaderScanner.AnchorsMax && last.Kind != AnchorKind.NameColon && node is not null && node.Expected is var expected and not 0)
        {
            var later = ticks;
            ref var next = ref anchors[count];

            // A timestamp is looked for behind the next column, too.
            settled &= last.Kind != AnchorKind.Time || (expected & AnchorKinds.Time) == 0;
            if (!HeaderScanner.TryNext(line, last.Next, last.Kind, expected, ref next, ref later))
            {
                // Every other line has names and then an anchor here; this one has only the names.
                return new Header(SkipNames(line, last.Next, node.NamesBefore()), count, path, IsSettled: false);
            }

            if (!node.Accepts(next, last.Kind))
            {
                settled = false;
                break;
            }

            ticks = later;
            count++;
            last = ref next;
            path = Mix.Add(path, last.Key);
            node = node.Next(last.Key);
        }

        return new Header(last.Next, count, path, settled && (node is not null || last.Kind == AnchorKind.NameColon));
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(nodes);
        root.Write(writer);
    }

    internal void Read(BinaryReader reader)
    {
        nodes = reader.ReadInt32();
        root.Read(reader, depthLeft: HeaderScanner.AnchorsMax + 1);
        Version++;
    }

    /// <summary>Whether a first anchor is a header's: it stands at the line's start, or enough lines have it.</summary>
    internal bool AcceptsFirst(in HeaderAnchor anchor)
    {
        if (anchor.Kind == AnchorKind.Time && anchor.Free == 0)
        {
            return true;
        }

        var lines = root.LinesWith(anchor.Key);
        return root.IsEvident ? lines >= 8 && lines >= 0.01 * root.Lines : anchor.Free <= 1;
    }

    private void Notice(LayoutNode node, bool reached)
    {
        if (reached && node != root && node.DecidesOtherwise())
        {
            Version++;
        }
    }

    private static int SkipNames(ReadOnlySpan<byte> line, int end, int names)
    {
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

        return end;
    }
}
