using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Archive;

/// <summary>A line shape as a block being written sees it: which columns its slots go to, and what its lines have in common.</summary>
internal sealed class BlockShape
{
    /// <summary>The service of a shape's lines when it is neither the same for all nor one of the slots.</summary>
    internal const int Mixed = -1;

    /// <summary>Null for lines kept as they are, in one slot.</summary>
    internal LineShape? Source { get; init; }

    internal Template Template { get; init; } = Template.None;

    internal ReadOnlyMemory<byte> Literals { get; init; }

    /// <summary>The same with sixteen bytes more, so that the last of them can be read sixteen at once.</summary>
    internal byte[] PaddedLiterals { get; init; } = [];

    internal int[] LiteralEnds { get; init; } = [0, 0];

    /// <summary>Slots that belong to the header, whose columns are shared by all lines of a layout.</summary>
    internal int HeaderSlots { get; init; }

    /// <summary>What each slot of the first line held.</summary>
    internal SlotKind[] Kinds { get; init; } = [SlotKind.Text];

    internal int Slots => LiteralEnds.Length - 1;

    internal int Lines { get; set; }

    internal Severity Level { get; set; }

    internal bool LevelMixed { get; set; }

    /// <summary>Index of the service, or <see cref="Mixed"/>.</summary>
    internal int Service { get; set; }

    /// <summary>The slot that is the line's timestamp, -1 for none.</summary>
    internal int TimeSlot { get; set; } = -1;

    /// <summary>The column of each slot.</summary>
    internal int[] Columns { get; set; } = [];
}
