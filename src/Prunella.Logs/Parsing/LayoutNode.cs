using System.Runtime.InteropServices;

namespace Prunella.Logs.Parsing;

/// <summary>A sequence of anchors from the start of the line: how many lines have it, and what comes next in them.</summary>
internal sealed class LayoutNode(ulong path)
{
    // A column is there in nearly every line; the rest are lines that the program next door wrote in its own form.
    private const double ColumnShare = 0.93;
    private const double VariantShare = 0.04;
    private const double CapitalLevelShare = 0.02;
    private const int ChildrenMax = 64;

    private readonly List<Child> children = [];
    private long anchored;
    private long names;
    private bool decided;
    private uint expected;
    private ulong decision;
    private uint[] columns = [];

    /// <summary>Hash of the anchors up to here.</summary>
    internal ulong Path { get; } = path;

    internal long Lines { get; private set; }

    internal bool IsEvident => Lines >= LayoutLearner.EvidenceLinesMin;

    /// <summary>Kinds of anchor that can be the next column; none when there is no further column and none need be looked for.</summary>
    internal uint Expected => decided ? expected : Decide();

    /// <summary>Decides anew after lines were counted, and says whether that changed what a column is.</summary>
    internal bool DecidesOtherwise()
    {
        var before = decision;
        Decide();
        return decision != before;
    }

    internal void CountLine()
    {
        Lines++;
        decided = false;
    }

    internal void CountAnchor(in HeaderAnchor anchor)
    {
        anchored++;
        names += anchor.Free;
        decided = false;
        for (var c = 0; c < children.Count; c++)
        {
            if (children[c].Key == anchor.Key)
            {
                children[c] = children[c] with { Lines = children[c].Lines + 1 };
                return;
            }
        }

        if (children.Count < ChildrenMax)
        {
            children.Add(new Child(anchor.Key, 1, null));
        }
    }

    internal LayoutNode? Next(uint key)
    {
        foreach (ref readonly var child in CollectionsMarshal.AsSpan(children))
        {
            if (child.Key == key)
            {
                return child.Node;
            }
        }

        return null;
    }

    internal void Attach(uint key, LayoutNode node)
    {
        for (var c = 0; c < children.Count; c++)
        {
            if (children[c].Key == key)
            {
                children[c] = children[c] with { Node = node };
            }
        }
    }

    internal long LinesWith(uint key)
    {
        foreach (ref readonly var child in CollectionsMarshal.AsSpan(children))
        {
            if (child.Key == key)
            {
                return child.Lines;
            }
        }

        return 0;
    }

    /// <summary>Names that the lines of this node have before their next column; 0 where no column follows.</summary>
    internal int NamesBefore() => IsEvident && anchored >= ColumnShare * Lines ? (int)Math.Round((double)names / anchored) : 0;

    internal bool Accepts(in HeaderAnchor anchor, AnchorKind previous)
    {
        if (IsEvident)
        {
            if (!decided)
            {
                Decide();
            }

            return columns.AsSpan().Contains(anchor.Key);
        }

        return anchor.Kind switch
        {
            AnchorKind.Level => anchor.Free == 0 && IsCapital(anchor.Key),
            AnchorKind.Time => anchor.Free <= 1,
            AnchorKind.NameColon => previous is AnchorKind.Time or AnchorKind.Level or AnchorKind.Bracket or AnchorKind.Number && anchor.Free <= 1,
            AnchorKind.Bracket => previous is AnchorKind.Time or AnchorKind.Level && anchor.Free == 0,
            AnchorKind.Dash => anchor.Free == 0,
            AnchorKind.Number => previous == AnchorKind.Time,
            AnchorKind.Pipe => true,
            _ => false,
        };
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Lines);
        writer.Write(anchored);
        writer.Write(names);
        writer.Write(children.Count);
        foreach (var child in children)
        {
            writer.Write(child.Key);
            writer.Write(child.Lines);
            writer.Write(child.Node is not null);
            child.Node?.Write(writer);
        }
    }

    internal void Read(BinaryReader reader, int depthLeft)
    {
        Lines = reader.ReadInt64();
        anchored = reader.ReadInt64();
        names = reader.ReadInt64();
        decided = false;
        children.Clear();
        var count = reader.ReadInt32();
        if (depthLeft < 0 || count is < 0 or > ChildrenMax)
        {
            throw new InvalidDataException("The snapshot's layouts cannot be.");
        }

        for (var c = 0; c < count; c++)
        {
            var key = reader.ReadUInt32();
            var lines = reader.ReadInt64();
            LayoutNode? node = null;
            if (reader.ReadBoolean())
            {
                node = new LayoutNode(Templates.Mix.Add(Path, key));
                node.Read(reader, depthLeft - 1);
            }

            children.Add(new Child(key, lines, node));
        }
    }

    private bool IsColumn(uint key, long lines)
    {
        var share = (double)lines / Lines;
        return (AnchorKind)(key & 0xFF) switch
        {
            AnchorKind.Level when IsCapital(key) => share >= CapitalLevelShare,
            AnchorKind.Level or AnchorKind.Time => share >= 0.5,
            _ => anchored >= ColumnShare * Lines && share >= VariantShare,
        };
    }

    private static bool IsCapital(uint key) => (key & 0x100) == 0;

    private uint Decide()
    {
        expected = IsEvident ? 0 : AnchorKinds.All;
        decision = expected;
        var count = 0;
        foreach (ref readonly var child in CollectionsMarshal.AsSpan(children))
        {
            if (IsEvident && IsColumn(child.Key, child.Lines))
            {
                expected |= 1u << (int)(child.Key & 0xFF);
                decision = Templates.Mix.Add(decision, child.Key);
                if (count == columns.Length)
                {
                    Array.Resize(ref columns, Math.Max(4, count * 2));
                }

                columns[count++] = child.Key;
            }
        }

        // Key 0 is a name's, which is no column.
        columns.AsSpan(count).Clear();

        decided = true;
        return expected;
    }

    private readonly record struct Child(uint Key, long Lines, LayoutNode? Node);
}
