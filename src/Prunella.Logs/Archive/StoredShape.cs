using Prunella.Logs.Parsing;

namespace Prunella.Logs.Archive;

/// <summary>A shape as a block's directory describes it.</summary>
internal sealed class StoredShape
{
    /// <summary>Literals before, between and after the slots.</summary>
    internal required byte[][] Literals { get; init; }

    internal int Lines { get; set; }

    internal int Template { get; set; }

    internal int HeaderSlots { get; set; }

    /// <summary>Level of its lines; null when they differ.</summary>
    internal Severity? Level { get; set; }

    /// <summary>Service of its lines; -1 when they differ.</summary>
    internal int Service { get; set; }

    /// <summary>The slot from which the line's time follows, -1 for none.</summary>
    internal int TimeSlot { get; set; }

    internal int[] Columns { get; set; } = [];

    internal int LiteralBytes { get; set; }
}
