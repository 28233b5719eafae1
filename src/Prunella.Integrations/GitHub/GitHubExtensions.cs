using Microsoft.Extensions.DependencyInjection;

namespace Prunella.Integrations.GitHub;

/// <summary>Registers issue filing.</summary>
public static class GitHubExtensions
{
    /// <summary>Adds <see cref="GitHubIssues"/>.</summary>
    public static IServiceCollection AddGitHubIssues(this IServiceCollection services, GitHubOptions options) =>
        services.AddSingleton(provider => new GitHubIssues(options, provider.GetService<TimeProvider>()));
}
