namespace Prunella.Remediation.Playbooks.Measures;

/// <summary>What a number counts; bounds and queries must agree on it.</summary>
internal enum Dimension
{
    /// <summary>A plain number: pods, connections, messages.</summary>
    Count,

    /// <summary>A share, 1 for the whole.</summary>
    Ratio,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>CPU cores.</summary>
    Cores,
}
