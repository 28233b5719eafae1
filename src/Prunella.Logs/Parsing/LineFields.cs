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

    internal LineFormat Format;
}
