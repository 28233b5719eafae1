using System.Text;

namespace Prunella.Reasoning.Naming;

// One vectorised search for each constant part of a template: a line costs little more than being read once.
/// <summary>Finds the values of messages between the constant parts of their template. Nothing is copied. Thread-safe.</summary>
public sealed class ValueCutter
{
    private readonly byte[][] parts;

    /// <summary>For a template of constant words and &lt;*&gt;.</summary>
    public ValueCutter(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        parts = [.. template.Split(SlotText.Mark).Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Values that a message has.</summary>
    public int Count => parts.Length - 1;

    /// <summary>Where the values stand.</summary>
    /// <param name="message">The message.</param>
    /// <param name="values">Room for <see cref="Count"/> ranges.</param>
    /// <returns>False when the message is not written as the template is.</returns>
    public bool TryCut(ReadOnlySpan<byte> message, Span<Range> values)
    {
        if (values.Length < Count || !message.StartsWith(parts[0])) return false;
        var at = parts[0].Length;
        for (var index = 1; index < parts.Length; index++)
        {
            var part = parts[index].AsSpan();
            var isLast = index == parts.Length - 1;
            // What follows the last value ends the message; a value in the middle ends where the next constant part begins.
            var end = isLast ? message.Length - part.Length : part.IsEmpty ? -1 : message[Math.Min(at + 1, message.Length)..].IndexOf(part) is >= 0 and var found ? found + Math.Min(at + 1, message.Length) : -1;
            if (end < at || (isLast && !message.EndsWith(part))) return false;
            values[index - 1] = at..end;
            at = end + part.Length;
        }
        return Count > 0 || message.Length == parts[0].Length;
    }
}

/// <summary>Templates as text.</summary>
internal static class SlotText
{
    internal const string Mark = "<*>";

    internal static int Count(string template) => template.Split(Mark).Length - 1;
}
