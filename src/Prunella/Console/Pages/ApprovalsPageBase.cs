using Microsoft.AspNetCore.Components;
using Prunella.Console.Live;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Console.Pages;

/// <summary>What waits for a person, and what was decided. The countdown runs while the page is open.</summary>
public abstract class ApprovalsPageBase : LivePage
{
    private const int ListedMax = 200;
    private const int DecidedMax = 25;

    [Inject] private IRemediationStore Store { get; set; } = null!;

    /// <summary>Requests that wait, the one that expires first in front.</summary>
    protected IReadOnlyList<Approval> Waiting { get; private set; } = [];

    /// <summary>Requests that no longer do, newest first.</summary>
    protected IReadOnlyList<Approval> Decided { get; private set; } = [];

    /// <inheritdoc/>
    protected override bool Ticks => true;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        Waiting = [.. (await Store.ListApprovalsAsync(pendingOnly: true, ListedMax, cancellation)).OrderBy(approval => approval.ExpiresAt)];
        Decided = [.. (await Store.ListApprovalsAsync(pendingOnly: false, ListedMax, cancellation)).Where(approval => approval.State != ApprovalState.Pending).Take(DecidedMax)];
    }
}
