using Prunella.Logs.Templates;

namespace Prunella.Logs.Pipeline;

/// <summary>Names for what lines of a template are about and what their values are, learned before.</summary>
public interface INamedValues
{
    /// <summary>What happened, in lower case with underscores.</summary>
    string Event { get; }

    /// <summary>A name for each value, in order; no name twice.</summary>
    IReadOnlyList<string> Fields { get; }
}

/// <summary>Where names of values are looked up. Thread-safe.</summary>
public interface IValueNames
{
    /// <summary>The names and values of a message; null when its template has no names or the message is not written as its template is.</summary>
    /// <param name="id">The template.</param>
    /// <param name="message">The message, as bytes.</param>
    /// <param name="values">Where the values stand; room for as many as there are names.</param>
    INamedValues? Cut(TemplateId id, ReadOnlySpan<byte> message, Span<Range> values);
}
