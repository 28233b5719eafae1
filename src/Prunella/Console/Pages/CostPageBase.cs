using System.Globalization;
using Microsoft.AspNetCore.Components;
using Prunella.Api;
using Prunella.Console.Live;
using Prunella.Reasoning;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Budget;

namespace Prunella.Console.Pages;

/// <summary>What models cost, against what they may.</summary>
public abstract class CostPageBase : LivePage
{
    private const int Days = 30;

    [Inject] private ISpendingStore Store { get; set; } = null!;

    [Inject] private ReasoningOptions Options { get; set; } = null!;

    [Inject] private IReasoner Reasoner { get; set; } = null!;

    private protected SpendingView? Spending { get; private set; }

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation) => Spending = await SpendingView.ReadAsync(Store, Options, Reasoner, Time, Days, cancellation);

    /// <summary>An amount.</summary>
    protected static string Dollars(double amount) => string.Create(CultureInfo.InvariantCulture, $"${amount:0.00##}");

    /// <summary>A number for a meter, which takes no infinity.</summary>
    protected static string Scale(double amount) => (double.IsFinite(amount) ? amount : 0).ToString(CultureInfo.InvariantCulture);
}
