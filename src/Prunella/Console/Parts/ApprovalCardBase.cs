using Microsoft.AspNetCore.Components;
using Prunella.Incidents.Actions;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Console.Parts;

/// <summary>One request for approval with what is needed to decide it, and the decision in two clicks.</summary>
public abstract class ApprovalCardBase : ComponentBase
{
    private bool focus;

    [Inject] private ApprovalDesk Desk { get; set; } = null!;

    [Inject] private IRemediationStore Store { get; set; } = null!;

    [Inject] private Visitor Visitor { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    /// <summary>The request.</summary>
    [Parameter, EditorRequired] public Approval Approval { get; set; } = null!;

    /// <summary>The time of the page.</summary>
    [Parameter, EditorRequired] public DateTimeOffset Now { get; set; }

    /// <summary>Who looks.</summary>
    [Parameter, EditorRequired] public Person? Me { get; set; }

    /// <summary>What executing it would do; null while it is not read.</summary>
    protected ActionPlan? Plan { get; private set; }

    /// <summary>Whether a decision is asked for.</summary>
    protected bool Pending => Approval.State == ApprovalState.Pending;

    /// <summary>Whether this person may give it, and has not.</summary>
    protected bool MayDecide => Me is { Role: >= Role.Approver } me && !Approval.ApprovedBy.Contains(me.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>How long is left.</summary>
    protected TimeSpan Left => Approval.ExpiresAt - Now;

    /// <summary>What was chosen and waits for its reason: approve, reject, or nothing yet.</summary>
    protected bool? Choice { get; private set; }

    /// <summary>The reason for the ledger.</summary>
    protected string Reason { get; set; } = "";

    /// <summary>Whether the decision is on its way.</summary>
    protected bool Busy { get; private set; }

    /// <summary>What became of the last decision when it did not count; empty otherwise.</summary>
    protected string Said { get; private set; } = "";

    /// <summary>The box of the reason.</summary>
    protected ElementReference ReasonBox { get; set; }

    /// <summary>The id of the heading.</summary>
    protected string HeadingId => $"approval-{Approval.Id}";

    /// <summary>The id of the reason's box.</summary>
    protected string ReasonId => $"reason-{Approval.Id}";

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Plan is not null) return;
        var incident = await Store.FindIncidentAsync(Approval.Incident, CancellationToken.None);
        Plan = incident?.Attempts.LastOrDefault(attempt => attempt.Proposal.Digest == Approval.Digest)?.Plan;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!focus) return;
        focus = false;
        await ReasonBox.FocusAsync();
    }

    /// <summary>The first click. The reason of an approval is proposed, that of a rejection is asked for.</summary>
    protected void Choose(bool approve)
    {
        (Choice, Said, focus) = (approve, "", true);
        Reason = approve ? "read the diff in the console" : "";
    }

    /// <summary>Takes the first click back.</summary>
    protected void Back() => (Choice, Reason) = (null, "");

    /// <summary>The second click. The desk itself refuses who may not, and what was decided or has expired meanwhile.</summary>
    protected async Task SettleAsync()
    {
        if (Busy || Choice is not { } approve) return;
        var reason = Reason.Trim();
        if (reason.Length == 0) { Said = "Say why, for the ledger."; return; }
        Busy = true;
        try
        {
            var answer = await Desk.DecideAsync(Approval.Id, await Visitor.ActAsync(CancellationToken.None), approve, reason, CancellationToken.None);
            if (answer.Approval is { } present) Approval = present;
            Said = answer.Kind == ApprovalAnswerKind.Recorded ? "" : answer.Text;
            Choice = null;
        }
        catch (SessionEndedException)
        {
            Navigation.NavigateTo("/sign-in", forceLoad: true);
        }
        catch (StoreUnavailableException away)
        {
            Said = $"The store cannot be used now; nothing was decided. {away.Message}";
        }
        finally
        {
            Busy = false;
        }
    }
}
