using Microsoft.AspNetCore.Components;
using Prunella.Console.Live;
using Prunella.Incidents;
using Prunella.Remediation.Storage;

namespace Prunella.Console.Pages;

/// <summary>Every incident, a page at a time: however many there are, one page is read.</summary>
public abstract class IncidentListPageBase : LivePage
{
    private const int PageSize = 50;

    [Inject] private IRemediationStore Store { get; set; } = null!;

    /// <summary><c>open</c>, <c>ended</c>, or all.</summary>
    [SupplyParameterFromQuery] public string? Show { get; set; }

    /// <summary>Only this namespace.</summary>
    [SupplyParameterFromQuery] public string? Namespace { get; set; }

    /// <summary>Only those before this id.</summary>
    [SupplyParameterFromQuery] public string? Before { get; set; }

    /// <summary>The choice in the form, before it is shown.</summary>
    protected string ShowChoice { get; set; } = "";

    /// <summary>The namespace in the form, before it is shown.</summary>
    protected string NamespaceChoice { get; set; } = "";

    /// <summary>The page.</summary>
    protected IReadOnlyList<Incident> Incidents { get; private set; } = [];

    /// <summary>How many fit in all.</summary>
    protected int Total { get; private set; }

    /// <summary>The id that the next page is before; null on the last.</summary>
    protected string? Next { get; private set; }

    /// <summary>Whether anything is left out.</summary>
    protected bool Filtered => Show is "open" or "ended" || !string.IsNullOrEmpty(Namespace) || Before is not null;

    /// <inheritdoc/>
    protected override void OnParametersSet() => (ShowChoice, NamespaceChoice) = (Show ?? "", Namespace ?? "");

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        var page = await Store.ListIncidentsAsync(new IncidentQuery
        {
            Open = Show switch { "open" => true, "ended" => false, _ => null },
            Namespace = string.IsNullOrWhiteSpace(Namespace) ? null : Namespace.Trim(),
            Before = Guid.TryParse(Before, out var id) ? new IncidentId(id) : null,
            Max = PageSize,
        }, cancellation);
        (Incidents, Total) = (page.Incidents, page.Total);
        Next = page.Incidents.Count == PageSize ? page.Incidents[^1].Id.ToString() : null;
    }

    /// <summary>Shows what the form says.</summary>
    protected void Filter() => Navigation.NavigateTo(Address(null, ShowChoice, NamespaceChoice));

    /// <summary>The address of a page of this list.</summary>
    protected string Address(string? before) => Address(before, Show, Namespace);

    private static string Address(string? before, string? show, string? @namespace)
    {
        var query = new List<string>();
        if (!string.IsNullOrEmpty(show)) query.Add("show=" + Uri.EscapeDataString(show));
        if (!string.IsNullOrWhiteSpace(@namespace)) query.Add("namespace=" + Uri.EscapeDataString(@namespace.Trim()));
        if (before is not null) query.Add("before=" + before);
        return query.Count == 0 ? "/incidents" : "/incidents?" + string.Join('&', query);
    }
}
