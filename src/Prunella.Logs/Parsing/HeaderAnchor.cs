namespace Prunella.Logs.Parsing;

/// <summary>
/// A token at the start of a line that can be a column of its header. Filled in place, field by field, and never copied: a copy would
/// load in one piece what was stored in several a moment before, which stalls.
/// </summary>
internal struct HeaderAnchor
{
    /// <summary>Form.</summary>
    internal AnchorKind Kind;

    /// <summary>The value, brackets excluded.</summary>
    internal int Start, End;

    /// <summary>Where the next token starts.</summary>
    internal int Next;

    /// <summary>Names between the anchor before and this one.</summary>
    internal int Free;

    /// <summary>Kind and what goes with it (timestamp form, bracket): equal keys are the same column.</summary>
    internal uint Key;

    /// <summary>True for a timestamp in brackets, which it fills.</summary>
    internal readonly bool IsBracketed => Kind == AnchorKind.Time && (Key & 0x10000) != 0;

    internal readonly TimestampFormat Format => Kind == AnchorKind.Time ? (TimestampFormat)((Key >> 8) & 0xFF) : TimestampFormat.None;

    /// <summary>Fills in an anchor that has no names before it.</summary>
    internal void Set(AnchorKind kind, int start, int end, int next, uint detail)
    {
        Kind = kind;
        Start = start;
        End = end;
        Next = next;
        Free = 0;
        Key = kind == AnchorKind.Name ? 0 : (uint)kind | detail;
    }
}
