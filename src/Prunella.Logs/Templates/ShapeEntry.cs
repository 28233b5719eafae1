namespace Prunella.Logs.Templates;

/// <summary>What the hash of a line's constant bytes leads to.</summary>
internal sealed class ShapeEntry(Skeleton skeleton, int headerTokens)
{
    internal Skeleton Skeleton { get; } = skeleton;

    /// <summary>Tokens before the message.</summary>
    internal int HeaderTokens { get; } = headerTokens;

    /// <summary>Built when first asked for, and again after the template changed.</summary>
    internal LineShape? Shape { get; set; }

    /// <summary>Tokens of the line that are words but vary by the template; null when there are none.</summary>
    internal int[]? VaryingWords { get; set; }

    /// <summary>The refinement that <see cref="Shape"/> and <see cref="VaryingWords"/> belong to.</summary>
    internal int Version { get; set; } = -1;
}
