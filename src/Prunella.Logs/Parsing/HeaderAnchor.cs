namespace Prunella.Logs.Parsing;

/// <summary>A token at the start of a line that can be a column of its header.</summary>
/// <param name="Kind">Form.</param>
/// <param name="Start">First byte of the value, brackets excluded.</param>
/// <param name="End">End of the value.</param>
/// <param name="Next">Where the next token starts.</param>
/// <param name="Free">Names between the anchor before and this one.</param>
/// <param name="Key">Kind and what goes with it (timestamp form, bracket): equal keys are the same column.</param>
internal readonly record struct HeaderAnchor(AnchorKind Kind, int Start, int End, int Next, int Free, uint Key)
{
    internal TimestampFormat Format => Kind == AnchorKind.Time ? (TimestampFormat)((Key >> 8) & 0xFF) : TimestampFormat.None;
}
