namespace Prunella.Reasoning.Providers;

/// <summary>How much model a task deserves.</summary>
public enum ModelTier
{
    /// <summary>Cheap and fast.</summary>
    Small,

    /// <summary>For judgement over some pages of evidence.</summary>
    Medium,

    /// <summary>For several steps at once.</summary>
    Large,
}
