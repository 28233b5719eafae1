namespace Prunella.Logs.Classification;

/// <summary>How much a line matters: what is kept whole, what is indexed, what is sampled.</summary>
public enum LineClass : byte
{
    /// <summary>Traffic as usual; sampled into the index.</summary>
    Routine,

    /// <summary>Errors, warnings, and patterns that are new, rare or spiking; always indexed.</summary>
    Interesting,

    /// <summary>Security, authentication, payment, fraud, data loss, fatal; always indexed.</summary>
    Critical,
}
