using Microsoft.AspNetCore.Components;
using Prunella.Console.Live;
using Prunella.Reporting;

namespace Prunella.Console.Pages;

/// <summary>What happened in the last days, against as many before.</summary>
public abstract class ReportPageBase : LivePage
{
    /// <summary>Spans that can be chosen, in days.</summary>
    protected static IReadOnlyList<int> Spans { get; } = [1, 7, 30, 90];

    [Inject] private ReportReader Reader { get; set; } = null!;

    /// <summary>How many days back.</summary>
    [SupplyParameterFromQuery(Name = "days")] public int? Asked { get; set; }

    private protected int Days => Asked is >= 1 and <= 366 ? Asked.Value : 30;

    private protected OperationsReport? Report { get; private set; }

    /// <inheritdoc/>
    protected override bool Follows => false;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation) => Report = await Reader.ReadAsync(Days, cancellation);
}
