using Microsoft.EntityFrameworkCore;
using Prunella.Remediation.Storage.Relational;

namespace Prunella.Remediation.Tests.Storage.Relational;

public sealed class MigrationsTests
{
    [Fact]
    public void Sqlite_ModelHasNoChangeWithoutMigration()
    {
        using var context = new SqliteDesignTimeContext().CreateDbContext([]);
        context.Database.HasPendingModelChanges().ShouldBeFalse("Add a migration; docs/storage.md says how.");
    }

    [Fact]
    public void Postgres_ModelHasNoChangeWithoutMigration()
    {
        using var context = new PostgresDesignTimeContext().CreateDbContext([]);
        context.Database.HasPendingModelChanges().ShouldBeFalse("Add a migration; docs/storage.md says how.");
    }

    [Fact]
    public void BothProviders_HaveTheSameMigrations()
    {
        using var sqlite = new SqliteDesignTimeContext().CreateDbContext([]);
        using var postgres = new PostgresDesignTimeContext().CreateDbContext([]);
        Names(sqlite).ShouldBe(Names(postgres));

        static string[] Names(DbContext context) => [.. context.Database.GetMigrations().Select(id => id[(id.IndexOf('_', StringComparison.Ordinal) + 1)..])];
    }
}
