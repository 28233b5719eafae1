namespace Prunella.Logs.Parsing;

/// <summary>What was read of a line before its template is looked up.</summary>
internal struct LineFields
{
    /// <summary>Hash of the form in which the fields are written.</summary>
    internal ulong Layout;

    internal long Ticks;
    internal Range Time;
    internal Severity Level;
    internal Range Service;

    /// <summary>The message: its tokens are mined, the rest of the line are fields.</summary>
    internal int MessageFrom, MessageTo;

    /// <summary>Slots found, in the order of the line.</summary>
    internal int Slots;

    /// <summary>Slots whose hash, with the bytes before each, is <see cref="Hash"/> already; 0 when it is that of nothing.</summary>
    internal int Hashed;

    internal ulong Hash;

    internal LineFormat Format;
}
