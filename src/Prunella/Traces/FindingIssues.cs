using System.Text.Json;
using Prunella.Integrations.GitHub;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;
using Prunella.Traces.Advice;

namespace Prunella.Traces;

/// <summary>Findings as GitHub issues, one at a time and because a person asked: first shown, then filed. Thread-safe.</summary>
/// <param name="options">The configured repository; null for none.</param>
/// <param name="store">Where the ledger is.</param>
/// <param name="time">The clock.</param>
internal sealed class FindingIssues(GitHubOptions? options, IRemediationStore store, TimeProvider time)
{
    /// <summary>The role that filing takes.</summary>
    internal const Role Least = Role.Operator;

    // Shown where no repository is configured: the text is the same wherever it goes.
    private const string NoRepository = "no/repository";

    /// <summary>Why nothing can be filed; empty when it can.</summary>
    internal string Lacking => options is null ? "no repository is configured (github:repository)"
        : string.IsNullOrEmpty(options.Token) ? "there is no token (github:token)"
        : options.DryRun ? "filing is switched off (github:dryRun)" : "";

    /// <summary>Whether a repository is named.</summary>
    internal bool Configured => options is not null;

    /// <summary>What filing would do, with the exact text. With a token the issues that exist are read; nothing is written.</summary>
    /// <exception cref="GitHubRefusedException">They cannot be read.</exception>
    internal Task<IssueStep> PreviewAsync(TraceAdvice advice, CancellationToken cancellation) => StepAsync(advice, dryRun: true, cancellation);

    /// <summary>Files a finding, or updates its issue; the ledger says who did.</summary>
    /// <exception cref="NotEntitledException">The person's role does not allow it.</exception>
    /// <exception cref="GitHubRefusedException">GitHub did not do it, or nothing is configured.</exception>
    /// <exception cref="StoreUnavailableException">The ledger cannot be written; the issue may have been filed.</exception>
    internal async Task<IssueStep> FileAsync(TraceAdvice advice, Person person, CancellationToken cancellation)
    {
        person.Demand(Least, "file issues");
        if (Lacking.Length > 0) throw new GitHubRefusedException($"Nothing was filed: {Lacking}.");
        var step = await StepAsync(advice, dryRun: false, cancellation);
        var facts = new { repository = step.Repository, number = step.Number, action = step.Action.ToString(), title = step.Title, why = $"{person.Name}: {step.Action} {step.Repository}#{step.Number}, {step.Title}" };
        // Filed is filed: the entry is written though the person has left the page.
        await store.CommitAsync(new StoreChange { Ledger = [new LedgerDraft("issue-filed", $"finding/{advice.Finding.Fingerprint}", $"person:{person.Name}", JsonSerializer.SerializeToElement(facts))] }, CancellationToken.None);
        return step;
    }

    private async Task<IssueStep> StepAsync(TraceAdvice advice, bool dryRun, CancellationToken cancellation)
    {
        var one = new GitHubOptions { Repository = options?.Repository ?? NoRepository, DryRun = dryRun, CloseAfter = null }; // one finding says nothing of the others
        if (options is not null)
        {
            (one.Url, one.Token, one.IssuesMax) = (options.Url, options.Token, options.IssuesMax);
            one.Labels.Clear();
            foreach (var label in options.Labels) one.Labels.Add(label);
            if (options.RepositoryByService.TryGetValue(advice.Finding.Service, out var own)) one.Repository = own;
        }
        try
        {
            var steps = await new GitHubIssues(one, time).FileAsync([advice], lookUp: !string.IsNullOrEmpty(one.Token), cancellation);
            return steps[0];
        }
        catch (Exception failure) when (GitHubFailure.Of(failure) is { } known)
        {
            throw new GitHubRefusedException(known.Text);
        }
    }
}

/// <summary>GitHub did not do what a person asked.</summary>
internal sealed class GitHubRefusedException(string message) : Exception(message);
