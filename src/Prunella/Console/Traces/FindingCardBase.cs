using Microsoft.AspNetCore.Components;
using Prunella.Integrations.GitHub;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;
using Prunella.Traces;
using Prunella.Traces.Advice;

namespace Prunella.Console.Traces;

/// <summary>One finding: what happens, what to change, what it would gain, and the issue that says so to the people who own it.</summary>
public abstract class FindingCardBase : ComponentBase
{
    [Inject] private FindingIssues Issues { get; set; } = null!;

    [Inject] private Visitor Visitor { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    /// <summary>The finding with its advice.</summary>
    [Parameter, EditorRequired] public TraceAdvice Advice { get; set; } = null!;

    /// <summary>Who looks.</summary>
    [Parameter, EditorRequired] public Person? Me { get; set; }

    /// <summary>What filing would do; null until it is asked for.</summary>
    protected IssueStep? Preview { get; private set; }

    /// <summary>What was filed; null before.</summary>
    protected IssueStep? Filed { get; private set; }

    /// <summary>Whether GitHub is being asked.</summary>
    protected bool Busy { get; private set; }

    /// <summary>Why it failed; empty when it did not.</summary>
    protected string Said { get; private set; } = "";

    /// <summary>Whether a repository is configured.</summary>
    protected bool Configured => Issues.Configured;

    /// <summary>Why it cannot be filed from here; empty when this person can.</summary>
    protected string Lacking => Issues.Lacking.Length > 0 ? Issues.Lacking : Me?.Role >= FindingIssues.Least ? "" : "it takes the role operator";

    /// <summary>Shows the issue as it would be. Writes nothing anywhere.</summary>
    protected Task PreviewAsync() => AskAsync(async () => Preview = await Issues.PreviewAsync(Advice, CancellationToken.None));

    /// <summary>Files what was shown.</summary>
    protected Task FileAsync() => AskAsync(async () => Filed = await Issues.FileAsync(Advice, await Visitor.ActAsync(CancellationToken.None), CancellationToken.None));

    /// <summary>Puts the preview away.</summary>
    protected void Close() => Preview = null;

    /// <summary>A step in words.</summary>
    protected static string Of(IssueStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step.Action switch
        {
            IssueAction.Create => "a new issue",
            IssueAction.Update => FormattableString.Invariant($"new figures in #{step.Number}"),
            IssueAction.Reopen => FormattableString.Invariant($"#{step.Number} opened again, with new figures"),
            _ => FormattableString.Invariant($"nothing: #{step.Number} says it already, or was closed as not planned"),
        };
    }

    private async Task AskAsync(Func<Task> ask)
    {
        if (Busy) return;
        (Busy, Said) = (true, "");
        try
        {
            await ask();
        }
        catch (SessionEndedException)
        {
            Navigation.NavigateTo("/sign-in", forceLoad: true);
        }
        catch (Exception refused) when (refused is GitHubRefusedException or NotEntitledException or StoreUnavailableException)
        {
            Said = refused.Message;
        }
        finally
        {
            Busy = false;
        }
    }
}
