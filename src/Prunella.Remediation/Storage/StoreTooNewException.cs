namespace Prunella.Remediation.Storage;

/// <summary>A newer version of Prunella wrote the store; this one would not understand it.</summary>
public sealed class StoreTooNewException(string place, string migration) : Exception(
    $"The store {place} was written by a newer Prunella (migration {migration}). Run that version, or restore the backup made before the upgrade.")
{
    /// <summary>The migration that this version does not know.</summary>
    public string Migration { get; } = migration;
}
