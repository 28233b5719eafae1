namespace Prunella.Integrations.Search;

/// <summary>Reads answers of a platform: JSON of another shape than it documents is a failure of the platform, said as one.</summary>
internal static class AnswerShape
{
    /// <summary>Reads.</summary>
    /// <param name="platform">Who answers.</param>
    /// <param name="read">Asks and reads.</param>
    /// <exception cref="LogSearchException">It cannot be asked, refuses, or its answer has another shape.</exception>
    internal static async Task<T> ReadAsync<T>(Uri? platform, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception other) when (other is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new LogSearchException($"{platform} answered, but not as a search platform of its kind does; is the address right?", other);
        }
    }
}
