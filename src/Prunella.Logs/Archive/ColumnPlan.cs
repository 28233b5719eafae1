namespace Prunella.Logs.Archive;

/// <summary>A column being written, with the coding chosen for it.</summary>
internal sealed class ColumnPlan(Values values, int pool)
{
    internal Values Values { get; } = values;

    /// <summary>Values of one pool are numbered together: those of one kind of slot, and the beginnings of those.</summary>
    internal int Pool { get; } = pool;

    internal Coding Coding { get; set; }

    /// <summary>The values as numbers where <see cref="Coding"/> asks for them; of the encoder's, until it plans again.</summary>
    internal ArraySegment<long> Numbers { get; set; } = [];

    internal int Width { get; set; }

    internal byte[] Tail { get; set; } = [];

    internal ColumnPlan? Head { get; set; }

    internal HexForm? Hex { get; set; }

    internal TimePattern? Pattern { get; set; }

    /// <summary>Numbers of the values in the block's table of values.</summary>
    internal ArraySegment<int> Ids { get; set; } = [];

    internal int Distinct { get; set; }

    /// <summary>Ticks of a line's time less those of its value here, when that is the same for all lines.</summary>
    internal long? TickOffset { get; set; }
}
