namespace Prunella.Logs.Parsing;

/// <summary>Sets of <see cref="AnchorKind"/>, a bit each.</summary>
internal static class AnchorKinds
{
    internal const uint All = uint.MaxValue;
    internal const uint Time = 1u << (int)AnchorKind.Time;
    internal const uint Level = 1u << (int)AnchorKind.Level;

    internal static bool Has(uint kinds, AnchorKind kind) => ((kinds >> (int)kind) & 1) != 0;
}
