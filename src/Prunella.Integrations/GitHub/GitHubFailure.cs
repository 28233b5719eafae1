using Octokit;

namespace Prunella.Integrations.GitHub;

/// <summary>Why GitHub did not do what it was asked.</summary>
public enum GitHubFailureKind
{
    /// <summary>The settings name no repository.</summary>
    Settings,

    /// <summary>The token is refused.</summary>
    Refused,

    /// <summary>There is no such repository, or the token may not see it.</summary>
    Missing,

    /// <summary>It answered with another failure, or not at all.</summary>
    Unreachable,
}

/// <summary>A failure of GitHub in words.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">For people.</param>
public sealed record GitHubFailure(GitHubFailureKind Kind, string Text)
{
    /// <summary>What an exception of <see cref="GitHubIssues"/> means; null for one that is not GitHub's.</summary>
    public static GitHubFailure? Of(Exception failure) => failure switch
    {
        ArgumentException => new(GitHubFailureKind.Settings, failure.Message),
        AuthorizationException => new(GitHubFailureKind.Refused, "GitHub refuses the token: " + failure.Message),
        NotFoundException => new(GitHubFailureKind.Missing, "GitHub knows no such repository, or the token may not see it: " + failure.Message),
        ApiException => new(GitHubFailureKind.Unreachable, "GitHub answered: " + failure.Message),
        HttpRequestException => new(GitHubFailureKind.Unreachable, "GitHub cannot be reached: " + failure.Message),
        TaskCanceledException => new(GitHubFailureKind.Unreachable, "GitHub did not answer in time."),
        _ => null,
    };
}
