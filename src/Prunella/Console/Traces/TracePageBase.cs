using Microsoft.AspNetCore.Components;
using Prunella.Console.Live;
using Prunella.Traces;

namespace Prunella.Console.Traces;

/// <summary>One trace: what it waited for.</summary>
public abstract class TracePageBase : LivePage
{
    [Inject] private RecentTraces Traces { get; set; } = null!;

    /// <summary>Its id.</summary>
    [Parameter] public string Id { get; set; } = "";

    /// <summary>The span to begin with.</summary>
    [SupplyParameterFromQuery] public string? Span { get; set; }

    /// <summary><c>flame</c>, or the waterfall.</summary>
    [SupplyParameterFromQuery] public string? View { get; set; }

    /// <summary>Whether it is being looked for.</summary>
    protected bool Busy { get; private set; }

    private protected TraceView? Shown { get; private set; }

    /// <summary>What could not be read on the way.</summary>
    protected IReadOnlyList<string> Faults { get; private set; } = [];

    /// <inheritdoc/>
    protected override bool Follows => false;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        if (!RendererInfo.IsInteractive || Busy || Shown?.Waterfall.Tree.Trace.TraceId == Id) return;
        Busy = true;
        try
        {
            (Shown, Faults) = await Traces.FindAsync(Id, cancellation);
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

    /// <summary>The address of another view of this trace.</summary>
    protected string Address(string? view) => $"/traces/{Uri.EscapeDataString(Id)}{(view is null ? "" : "?view=" + view)}";
}
