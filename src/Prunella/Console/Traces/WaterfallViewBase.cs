using System.Globalization;
using Microsoft.AspNetCore.Components;
using Prunella.Traces.Waterfalls;

namespace Prunella.Console.Traces;

/// <summary>A trace over time. Rows that nobody opened are not sent, so a trace of a hundred thousand spans costs no more than one of a hundred.</summary>
public abstract class WaterfallViewBase : ComponentBase
{
    /// <summary>Rows drawn at once.</summary>
    protected const int RowsMax = 400;

    /// <summary>The width that bars are drawn in; they are stretched to their column.</summary>
    protected const int Width = 1_000;

    /// <summary>Attributes shown of a span.</summary>
    protected const int AttributesMax = 100;

    private const int DepthShown = 12;
    private const int StretchesMax = 200;
    private const int MoreAtOnce = 100;
    private readonly HashSet<int> opened = [];
    private readonly Dictionary<int, int> shownOf = [];
    private Waterfall? drawn;

    /// <summary>The trace.</summary>
    [Parameter, EditorRequired] public Waterfall Waterfall { get; set; } = null!;

    /// <summary>The id of the span to begin with; null for none.</summary>
    [Parameter] public string? Span { get; set; }

    /// <summary>The rows.</summary>
    protected IReadOnlyList<WaterfallRow> Rows { get; private set; } = [];

    /// <summary>The span that is looked at closely; -1 for none.</summary>
    protected int Chosen { get; private set; } = -1;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(drawn, Waterfall)) return;
        drawn = Waterfall;
        opened.Clear();
        shownOf.Clear();
        opened.UnionWith(Waterfall.OpenAtFirst());
        Chosen = -1;
        if (Span is { Length: > 0 })
        {
            for (var span = 0; span < Waterfall.Tree.Count && Chosen < 0; span++)
                if (Waterfall.Tree.SpanId(span) == Span) Chosen = span;
            if (Chosen >= 0) opened.UnionWith(Waterfall.Callers(Chosen));
        }
        Draw();
    }

    /// <summary>Whether a span's calls are listed.</summary>
    protected bool IsOpen(int span) => opened.Contains(span);

    /// <summary>Lists a span's calls, or puts them away.</summary>
    protected void Turn(int span)
    {
        if (!opened.Remove(span)) opened.Add(span);
        Draw();
    }

    /// <summary>Lists more of the folded calls.</summary>
    protected void More(int span)
    {
        shownOf[span] = shownOf.GetValueOrDefault(span, Waterfall.CallsShown) + MoreAtOnce;
        Draw();
    }

    /// <summary>Looks at a span closely, or no longer.</summary>
    protected void Choose(int span) => Chosen = Chosen == span ? -1 : span;

    /// <summary>The class that indents a row.</summary>
    protected static string Indent(int depth) => string.Create(CultureInfo.InvariantCulture, $"depth-{Math.Min(depth, DepthShown)}");

    /// <summary>A moment of the trace, as a place in the bar.</summary>
    protected string X(long us) => (Waterfall.DurationUs == 0 ? 0 : (double)us * Width / Waterfall.DurationUs).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A length of time as a width that can be seen.</summary>
    protected string Wide(long us) => Math.Max(2, Waterfall.DurationUs == 0 ? Width : (double)us * Width / Waterfall.DurationUs).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Where the trace waited for the span itself; of very many stretches the longest.</summary>
    protected IEnumerable<Stretch> Critical(int span) =>
        Waterfall.Critical(span) is { Count: > StretchesMax } many ? many.OrderByDescending(stretch => stretch.DurationUs).Take(StretchesMax) : Waterfall.Critical(span);

    /// <summary>A row's times in words.</summary>
    protected string Say(int span)
    {
        var own = Waterfall.Critical(span).Sum(stretch => stretch.DurationUs);
        return $"begins after {Wording.Micros(Waterfall.Offset(span))}, takes {Wording.Micros(Waterfall.Tree.Duration(span))}{(own > 0 ? $", the trace waits {Wording.Micros(own)} for it" : ", not waited for")}";
    }

    private void Draw() => Rows = Waterfall.Rows(opened, shownOf, RowsMax);
}
