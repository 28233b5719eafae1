using Microsoft.AspNetCore.Components;
using Prunella.Console.Live;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Stages;

namespace Prunella.Console.Pages;

/// <summary>What it would have done, for people to judge.</summary>
public abstract class ShadowPageBase : LivePage
{
    private const int ListedMax = 200;
    private bool focus;

    [Inject] private ShadowReview Review { get; set; } = null!;

    /// <summary>Decisions that nobody has judged, newest first.</summary>
    protected IReadOnlyList<StageDecision> Waiting { get; private set; } = [];

    /// <summary>Decisions that somebody has, newest first.</summary>
    protected IReadOnlyList<StageDecision> Reviewed { get; private set; } = [];

    /// <summary>The digest of the decision whose fault is being written; null for none.</summary>
    protected string? Wrong { get; set; }

    /// <summary>What was wrong.</summary>
    protected string Reason { get; set; } = "";

    /// <summary>The box of the reason.</summary>
    protected ElementReference Box { get; set; }

    /// <summary>Whether this person may judge.</summary>
    protected bool MayReview => May(Role.Approver);

    /// <summary>The share of judged decisions that were right; null while none was judged.</summary>
    protected double? Agreement => Reviewed.Count == 0 ? null : (double)Reviewed.Count(decision => decision.Agreed == true) / Reviewed.Count;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        var all = await Review.ListAsync(null, waiting: false, ListedMax, cancellation);
        Waiting = [.. all.Where(decision => decision.Agreed is null)];
        Reviewed = [.. all.Where(decision => decision.Agreed is not null)];
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!focus) return;
        focus = false;
        await Box.FocusAsync();
    }

    /// <summary>The first click on wrong: asks what was.</summary>
    protected void AskWhy(StageDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        (Wrong, Reason, focus) = (decision.Digest, "", true);
    }

    /// <summary>Records the judgement.</summary>
    protected Task JudgeAsync(StageDecision decision, bool agree)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var reason = agree ? "" : Reason.Trim();
        if (!agree && reason.Length == 0) return Task.CompletedTask;
        Wrong = null;
        return DoAsync(person => Review.ReviewAsync(decision.Digest, agree, person, reason, Left));
    }
}
