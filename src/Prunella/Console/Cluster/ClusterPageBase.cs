using Microsoft.AspNetCore.Components;
using Prunella.Console.Live;
using Prunella.Incidents;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Watch;

namespace Prunella.Console.Cluster;

/// <summary>Workloads with their health, what was healed, and what was broken on purpose.</summary>
public abstract class ClusterPageBase : LivePage
{
    /// <summary>Workloads of a page.</summary>
    protected const int PageSize = 100;

    [Inject] private IEnumerable<IWatchedWorkloads> Operators { get; set; } = [];

    [Inject] private HealingReader Reader { get; set; } = null!;

    [Inject] private BoardReader Boards { get; set; } = null!;

    /// <summary>Only this namespace.</summary>
    [SupplyParameterFromQuery] public string? Namespace { get; set; }

    /// <summary>Which page of the workloads, from 1.</summary>
    [SupplyParameterFromQuery(Name = "page")] public int? PageAsked { get; set; }

    /// <summary>The namespace in the form, before it is shown.</summary>
    protected string NamespaceChoice { get; set; } = "";

    /// <summary>Whether a cluster is configured.</summary>
    protected bool IsConfigured { get; private set; }

    /// <summary>Whether its workloads are known here: of several replicas one watches.</summary>
    protected bool IsWatching { get; private set; }

    /// <summary>Why the cluster cannot be read; empty when it can.</summary>
    protected string Away { get; private set; } = "";

    /// <summary>What may not be read, for people.</summary>
    protected IReadOnlyList<string> Unread { get; private set; } = [];

    /// <summary>The workloads that fit, those that are unwell first.</summary>
    protected IReadOnlyList<WatchedWorkload> Workloads { get; private set; } = [];

    /// <summary>Namespaces that have workloads.</summary>
    protected IReadOnlyList<string> Namespaces { get; private set; } = [];

    /// <summary>Open incidents by target.</summary>
    protected IReadOnlyDictionary<string, Incident> Open { get; private set; } = new Dictionary<string, Incident>();

    /// <summary>What was healed and injected; null before it was read.</summary>
    protected HealingHistory? History { get; private set; }

    /// <summary>Which page of the workloads is shown, from 1.</summary>
    protected int PageNumber => Math.Clamp(PageAsked ?? 1, 1, Math.Max(1, (Workloads.Count + PageSize - 1) / PageSize));

    /// <inheritdoc/>
    protected override void OnParametersSet() => NamespaceChoice = Namespace ?? "";

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        var watching = Operators.FirstOrDefault();
        var all = watching is null ? null : await WorkloadsAsync(watching, cancellation);
        (IsConfigured, IsWatching, Unread) = (watching is not null, all is not null, watching?.Unread ?? []);
        Namespaces = [.. (all ?? []).Select(workload => workload.Target.Namespace).Where(name => name.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        Workloads = [.. (all ?? []).Where(workload => string.IsNullOrWhiteSpace(Namespace) || workload.Target.Namespace == Namespace.Trim())
            .OrderByDescending(workload => workload.Cause is not null).ThenByDescending(workload => workload.IsUnwell)
            .ThenBy(workload => workload.Target.Namespace, StringComparer.Ordinal).ThenBy(workload => workload.Target.Name, StringComparer.Ordinal)];
        Open = (await Boards.ReadAsync(cancellation)).Open.DistinctBy(incident => incident.Target.Key).ToDictionary(incident => incident.Target.Key);
        History = await Reader.ReadAsync(cancellation);
    }

    private async Task<IReadOnlyList<WatchedWorkload>?> WorkloadsAsync(IWatchedWorkloads watching, CancellationToken cancellation)
    {
        try
        {
            var all = await watching.WorkloadsAsync(cancellation);
            Away = "";
            return all;
        }
        catch (ClusterApiException away)
        {
            Away = away.Message;
            return [];
        }
    }

    /// <summary>Shows what the form says.</summary>
    protected void Filter() => Navigation.NavigateTo(Address(1, NamespaceChoice));

    /// <summary>The address of a page of the workloads.</summary>
    protected static string Address(int page, string? @namespace)
    {
        var query = new List<string>();
        if (!string.IsNullOrWhiteSpace(@namespace)) query.Add("namespace=" + Uri.EscapeDataString(@namespace.Trim()));
        if (page > 1) query.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"page={page}"));
        return query.Count == 0 ? "/cluster" : "/cluster?" + string.Join('&', query);
    }
}
