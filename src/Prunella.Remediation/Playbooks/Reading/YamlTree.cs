using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>A node of a YAML document with its place.</summary>
internal abstract class TreeNode(int line, int column)
{
    internal int Line { get; } = line;

    internal int Column { get; } = column;

    /// <summary>Nodes below and including this one with every alias written out; saturates above the bound.</summary>
    internal int Weight { get; set; } = 1;

    /// <summary>Levels below and including this one.</summary>
    internal int Height { get; set; } = 1;

    internal abstract string Kind { get; }
}

/// <summary>A text, number or flag.</summary>
internal sealed class TreeScalar(string value, bool plain, int line, int column) : TreeNode(line, column)
{
    internal string Value { get; } = value;

    /// <summary>Whether it stood without quotes, so that <c>~</c> and <c>null</c> mean nothing.</summary>
    internal bool Plain { get; } = plain;

    internal bool IsNull => Plain && Value is "" or "~" or "null";

    internal override string Kind => IsNull ? "nothing" : $"'{(Value.Length > 60 ? Value[..57] + "..." : Value)}'";
}

/// <summary>A list.</summary>
internal sealed class TreeList(int line, int column) : TreeNode(line, column)
{
    internal List<TreeNode> Items { get; } = [];

    internal override string Kind => "a list";
}

/// <summary>A mapping in the order of the file.</summary>
internal sealed class TreeMap(int line, int column) : TreeNode(line, column)
{
    internal List<(TreeScalar Key, TreeNode Value)> Entries { get; } = [];

    internal override string Kind => "a mapping";
}

/// <summary>Builds trees from YAML within the limits: size, documents, depth, nodes with aliases written out.</summary>
internal sealed class YamlTree
{
    private readonly string file;
    private readonly List<PlaybookProblem> problems;
    private readonly Dictionary<AnchorName, TreeNode> anchors = [];
    private readonly Parser parser;

    private YamlTree(string file, string text, List<PlaybookProblem> problems)
    {
        this.file = file;
        this.problems = problems;
        parser = new Parser(new StringReader(text));
    }

    /// <summary>The documents of a file; what cannot be read is a problem, and the documents before it are returned.</summary>
    internal static List<TreeNode> Read(string file, string text, List<PlaybookProblem> problems)
    {
        List<TreeNode> documents = [];
        if (text.Length > PlaybookLimits.FileBytesMax)
        {
            problems.Add(new(file, 1, 1, "", $"the file has {text.Length} characters", $"at most {PlaybookLimits.FileBytesMax}", "Split it"));
            return documents;
        }
        var tree = new YamlTree(file, text, problems);
        try
        {
            tree.parser.Consume<StreamStart>();
            while (tree.parser.TryConsume<DocumentStart>(out var start))
            {
                if (documents.Count == PlaybookLimits.DocumentsMax) throw tree.Stop(start.Start, "more documents than allowed", $"at most {PlaybookLimits.DocumentsMax} in a file", "Split the file");
                tree.anchors.Clear();
                documents.Add(tree.Node(1));
                tree.parser.Consume<DocumentEnd>();
            }
        }
        catch (TreeStoppedException)
        {
            // The problem is recorded; what follows in the file cannot be told apart any more.
        }
        catch (YamlException failure)
        {
            problems.Add(new(file, Math.Max(1, (int)failure.Start.Line), Math.Max(1, (int)failure.Start.Column), "", $"not valid YAML: {Clean(failure)}", "", "Check indentation, quotes and brackets at this place"));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The scanner has states that it does not expect itself (found by fuzzing: '{' in the middle of a plain key); whatever
            // it throws then, the file is no YAML, and a bad file must not end the process.
            var place = tree.parser.Current?.End ?? Mark.Empty;
            problems.Add(new(file, Math.Max(1, (int)place.Line), Math.Max(1, (int)place.Column), "", "not valid YAML", "", "Check indentation, quotes and brackets after this place"));
        }
        return documents;
    }

    private static string Clean(YamlException failure) => (failure.InnerException?.Message ?? failure.Message).ReplaceLineEndings(" ").TrimEnd('.');

    private TreeNode Node(int depth)
    {
        var current = parser.Current ?? throw new YamlException("the document ends early");
        if (depth > PlaybookLimits.DepthMax) throw Stop(current.Start, "nested too deeply", $"at most {PlaybookLimits.DepthMax} levels", "Flatten it");
        switch (current)
        {
            case AnchorAlias alias:
                parser.MoveNext();
                return anchors.TryGetValue(alias.Value, out var known) ? known
                    : throw Stop(alias.Start, $"the alias '*{alias.Value}' has no finished anchor before it", $"an anchor '&{alias.Value}' outside of itself", "Define it first");
            case Scalar scalar:
                parser.MoveNext();
                if (scalar.Value.Length > PlaybookLimits.ScalarCharactersMax) throw Stop(scalar.Start, "a text is too long", $"at most {PlaybookLimits.ScalarCharactersMax} characters", "Shorten it");
                return Remember(scalar.Anchor, new TreeScalar(scalar.Value, scalar.Style is ScalarStyle.Plain, (int)scalar.Start.Line, (int)scalar.Start.Column), scalar.Start);
            case SequenceStart start:
                return List(start, depth);
            case MappingStart start:
                return Map(start, depth);
            default:
                throw Stop(current.Start, "unexpected YAML", "a mapping, a list or a text", "Check the indentation");
        }
    }

    private TreeNode List(SequenceStart start, int depth)
    {
        var list = new TreeList((int)start.Start.Line, (int)start.Start.Column);
        parser.MoveNext();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            var item = Node(depth + 1);
            list.Items.Add(item);
            Grow(list, item, depth, start.Start);
        }
        return Remember(start.Anchor, list, start.Start);
    }

    private TreeNode Map(MappingStart start, int depth)
    {
        var map = new TreeMap((int)start.Start.Line, (int)start.Start.Column);
        parser.MoveNext();
        HashSet<string> seen = new(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var place = parser.Current?.Start ?? start.Start;
            if (Node(depth + 1) is not TreeScalar key) throw Stop(place, "a key is not a text", "a plain key", "Quote it or remove it");
            var value = Node(depth + 1);
            Grow(map, value, depth, start.Start);
            if (!seen.Add(key.Value))
                problems.Add(new(file, key.Line, key.Column, key.Value, $"the key '{key.Value}' is written twice", "each key once", "Remove one of them"));
            else map.Entries.Add((key, value));
        }
        return Remember(start.Anchor, map, start.Start);
    }

    private void Grow(TreeNode parent, TreeNode child, int depth, Mark place)
    {
        parent.Weight = Math.Min(PlaybookLimits.NodesMax + 1, parent.Weight + child.Weight);
        parent.Height = Math.Max(parent.Height, child.Height + 1);
        if (parent.Weight > PlaybookLimits.NodesMax) throw Stop(place, "the document is too large with its aliases written out", $"at most {PlaybookLimits.NodesMax} nodes", "Use fewer aliases");
        if (depth + parent.Height - 1 > PlaybookLimits.DepthMax) throw Stop(place, "nested too deeply with its aliases written out", $"at most {PlaybookLimits.DepthMax} levels", "Flatten it");
    }

    private TreeNode Remember(AnchorName anchor, TreeNode node, Mark place)
    {
        if (anchor.IsEmpty) return node;
        if (anchors.Count == PlaybookLimits.NodesMax) throw Stop(place, "too many anchors", "fewer", "Remove some");
        anchors[anchor] = node;
        return node;
    }

    private TreeStoppedException Stop(Mark place, string text, string expected, string fix)
    {
        problems.Add(new(file, Math.Max(1, (int)place.Line), Math.Max(1, (int)place.Column), "", text, expected, fix));
        return new TreeStoppedException();
    }

    /// <summary>Reading cannot go on; the problem is already recorded.</summary>
    private sealed class TreeStoppedException : Exception;
}
