using System.Runtime.InteropServices;

namespace Prunella.Logs.Templates;

/// <summary>A run of bytes in a line between two gaps; gaps are the bytes that no token covers.</summary>
/// <param name="Start">Byte offset in the line.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Kind">What it holds.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly record struct Token(int Start, int Length, SlotKind Kind)
{
    /// <summary>Offset after the last byte.</summary>
    public int End => Start + Length;

    /// <summary>True when every line may hold another value here, so the value takes no part in the line's hash.</summary>
    internal bool IsVariable => Kind > SlotKind.Empty;
}
