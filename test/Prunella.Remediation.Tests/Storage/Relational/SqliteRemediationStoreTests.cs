using Microsoft.Extensions.Logging.Abstractions;
using Prunella.Ledger;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Relational;
using Prunella.Remediation.Storage.Relational.Sqlite;

namespace Prunella.Remediation.Tests.Storage.Relational;

public sealed class SqliteRemediationStoreTests : RemediationStoreSuite
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("prunella-store-");

    private protected override async Task<IRemediationStore> NewStoreAsync()
    {
        var store = Open();
        await store.MigrateAsync(Token);
        return store;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private string StorePath => Path.Combine(folder.FullName, "data", "store.db");

    private string CheckpointPath => Path.Combine(folder.FullName, "checkpoints", "ledger.jsonl");

    private EfRemediationStore Open(string extraPragmas = "", TimeSpan? busyTimeout = null)
    {
        var checkpoints = new LedgerCheckpointFile(CheckpointPath, Samples.Keys);
        return new EfRemediationStore(
            new SqliteDialect(StorePath, busyTimeout ?? TimeSpan.FromSeconds(30), extraPragmas), new LedgerChain(Samples.Keys),
            new LedgerCheckpointer(checkpoints, Samples.Time), Samples.Time, () => ["log", "slack"], new StorageOptions(), NullLogger<EfRemediationStore>.Instance);
    }
}
