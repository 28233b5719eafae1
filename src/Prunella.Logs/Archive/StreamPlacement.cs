namespace Prunella.Logs.Archive;

/// <summary>
/// Which compressed section a stream lies in, and where. A pure function of the kinds and lengths before it, so nothing of it is
/// stored: a stream of <see cref="OwnSectionBytes"/> or more has a section of its own, smaller ones of a kind share sections.
/// </summary>
internal sealed class StreamPlacement
{
    internal const int OwnSectionBytes = 2048;
    private const int SharedSectionBytes = 32 << 10;

    private readonly int[] open = [-1, -1, -1, -1, -1, -1, -1, -1];
    private readonly List<int> lengths = [];

    /// <summary>Uncompressed length of each section.</summary>
    internal IReadOnlyList<int> SectionBytes => lengths;

    internal (int Section, int Offset) Place(StreamKind kind, int length)
    {
        if (length >= OwnSectionBytes)
        {
            lengths.Add(length);
            return (lengths.Count - 1, 0);
        }

        ref var section = ref open[(int)kind];
        if (section < 0 || lengths[section] >= SharedSectionBytes)
        {
            section = lengths.Count;
            lengths.Add(0);
        }

        var offset = lengths[section];
        lengths[section] += length;
        return (section, offset);
    }
}
