namespace Prunella.Logs.Parsing;

/// <summary>What can hold a header together: a token whose form words of a message rarely have.</summary>
internal enum AnchorKind : byte
{
    Name,
    Time,
    Level,
    Bracket,
    Dash,
    Number,
    NameColon,
    NameClose,
    NameDotted,
    NamePadded,
    Pipe,
}
