using System.Globalization;
using Octokit;
using Prunella.Traces.Advice;

namespace Prunella.Integrations.GitHub;

/// <summary>What was done, or would be, about one finding or issue.</summary>
public enum IssueAction
{
    /// <summary>A new issue.</summary>
    Create,

    /// <summary>New figures in the open issue.</summary>
    Update,

    /// <summary>The finding is back: the closed issue is opened again.</summary>
    Reopen,

    /// <summary>The finding is gone for long enough: the issue is closed.</summary>
    Close,

    /// <summary>The issue says what is known already, or people closed it as not planned.</summary>
    Leave,
}

/// <summary>A step about one issue.</summary>
/// <param name="Action">What.</param>
/// <param name="Repository">owner/name.</param>
/// <param name="Number">The issue's number; null for one not yet created.</param>
/// <param name="Title">Its title.</param>
/// <param name="Body">Its body as it would be; null when it is left or closed.</param>
public sealed record IssueStep(IssueAction Action, string Repository, int? Number, string Title, string? Body);

/// <summary>
/// Files findings as GitHub issues: one per fingerprint, found again by a marker in its body, so that running twice
/// changes nothing and running after a crash completes what was begun.
/// </summary>
public sealed class GitHubIssues
{
    private readonly GitHubOptions _options;
    private readonly IIssuesClient _issues;
    private readonly TimeProvider _time;

    /// <param name="options">Where and how.</param>
    /// <param name="time">The clock.</param>
    public GitHubIssues(GitHubOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
        var client = new GitHubClient(new Connection(new ProductHeaderValue("prunella"), options.Url));
        if (!string.IsNullOrEmpty(options.Token))
            client.Credentials = new Credentials(options.Token);
        _issues = client.Issue;
    }

    /// <summary>Files the findings, or in a dry run says what filing them would do.</summary>
    /// <param name="advice">The findings, the most promising first.</param>
    /// <param name="lookUp">In a dry run: whether to read the issues that exist already. Without, every finding is new.</param>
    /// <param name="cancel">Stops between requests.</param>
    /// <exception cref="ApiException">GitHub refused a request; earlier steps were done.</exception>
    public async Task<IReadOnlyList<IssueStep>> FileAsync(IReadOnlyList<TraceAdvice> advice, bool lookUp = true, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(advice);
        var steps = new List<IssueStep>();
        var today = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);
        var repositories = _options.RepositoryByService.Values.Append(_options.Repository).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal);
        foreach (var repository in repositories)
        {
            var (owner, name) = Split(repository);
            var existing = lookUp || !_options.DryRun ? await ExistingAsync(owner, name, cancel).ConfigureAwait(false) : [];
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var entry in advice.Where(entry => string.Equals(RepositoryOf(entry), repository, StringComparison.OrdinalIgnoreCase)))
            {
                seen.Add(entry.Finding.Fingerprint);
                if (steps.Count(step => step.Action != IssueAction.Leave) >= _options.FiledMax)
                    continue;
                cancel.ThrowIfCancellationRequested();
                steps.Add(await FileOneAsync(owner, name, entry, existing.GetValueOrDefault(entry.Finding.Fingerprint), today).ConfigureAwait(false));
            }

            foreach (var (fingerprint, issue) in existing.OrderBy(pair => pair.Value.Number))
            {
                if (!seen.Contains(fingerprint) && IsGone(issue, today))
                    steps.Add(await CloseAsync(owner, name, issue).ConfigureAwait(false));
            }
        }

        return steps;
    }

    private string RepositoryOf(TraceAdvice advice) =>
        _options.RepositoryByService.TryGetValue(advice.Finding.Service, out var repository) ? repository : _options.Repository;

    private bool IsGone(Issue issue, DateOnly today) =>
        _options.CloseAfter is { } after && issue.State.Value == ItemState.Open && IssueText.LastSeen(issue.Body) is { } last &&
        today.DayNumber - last.DayNumber >= after.TotalDays;

    // Of two issues with one marker (two first runs at once) the older counts.
    private async Task<Dictionary<string, Issue>> ExistingAsync(string owner, string name, CancellationToken cancel)
    {
        const int PageSize = 100;
        var found = new Dictionary<string, Issue>(StringComparer.Ordinal);
        var request = new RepositoryIssueRequest { State = ItemStateFilter.All, Filter = IssueFilter.All };
        request.Labels.Add(_options.Labels[0]);
        for (var page = 1; (page - 1) * PageSize < _options.IssuesMax; page++)
        {
            cancel.ThrowIfCancellationRequested();
            var issues = await _issues.GetAllForRepository(owner, name, request, new ApiOptions { PageSize = PageSize, PageCount = 1, StartPage = page }).ConfigureAwait(false);
            foreach (var issue in issues.Where(issue => issue.PullRequest is null))
            {
                if (IssueText.Fingerprint(issue.Body) is not { } fingerprint)
                    continue;
                if (!found.TryGetValue(fingerprint, out var other) || issue.Number < other.Number)
                    found[fingerprint] = issue;
            }

            if (issues.Count < PageSize)
                break;
        }

        return found;
    }

    private async Task<IssueStep> FileOneAsync(string owner, string name, TraceAdvice advice, Issue? existing, DateOnly today)
    {
        var repository = $"{owner}/{name}";
        var title = IssueText.Title(advice);
        var body = IssueText.Body(advice, today);
        if (existing is null)
        {
            if (_options.DryRun)
                return new IssueStep(IssueAction.Create, repository, null, title, body);
            var draft = new NewIssue(title) { Body = body };
            foreach (var label in _options.Labels)
                draft.Labels.Add(label);
            var created = await _issues.Create(owner, name, draft).ConfigureAwait(false);
            return new IssueStep(IssueAction.Create, repository, created.Number, title, body);
        }

        var open = existing.State.Value == ItemState.Open;
        if (!open && existing.StateReason?.Value == ItemStateReason.NotPlanned)
            return new IssueStep(IssueAction.Leave, repository, existing.Number, existing.Title, null);
        if (open && existing.Body?.ReplaceLineEndings("\n").Trim() == body.Trim())
            return new IssueStep(IssueAction.Leave, repository, existing.Number, existing.Title, null);
        if (!_options.DryRun)
        {
            // Labels and title are people's to change: only the body and the state are ours.
            await _issues.Update(owner, name, existing.Number, new IssueUpdate { Body = body, State = ItemState.Open }).ConfigureAwait(false);
            if (!open)
                await _issues.Comment.Create(owner, name, existing.Number, "Seen again; the figures above are new.").ConfigureAwait(false);
        }

        return new IssueStep(open ? IssueAction.Update : IssueAction.Reopen, repository, existing.Number, existing.Title, body);
    }

    private async Task<IssueStep> CloseAsync(string owner, string name, Issue issue)
    {
        if (!_options.DryRun)
        {
            var days = _options.CloseAfter!.Value.TotalDays.ToString("0.#", CultureInfo.InvariantCulture);
            await _issues.Comment.Create(owner, name, issue.Number, $"Not seen for {days} days or more; closed. It is opened again if it returns.").ConfigureAwait(false);
            await _issues.Update(owner, name, issue.Number, new IssueUpdate { State = ItemState.Closed, StateReason = ItemStateReason.Completed }).ConfigureAwait(false);
        }

        return new IssueStep(IssueAction.Close, $"{owner}/{name}", issue.Number, issue.Title, null);
    }

    private static (string Owner, string Name) Split(string repository)
    {
        var parts = repository.Split('/');
        return parts is [{ Length: > 0 } owner, { Length: > 0 } name]
            ? (owner, name)
            : throw new ArgumentException($"'{repository}' is no repository: expected owner/name.", nameof(repository));
    }
}
