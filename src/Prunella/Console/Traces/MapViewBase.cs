using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Prunella.Traces.Dependencies;

namespace Prunella.Console.Traces;

/// <summary>Who calls whom: searched, zoomed, with failing and chatty edges marked in words as well as in colour.</summary>
public abstract class MapViewBase : ComponentBase
{
    /// <summary>Edges listed of a node.</summary>
    protected const int EdgesShown = 40;

    /// <summary>Problems listed.</summary>
    protected const int ProblemsShown = 40;

    /// <summary>Rows of the table of edges.</summary>
    protected const int TableMax = 500;

    // A screen holds some dozen; beyond this nobody finds anything by looking.
    private const int NodesMax = 150;
    private ServiceMap? drawn;
    private HashSet<string> pointedAt = [];
    private string wanted = "";

    /// <summary>The map.</summary>
    [Parameter, EditorRequired] public ServiceMap Map { get; set; } = null!;

    /// <summary>What is wrong with it.</summary>
    [Parameter, EditorRequired] public IReadOnlyList<MapIssue> Problems { get; set; } = [];

    /// <summary>The sizes to choose from.</summary>
    protected static IReadOnlyList<double> Scales { get; } = [0.35, 0.5, 0.75, 1, 1.5, 2];

    /// <summary>The chosen size.</summary>
    protected int Zoom { get; set; } = 3;

    /// <summary>What is looked for.</summary>
    protected string Wanted
    {
        get => wanted;
        set => (wanted, pointedAt) = (value ?? "", []);
    }

    /// <summary>The name of the chosen node; empty for none.</summary>
    protected string Chosen { get; private set; } = "";

    /// <summary>Where everything is.</summary>
    protected MapLayout Layout { get; private set; } = new([], [], 1, 1, 0);

    /// <summary>The chosen size as a share.</summary>
    protected double Scale => Scales[Zoom];

    /// <summary>The chosen node; null for none.</summary>
    protected MapNode? ChosenNode => Layout.Nodes.FirstOrDefault(placed => placed.Node.Name == Chosen).Node;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(drawn, Map)) return;
        (drawn, Layout) = (Map, MapLayout.Of(Map, NodesMax));
    }

    /// <summary>Chooses a node, or lets it go.</summary>
    protected void Choose(MapNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        Chosen = Chosen == node.Name ? "" : node.Name;
    }

    /// <summary>The keys of a button.</summary>
    protected void Key(KeyboardEventArgs pressed, MapNode node)
    {
        ArgumentNullException.ThrowIfNull(pressed);
        if (pressed.Key is "Enter" or " ") Choose(node);
    }

    /// <summary>Points at what a problem is about.</summary>
    protected void Find(MapIssue problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        (wanted, Chosen) = ("", "");
        pointedAt = [.. problem.Nodes];
    }

    /// <summary>Whether a node is what is looked for.</summary>
    protected bool IsWanted(MapNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return pointedAt.Contains(node.Name) || (Wanted.Trim() is { Length: > 0 } text && node.Name.Contains(text, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether a node steps back, because others are looked at.</summary>
    protected bool IsDim(MapNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (Wanted.Trim().Length > 0 || pointedAt.Count > 0) return !IsWanted(node);
        return Chosen.Length > 0 && node.Name != Chosen && !Layout.Edges.Any(placed => (placed.Edge.From == Chosen && placed.Edge.To == node.Name) || (placed.Edge.To == Chosen && placed.Edge.From == node.Name));
    }

    /// <summary>Whether an edge steps back.</summary>
    protected bool IsDim(MapEdge edge)
    {
        ArgumentNullException.ThrowIfNull(edge);
        if (pointedAt.Count > 0) return !(pointedAt.Contains(edge.From) && pointedAt.Contains(edge.To));
        if (Wanted.Trim() is { Length: > 0 } text) return !edge.From.Contains(text, StringComparison.OrdinalIgnoreCase) && !edge.To.Contains(text, StringComparison.OrdinalIgnoreCase);
        return Chosen.Length > 0 && edge.From != Chosen && edge.To != Chosen;
    }

    /// <summary>What is wrong with an edge, in few words; empty when nothing is.</summary>
    protected string ProblemOf(MapEdge edge)
    {
        ArgumentNullException.ThrowIfNull(edge);
        if (edge.Errors > 0) return string.Create(CultureInfo.InvariantCulture, $"⚠ {100.0 * edge.Errors / Math.Max(1, edge.Calls):0.#} % fail");
        return IsChatty(edge) ? string.Create(CultureInfo.InvariantCulture, $"⚠ {edge.CallsPerTraceMax:N0} calls a trace") : "";
    }

    /// <summary>The tone of an edge.</summary>
    protected string ToneOf(MapEdge edge)
    {
        ArgumentNullException.ThrowIfNull(edge);
        return edge.Errors > 0 ? "bad" : IsChatty(edge) ? "warn" : "";
    }

    /// <summary>The edges of a node, failing ones first, then those with most calls.</summary>
    protected IEnumerable<MapEdge> EdgesOf(MapNode node) => Layout.Edges.Select(placed => placed.Edge).Where(edge => edge.From == node.Name || edge.To == node.Name).OrderByDescending(edge => edge.Errors).ThenByDescending(edge => edge.Calls);

    /// <summary>A kind of problem in words.</summary>
    protected static string Of(MapIssueKind kind) => kind switch
    {
        MapIssueKind.Cycle => "circle",
        MapIssueKind.SinglePointOfFailure => "single point of failure",
        MapIssueKind.ChattyPair => "too many calls",
        MapIssueKind.ExcessiveFanOut => "fan-out",
        _ => "long chain",
    };

    /// <summary>A length at the chosen size.</summary>
    protected string Scaled(int length) => (length * Scale).ToString("0", CultureInfo.InvariantCulture);

    /// <summary>A name that fits its box.</summary>
    protected static string Short(string name)
    {
        var text = Wording.Line(name, 60);
        return text.Length <= 22 ? text : text[..21] + "…";
    }

    private bool IsChatty(MapEdge edge) => Problems.Any(problem => problem.Kind == MapIssueKind.ChattyPair && problem.Nodes[0] == edge.From && problem.Nodes[1] == edge.To) && !edge.Messaging;
}
