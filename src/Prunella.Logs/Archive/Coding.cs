namespace Prunella.Logs.Archive;

/// <summary>How the values of a column are written.</summary>
internal enum Coding : byte
{
    /// <summary>No value.</summary>
    Empty,

    /// <summary>One value, in the directory.</summary>
    Constant,

    /// <summary>Decimal numbers, of one width with leading zeros or without.</summary>
    Integer,

    /// <summary>Timestamps of one form.</summary>
    Time,

    /// <summary>Values of a pool, by the column's own table.</summary>
    Table,

    /// <summary>Values of a pool, by the difference of their numbers.</summary>
    Pool,

    /// <summary>Something, a decimal number, and the same ending in every value.</summary>
    Split,

    /// <summary>Hexadecimal digits with separators at fixed places.</summary>
    Hex,

    /// <summary>Values as they are.</summary>
    Text,
}
