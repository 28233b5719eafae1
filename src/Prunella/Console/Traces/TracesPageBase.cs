using Microsoft.AspNetCore.Components;
using Prunella.Console.Live;
using Prunella.Traces;
using Prunella.Traces.Dependencies;
using Prunella.Traces.Statistics;

namespace Prunella.Console.Traces;

/// <summary>What is slow, and why: slow traces, findings, flame graph, service map. Reads when asked, since reading traces costs.</summary>
public abstract class TracesPageBase : LivePage
{
    /// <summary>Findings shown before the others are asked for.</summary>
    protected const int FindingsShown = 8;

    private const int FindingsMax = 100;
    private const int ServicesMax = 500;

    [Inject] private RecentTraces Traces { get; set; } = null!;

    /// <summary>How far back: <c>15m</c>, <c>1h</c>, <c>6h</c>, <c>24h</c> or <c>72h</c>.</summary>
    [SupplyParameterFromQuery] public string? Since { get; set; }

    /// <summary>Measured from the first span of this service.</summary>
    [SupplyParameterFromQuery] public string? Service { get; set; }

    /// <summary><c>flame</c>, <c>map</c>, or the slow traces with the findings.</summary>
    [SupplyParameterFromQuery] public string? View { get; set; }

    /// <summary>The time in the form, before it is shown.</summary>
    protected string SinceChoice { get; set; } = "";

    /// <summary>The service in the form, before it is shown.</summary>
    protected string ServiceChoice { get; set; } = "";

    /// <summary>Whether more than the first findings are shown.</summary>
    protected bool AllFindings { get; set; }

    /// <summary>Whether traces are being read.</summary>
    protected bool Busy { get; private set; }

    /// <summary>Whether there is anything to read from.</summary>
    protected bool HasSources { get; private set; }

    private protected TraceReading? Reading { get; private set; }

    /// <summary>Where the time goes; null when no trace has any.</summary>
    protected Bottleneck? Bottleneck { get; private set; }

    /// <summary>The services of the last reading.</summary>
    protected IReadOnlyList<string> Services { get; private set; } = [];

    /// <summary>The times that can be chosen.</summary>
    protected static IReadOnlyList<(string Key, string Name, TimeSpan Span)> Times { get; } =
    [
        ("15m", "the last 15 minutes", TimeSpan.FromMinutes(15)), ("1h", "the last hour", TimeSpan.FromHours(1)), ("6h", "the last 6 hours", TimeSpan.FromHours(6)),
        ("24h", "the last day", TimeSpan.FromDays(1)), ("72h", "the last 3 days", TimeSpan.FromDays(3)),
    ];

    /// <summary>The time that is shown.</summary>
    protected (string Key, string Name, TimeSpan Span) Window => Times.FirstOrDefault(time => time.Key == Since) is { Key: not null } known ? known : Times[1];

    /// <inheritdoc/>
    protected override bool Follows => false;

    /// <inheritdoc/>
    protected override void OnParametersSet() => (SinceChoice, ServiceChoice) = (Window.Key, Service ?? "");

    /// <inheritdoc/>
    protected override Task LoadAsync(CancellationToken cancellation) => ReadTracesAsync(again: false, cancellation);

    /// <summary>Reads the traces again.</summary>
    protected Task AgainAsync() => ReadTracesAsync(again: true, Left);

    /// <summary>Shows what the form says.</summary>
    protected void Filter() => Navigation.NavigateTo(Address(View, SinceChoice, ServiceChoice));

    /// <summary>The address of another view of the same traces.</summary>
    protected string Address(string? view) => Address(view, Since, Service);

    /// <summary>How many findings are shown.</summary>
    protected int FindingsNow => AllFindings ? FindingsMax : FindingsShown;

    private static string Address(string? view, string? since, string? service)
    {
        var query = new List<string>();
        if (!string.IsNullOrEmpty(view)) query.Add("view=" + Uri.EscapeDataString(view));
        if (!string.IsNullOrEmpty(since)) query.Add("since=" + Uri.EscapeDataString(since));
        if (!string.IsNullOrEmpty(service)) query.Add("service=" + Uri.EscapeDataString(service));
        return query.Count == 0 ? "/traces" : "/traces?" + string.Join('&', query);
    }

    private async Task ReadTracesAsync(bool again, CancellationToken cancellation)
    {
        // The page comes at once; the traces, which may take seconds, over its connection.
        if (!RendererInfo.IsInteractive || Busy) return;
        Busy = true;
        try
        {
            HasSources = Traces.HasSources;
            if (!HasSources) return;
            Fault = "";
            Reading = await Traces.ReadAsync(new TraceWindow(Window.Span, string.IsNullOrEmpty(Service) ? null : Service), again, cancellation);
            Bottleneck = Bottleneck.Of(Reading.Report);
            Services = [.. Reading.Report.Map.Nodes.Where(node => node.Kind == NodeKind.Service).Select(node => node.Name).Take(ServicesMax)];
        }
        catch (TooManyTracesException many)
        {
            Fault = many.Message;
        }
        finally
        {
            Busy = false;
        }
    }
}
