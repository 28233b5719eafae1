using Prunella.Logs.Classification;

namespace Prunella.Logs.Pipeline;

/// <summary>What is known of a file of the spool before it is archived: how far it was looked at, and each event's length and class.</summary>
internal sealed class FileWork
{
    private readonly List<int> events = [];

    // An event has at most EventReader.BytesMax bytes and a line more, so two bits are free above its length.
    private const int ClassShift = 29;
    private const int LengthMask = (1 << ClassShift) - 1;

    /// <summary>Where the next batch begins.</summary>
    internal long Looked { get; set; }

    internal DrainCounts Counts { get; } = new();

    /// <summary>Events looked at.</summary>
    internal int Events => events.Count;

    internal void Add(int length, LineClass lineClass) => events.Add((length & LengthMask) | ((int)lineClass << ClassShift));

    internal (int Length, LineClass Class) this[int index] => (events[index] & LengthMask, (LineClass)(events[index] >>> ClassShift));

    /// <summary>Forgets events from one on, whose batch will be looked at again.</summary>
    internal void Cut(int count) => events.RemoveRange(count, events.Count - count);
}
