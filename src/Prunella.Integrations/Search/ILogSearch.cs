using Prunella.Logs.Questions;

namespace Prunella.Integrations.Search;

/// <summary>A platform that answers questions about the logs that it keeps.</summary>
public interface ILogSearch : IDisposable
{
    /// <summary>Answers a question; every number is the platform's own.</summary>
    /// <param name="question">The question.</param>
    /// <param name="now">The end of a span of time that has none.</param>
    /// <param name="cancellation">Stops, and ends what was begun on the platform.</param>
    /// <exception cref="LogSearchException">The platform cannot be asked, refuses, or has no field for a condition.</exception>
    Task<QuestionAnswer> AskAsync(LogQuestion question, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Names of services that the platform knows, the most frequent; none where it does not tell them quickly.</summary>
    /// <exception cref="LogSearchException">The platform cannot be asked, or refuses.</exception>
    Task<IReadOnlyCollection<string>> ServicesAsync(CancellationToken cancellation);

    /// <summary>Names and addresses of hosts that the platform knows, the most frequent; none where it does not tell them quickly.</summary>
    /// <exception cref="LogSearchException">The platform cannot be asked, or refuses.</exception>
    Task<IReadOnlyCollection<string>> HostsAsync(CancellationToken cancellation);
}
