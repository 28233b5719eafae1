using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Prunella.Remediation.Storage.Relational.Sqlite;

/// <summary>
/// SQLite in write-ahead mode. Every commit is flushed to disk before it is acknowledged (<c>synchronous=FULL</c>): what was
/// accepted survives a kill and a power cut. <c>NORMAL</c> would survive the kill only, and with group commit saves little.
/// </summary>
internal sealed class SqliteDialect : StoreDialect
{
    // SQLite has one writer at a time. Waiting for it here is fair and wakes at once; SQLite's own wait sleeps and tries.
    private readonly SemaphoreSlim writer = new(1, 1);
    private readonly PooledDbContextFactory<SqliteStoreContext> contexts;
    private readonly string path;
    private readonly string connectionString;
    private readonly Pragmas pragmas;
    private readonly TimeSpan busyTimeout;
    private AcceptConnection? accepting;

    public SqliteDialect(string path, TimeSpan busyTimeout, string extraPragmas = "")
    {
        this.path = System.IO.Path.GetFullPath(path);
        this.busyTimeout = busyTimeout;
        connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = this.path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            // The least that the library knows. The wait proper is busy_timeout.
            DefaultTimeout = 1,
        }.ToString();
        pragmas = new Pragmas(string.Create(CultureInfo.InvariantCulture,
            $"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864; {extraPragmas}"));
        contexts = new PooledDbContextFactory<SqliteStoreContext>(
            new DbContextOptionsBuilder<SqliteStoreContext>().UseSqlite(connectionString).AddInterceptors(pragmas).Options, poolSize: 64);
    }

    public override string ForUpdate => "";

    public override string Place => path;

    public override StoreContext NewContext() => contexts.CreateDbContext();

    public override async Task MigrateAsync(CancellationToken cancellation)
    {
        CreateFolder();
        // EF Core marks a running migration by a row, which a kill leaves behind for ever. This lock ends with the process,
        // so whoever holds it knows that a row still there is a leftover.
        await using var only = await LockFileAsync(path + ".migrating", cancellation);
        await using var context = NewContext();
        await context.Database.OpenConnectionAsync(cancellation);
        await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellation);
        if (await context.Database.SqlQuery<int>($"SELECT COUNT(*) AS Value FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsLock'").SingleAsync(cancellation) > 0)
            await context.Database.ExecuteSqlAsync($"DELETE FROM __EFMigrationsLock", cancellation);
        await Schema.UpdateAsync(context, Place, cancellation);
    }

    public override async Task<IDisposable?> EnterWriteAsync(CancellationToken cancellation)
    {
        if (!await writer.WaitAsync(busyTimeout, cancellation))
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"other writers of this process kept it for {busyTimeout.TotalSeconds:0.#} s"));
        return new Turn(writer);
    }

    public override Task<int[]> InsertSignalsAsync(IReadOnlyList<AcceptRequest> requests, CancellationToken cancellation)
    {
        try
        {
            accepting ??= new AcceptConnection(connectionString, pragmas);
            return Task.FromResult(accepting.Insert(requests));
        }
        catch
        {
            // The next batch starts on a fresh connection, whatever state this one is in.
            accepting?.Dispose();
            accepting = null;
            throw;
        }
    }

    public override bool IsUnavailable(Exception exception) => exception is TimeoutException or IOException or UnauthorizedAccessException
        || Cause(exception) is SqliteException { SqliteErrorCode: Perm or Busy or Locked or NoMemory or ReadOnly or Interrupt or IoError or Corrupt or Full or CannotOpen or Protocol or NotADatabase };

    public override bool IsConflict(Exception exception) => Cause(exception) is SqliteException { SqliteErrorCode: Constraint };

    public override bool IsDeadlock(Exception exception) => false;

    protected override string Describe(Exception exception) => Cause(exception) is not SqliteException cause ? exception.Message : cause.SqliteErrorCode switch
    {
        Busy or Locked => string.Create(CultureInfo.InvariantCulture, $"another process has it locked for more than {busyTimeout.TotalSeconds:0.#} s. Is a second server, a backup or a shell open on it?"),
        Full => "the disk or the database is full. Free space; nothing that was accepted is lost.",
        ReadOnly or Perm => "it is read-only. Check the owner and mode of the file and of its folder.",
        CannotOpen => "it cannot be opened. Check that its folder exists and may be written.",
        Corrupt or NotADatabase => "it is damaged. Keep a copy, restore the last backup (docs/storage.md), then verify the ledger.",
        _ => $"{cause.Message}.",
    };

    public override ValueTask DisposeAsync()
    {
        accepting?.Dispose();
        accepting = null;
        writer.Dispose();
        using var connection = new SqliteConnection(connectionString);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }

    private void CreateFolder()
    {
        var folder = System.IO.Path.GetDirectoryName(path)!;
        if (Directory.Exists(folder)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<FileStream> LockFileAsync(string lockPath, CancellationToken cancellation)
    {
        var until = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(until) < TimeSpan.FromMinutes(1) && Directory.Exists(System.IO.Path.GetDirectoryName(path)))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
            }
        }
    }

    // https://sqlite.org/rescode.html
    private const int Perm = 3, Busy = 5, Locked = 6, NoMemory = 7, ReadOnly = 8, Interrupt = 9, IoError = 10, Corrupt = 11,
        Full = 13, CannotOpen = 14, Protocol = 15, Constraint = 19, NotADatabase = 26;

    private sealed class Turn(SemaphoreSlim writer) : IDisposable
    {
        private SemaphoreSlim? held = writer;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Release();
    }

    /// <summary>Settings that SQLite keeps by connection.</summary>
    internal sealed class Pragmas(string sql) : DbConnectionInterceptor
    {
        public void Apply(DbConnection connection)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Apply(connection);
            return Task.CompletedTask;
        }
    }
}
