namespace Prunella.Integrations.Search;

/// <summary>A search platform cannot be asked, refuses, or has not what a question needs; the message names what and where.</summary>
public sealed class LogSearchException : Exception
{
    /// <summary>An exception with a message for people.</summary>
    public LogSearchException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
