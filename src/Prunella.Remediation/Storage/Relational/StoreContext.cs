using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Prunella.Remediation.Storage.Relational;

/// <summary>The tables. One model; a derived context for each provider only because migrations are kept by context.</summary>
internal abstract class StoreContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<SignalRow> Signals => Set<SignalRow>();
    public DbSet<IncidentRow> Incidents => Set<IncidentRow>();
    public DbSet<ExecutionRow> Executions => Set<ExecutionRow>();
    public DbSet<ApprovalRow> Approvals => Set<ApprovalRow>();
    public DbSet<DecisionRow> Decisions => Set<DecisionRow>();
    public DbSet<SettingRow> Settings => Set<SettingRow>();
    public DbSet<TargetLockRow> TargetLocks => Set<TargetLockRow>();
    public DbSet<NoticeRow> Notices => Set<NoticeRow>();
    public DbSet<DeliveryRow> Deliveries => Set<DeliveryRow>();
    public DbSet<LedgerRow> Ledger => Set<LedgerRow>();
    public DbSet<LedgerHeadRow> LedgerHead => Set<LedgerHeadRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<SignalRow>(signal =>
        {
            Table(signal, "signals");
            signal.HasKey(row => row.Sequence);
            signal.HasIndex(row => row.Id, "signals_id").IsUnique();
            signal.HasIndex(row => row.Identity, "signals_identity").IsUnique();
            // Only pending signals are in it, so reading a batch of them costs the batch, however many were ever accepted.
            signal.HasIndex(row => row.Sequence, "signals_pending").HasFilter("assigned = 0");
            signal.HasIndex(row => new { row.Incident, row.Sequence }, "signals_incident").HasFilter("incident IS NOT NULL");
        });
        modelBuilder.Entity<IncidentRow>(incident =>
        {
            Table(incident, "incidents");
            incident.HasKey(row => row.Id);
            incident.HasIndex(row => new { row.TargetKey, row.Family }, "incidents_open").IsUnique().HasFilter("ended = 0");
            incident.HasIndex(row => row.WakeAt, "incidents_due").HasFilter("ended = 0");
            // Years of ended incidents cost a reading or a count of the open ones nothing.
            incident.HasIndex(row => new { row.Ended, row.Id }, "incidents_ended");
            incident.HasIndex(row => new { row.Ended, row.Severity, row.Id }, "incidents_severity");
            incident.HasIndex(row => new { row.Namespace, row.Ended, row.Id }, "incidents_namespace_ended");
            incident.HasIndex(row => new { row.Namespace, row.Id }, "incidents_namespace");
            incident.HasIndex(row => row.NoticedAt, "incidents_noticed");
        });
        modelBuilder.Entity<ExecutionRow>(execution =>
        {
            Table(execution, "executions");
            execution.HasKey(row => row.Id);
            execution.HasIndex(row => new { row.TargetKey, row.StartedAt }, "executions_target");
            execution.HasIndex(row => new { row.ClusterNamespace, row.StartedAt }, "executions_namespace");
            execution.HasIndex(row => row.StartedAt, "executions_started");
            execution.HasIndex(row => row.Finished, "executions_open").HasFilter("finished = 0");
        });
        modelBuilder.Entity<ApprovalRow>(approval =>
        {
            Table(approval, "approvals");
            approval.HasKey(row => row.Id);
            approval.HasIndex(row => new { row.Digest, row.RequestedAt }, "approvals_digest");
            approval.HasIndex(row => row.RequestedAt, "approvals_requested");
            approval.HasIndex(row => row.Pending, "approvals_pending").HasFilter("pending = 1");
        });
        modelBuilder.Entity<DecisionRow>(decision =>
        {
            Table(decision, "decisions");
            decision.HasKey(row => row.Digest);
            decision.HasIndex(row => new { row.Scope, row.DecidedAt }, "decisions_scope");
            decision.HasIndex(row => row.DecidedAt, "decisions_decided");
        });
        modelBuilder.Entity<SettingRow>(setting =>
        {
            Table(setting, "settings");
            setting.HasKey(row => row.Key);
        });
        modelBuilder.Entity<TargetLockRow>(targetLock =>
        {
            Table(targetLock, "target_locks");
            targetLock.HasKey(row => row.TargetKey);
        });
        modelBuilder.Entity<NoticeRow>(notice =>
        {
            Table(notice, "notices");
            notice.HasKey(row => row.Key);
        });
        modelBuilder.Entity<DeliveryRow>(delivery =>
        {
            Table(delivery, "deliveries");
            delivery.HasKey(row => row.Sequence);
            delivery.HasIndex(row => new { row.NoticeKey, row.Sink }, "deliveries_notice").IsUnique();
            delivery.HasIndex(row => row.NextAt, "deliveries_due");
        });
        modelBuilder.Entity<LedgerRow>(entry =>
        {
            Table(entry, "ledger");
            entry.HasKey(row => row.Number);
            entry.Property(row => row.Number).ValueGeneratedNever();
            entry.HasIndex(row => new { row.Subject, row.Number }, "ledger_subject");
        });
        modelBuilder.Entity<LedgerHeadRow>(head =>
        {
            Table(head, "ledger_head");
            head.HasKey(row => row.Id);
            head.Property(row => row.Id).ValueGeneratedNever();
            head.HasData(new LedgerHeadRow { Id = 1, Number = 0, Hash = Prunella.Ledger.LedgerHead.NoHash });
        });
    }

    // snake_case names need no quotes in SQL written by hand.
    private static void Table<TRow>(EntityTypeBuilder<TRow> entity, string name)
        where TRow : class
    {
        entity.ToTable(name);
        foreach (var property in typeof(TRow).GetProperties())
        {
            var snake = string.Concat(property.Name.Select((letter, index) => char.IsUpper(letter) ? (index == 0 ? "" : "_") + char.ToLowerInvariant(letter) : $"{letter}"));
            entity.Property(property.Name).HasColumnName(snake);
        }
    }
}

internal sealed class SqliteStoreContext(DbContextOptions<SqliteStoreContext> options) : StoreContext(options);

internal sealed class PostgresStoreContext(DbContextOptions<PostgresStoreContext> options) : StoreContext(options)
{
    // Byte order, whatever locale the database has: ids and keys sort as in SQLite.
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<string>().UseCollation("C");
}
