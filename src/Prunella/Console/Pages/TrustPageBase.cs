using System.Globalization;
using Microsoft.AspNetCore.Components;
using Prunella.Console.Live;
using Prunella.Incidents.Actions;
using Prunella.Remediation;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Playbooks;
using Prunella.Remediation.Stages;

namespace Prunella.Console.Pages;

/// <summary>How far automation is trusted, and what holds it.</summary>
public abstract class TrustPageBase : LivePage
{
    [Inject] private StageLadder Ladder { get; set; } = null!;

    [Inject] private StageBook Stages { get; set; } = null!;

    [Inject] private BreakerBook BreakerBook { get; set; } = null!;

    [Inject] private KillSwitch KillSwitch { get; set; } = null!;

    [Inject] private RemediationOptions Options { get; set; } = null!;

    [Inject] private ActionCatalogue Catalogue { get; set; } = null!;

    [Inject] private PlaybookSet PlaybookSet { get; set; } = null!;

    /// <summary>Every scope with its figures.</summary>
    protected IReadOnlyList<StageFigures> Figures { get; private set; } = [];

    /// <summary>The stage where nothing else is set.</summary>
    protected Stage Everywhere { get; private set; }

    /// <summary>Every breaker that ever changed.</summary>
    protected IReadOnlyList<BreakerState> Breakers { get; private set; } = [];

    /// <summary>The kill switch.</summary>
    protected KillSwitchState Kill { get; private set; } = new(false, "", "", DateTimeOffset.MinValue);

    /// <summary>The step that was asked for and waits for its reason.</summary>
    protected (string Scope, bool Up)? Asked { get; set; }

    /// <summary>The reason for the ledger.</summary>
    protected string Reason { get; set; } = "";

    /// <summary>Whether this person may change trust.</summary>
    protected bool MaySet => May(Role.Operator);

    /// <summary>The closed catalogue, the most cautious last.</summary>
    protected IReadOnlyList<ActionDescriptor> Actions => [.. Catalogue.All.OrderBy(ClassOf).ThenBy(action => action.Name, StringComparer.Ordinal)];

    /// <summary>The playbooks in use.</summary>
    protected IReadOnlyList<Playbook> Playbooks => PlaybookSet.All;

    /// <summary>The bounds of the gate, in words.</summary>
    protected IEnumerable<(string Name, string Value)> Limits
    {
        get
        {
            var gate = Options.Gate;
            yield return ("Confidence to act alone", Wording.Percent(gate.ConfidenceMin));
            yield return ("Pods of a workload at once", Wording.Percent(gate.PodShareMax));
            yield return ("Workloads at once", string.Create(CultureInfo.InvariantCulture, $"{gate.NamespaceWorkloadsMax} in a namespace, {gate.WorkloadsMax} in all"));
            yield return ("Attempts on a target", string.Create(CultureInfo.InvariantCulture, $"{gate.AttemptsPerHourMax} an hour, {gate.AttemptsPerDayMax} a day"));
            yield return ("Pause between attempts", $"{Wording.Span(gate.Cooldown)}, doubling to {Wording.Span(gate.CooldownMax)}");
            yield return ("Growth of a resource in all", string.Create(CultureInfo.InvariantCulture, $"{gate.CumulativeGrowthMax:0.#} times"));
            yield return ("Storm: stops at", $"{Wording.Percent(gate.StormShare)} unhealthy, from {gate.StormWorkloadsMin} workloads");
            yield return ("Breaker opens at", $"{Wording.Percent(Options.Breaker.FailureShareMax)} failures in {Options.Breaker.Window} executions, for {Wording.Span(Options.Breaker.OpenFor)}");
        }
    }

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        Figures = await Ladder.ListAsync(cancellation);
        Everywhere = (await Stages.ListAsync(cancellation)).FirstOrDefault(state => state.Scope == "*/*")?.Stage ?? Options.Stages.Default;
        Breakers = await BreakerBook.ListAsync(cancellation);
        Kill = await KillSwitch.ReadAsync(cancellation);
    }

    /// <summary>The class of an action under the policy of this server.</summary>
    protected ActionClass ClassOf(ActionDescriptor action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Options.Gate.Classes.TryGetValue(action.Name, out var stricter) && stricter > action.Class ? stricter : action.Class;
    }

    /// <summary>The first click on a step.</summary>
    protected void Ask(string scope, bool up) => (Asked, Reason) = ((scope, up), "");

    /// <summary>The second click. The ladder refuses a step that the figures do not bear.</summary>
    protected Task StepAsync() => Asked is not { } asked || string.IsNullOrWhiteSpace(Reason) ? Task.CompletedTask : DoAsync(async person =>
    {
        Asked = null;
        if (asked.Up) await Ladder.PromoteAsync(asked.Scope, person, Reason.Trim(), Left);
        else await Ladder.DemoteAsync(asked.Scope, person, Reason.Trim(), Left);
    });

    /// <summary>Turns the kill switch as the person who asked.</summary>
    protected Task TurnAsync(bool on, string reason) => DoAsync(person => KillSwitch.SetAsync(on, person, reason, Left));
}
