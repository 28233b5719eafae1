using Prunella.Ledger;

namespace Prunella.Remediation.Storage;

/// <summary>Which store keeps the state.</summary>
public enum StorageProvider
{
    /// <summary>A file on this machine; one server at a time.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database, 13 or later; several replicas may share it.</summary>
    PostgreSql,

    /// <summary>Nothing is kept after the process ends. For simulation and demonstration.</summary>
    Memory,
}

/// <summary>Where incidents, approvals, limits and the ledger are kept.</summary>
public sealed class StorageOptions
{
    /// <summary>Which store.</summary>
    /// <value><c>sqlite</c>, <c>postgresql</c> or <c>memory</c>. Default <c>sqlite</c>.</value>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>The SQLite file; created with its folder when missing. Not on a network file system.</summary>
    /// <value>A path. Default <c>prunella/store.db</c> in the working directory.</value>
    public string Path { get; set; } = "prunella/store.db";

    /// <summary>The PostgreSQL connection string: <c>Host=…;Database=…;Username=…;Password=…</c>. Required for PostgreSQL.</summary>
    /// <value>Default empty.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>How long a write waits for another process or writer before the store counts as locked.</summary>
    /// <value>100 ms to 60 s. Default 5 s.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one PostgreSQL statement may take before the store counts as away.</summary>
    /// <value>1 s to 5 min. Default 15 s.</value>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Signals waiting to be written together; when full, accepting fails at once as unavailable.</summary>
    /// <value>Signals, 1 000 to 1 000 000. Default 65 536 (about 64 MB at 1 kB a signal).</value>
    public int AcceptQueueSignalsMax { get; set; } = 65_536;

    /// <summary>The most signals written in one transaction; bounds how long another writer waits.</summary>
    /// <value>Signals, 1 to 10 000. Default 1 000.</value>
    public int AcceptBatchSignalsMax { get; set; } = 1_000;

    /// <summary>The ledger's keys; created with mode 0600 when missing. Keep it apart from the store and its backups.</summary>
    /// <value>A path. Default <c>prunella/keys/ledger.key</c> in the working directory.</value>
    public string LedgerKeyFile { get; set; } = "prunella/keys/ledger.key";

    /// <summary>The ledger's keys themselves, 64 hex digits each, oldest first, instead of the file: from a secret or the environment.</summary>
    /// <value>Default empty, which means the file.</value>
    public string LedgerKeys { get; set; } = "";

    /// <summary>The ledger's checkpoints. Put it where who can write the store cannot.</summary>
    /// <value>A path. Default <c>prunella/checkpoints/ledger.jsonl</c> in the working directory.</value>
    public string CheckpointFile { get; set; } = "prunella/checkpoints/ledger.jsonl";

    /// <summary>Ledger entries between checkpoints: as many could be cut off the end unseen after a kill.</summary>
    /// <value>Entries, 1 to 10 000. Default 16.</value>
    public int CheckpointEvery { get; set; } = LedgerCheckpointer.EntriesBetweenDefault;
}
