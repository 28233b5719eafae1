namespace Prunella.Remediation.Storage.Memory;

/// <summary>How a write of the in-memory store fails on demand.</summary>
public enum StoreFault
{
    /// <summary>Nothing was written.</summary>
    BeforeEffect,

    /// <summary>Everything was written, and the caller is not told: a connection lost after the commit.</summary>
    AfterEffect,
}
