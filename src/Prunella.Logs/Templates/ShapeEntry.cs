namespace Prunella.Logs.Templates;

/// <summary>A word that varies by the template though its form is a plain word's: where it stands behind the slot before it.</summary>
/// <param name="AfterSlot">Slots (by form) before the word; -1 + this is the slot whose end the offset counts from.</param>
/// <param name="Offset">Bytes from the end of that slot, or from the start of the line when there is none.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct VaryingWord(int AfterSlot, int Offset, int Length);

/// <summary>What the hash of a line's constant bytes leads to.</summary>
internal sealed class ShapeEntry(Skeleton skeleton)
{
    internal Skeleton Skeleton { get; } = skeleton;

    /// <summary>Built when first asked for, and again after the template changed.</summary>
    internal LineShape? Shape { get; set; }

    /// <summary>Words of the line that the template varies; null when there are none.</summary>
    internal VaryingWord[]? VaryingWords { get; set; }

    /// <summary>The refinement that <see cref="Shape"/> and <see cref="VaryingWords"/> belong to.</summary>
    internal int Version { get; set; } = -1;
}
