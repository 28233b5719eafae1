using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Prunella.Remediation.Storage.Relational.Postgres.Migrations
{
    /// <inheritdoc />
    internal sealed partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "approvals",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    pending = table.Column<int>(type: "integer", nullable: false),
                    requested_at = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    document = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_approvals", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "decisions",
                columns: table => new
                {
                    digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    scope = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    decided_at = table.Column<long>(type: "bigint", nullable: false),
                    document = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_decisions", x => x.digest);
                });

            migrationBuilder.CreateTable(
                name: "deliveries",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    notice_key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    sink = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    tries = table.Column<int>(type: "integer", nullable: false),
                    next_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deliveries", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "executions",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    target_key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    action = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    cluster_namespace = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    started_at = table.Column<long>(type: "bigint", nullable: false),
                    finished = table.Column<int>(type: "integer", nullable: false),
                    document = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_executions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "incidents",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    target_key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    family = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false, collation: "C"),
                    ended = table.Column<int>(type: "integer", nullable: false),
                    wake_at = table.Column<long>(type: "bigint", nullable: true),
                    noticed_at = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    document = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_incidents", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "ledger",
                columns: table => new
                {
                    number = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    payload = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    key_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    previous_hash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    hash = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "ledger_head",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    hash = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_head", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "notices",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    document = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_notices", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "settings",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<int>(type: "integer", nullable: false),
                    document = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_settings", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "signals",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    identity = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    assigned = table.Column<int>(type: "integer", nullable: false),
                    incident = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    document = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_signals", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "target_locks",
                columns: table => new
                {
                    target_key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    execution = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_target_locks", x => x.target_key);
                });

            migrationBuilder.InsertData(
                table: "ledger_head",
                columns: new[] { "id", "hash", "number" },
                values: new object[] { 1, "0000000000000000000000000000000000000000000000000000000000000000", 0L });

            migrationBuilder.CreateIndex(
                name: "approvals_digest",
                table: "approvals",
                columns: new[] { "digest", "requested_at" });

            migrationBuilder.CreateIndex(
                name: "approvals_pending",
                table: "approvals",
                column: "pending",
                filter: "pending = 1");

            migrationBuilder.CreateIndex(
                name: "approvals_requested",
                table: "approvals",
                column: "requested_at");

            migrationBuilder.CreateIndex(
                name: "decisions_decided",
                table: "decisions",
                column: "decided_at");

            migrationBuilder.CreateIndex(
                name: "decisions_scope",
                table: "decisions",
                columns: new[] { "scope", "decided_at" });

            migrationBuilder.CreateIndex(
                name: "deliveries_due",
                table: "deliveries",
                column: "next_at");

            migrationBuilder.CreateIndex(
                name: "deliveries_notice",
                table: "deliveries",
                columns: new[] { "notice_key", "sink" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "executions_namespace",
                table: "executions",
                columns: new[] { "cluster_namespace", "started_at" });

            migrationBuilder.CreateIndex(
                name: "executions_open",
                table: "executions",
                column: "finished",
                filter: "finished = 0");

            migrationBuilder.CreateIndex(
                name: "executions_started",
                table: "executions",
                column: "started_at");

            migrationBuilder.CreateIndex(
                name: "executions_target",
                table: "executions",
                columns: new[] { "target_key", "started_at" });

            migrationBuilder.CreateIndex(
                name: "incidents_due",
                table: "incidents",
                column: "wake_at",
                filter: "ended = 0");

            migrationBuilder.CreateIndex(
                name: "incidents_namespace",
                table: "incidents",
                columns: new[] { "namespace", "id" });

            migrationBuilder.CreateIndex(
                name: "incidents_noticed",
                table: "incidents",
                column: "noticed_at");

            migrationBuilder.CreateIndex(
                name: "incidents_open",
                table: "incidents",
                columns: new[] { "target_key", "family" },
                unique: true,
                filter: "ended = 0");

            migrationBuilder.CreateIndex(
                name: "ledger_subject",
                table: "ledger",
                columns: new[] { "subject", "number" });

            migrationBuilder.CreateIndex(
                name: "signals_id",
                table: "signals",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "signals_identity",
                table: "signals",
                column: "identity",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "signals_incident",
                table: "signals",
                columns: new[] { "incident", "sequence" },
                filter: "incident IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "signals_pending",
                table: "signals",
                column: "sequence",
                filter: "assigned = 0");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "approvals");

            migrationBuilder.DropTable(
                name: "decisions");

            migrationBuilder.DropTable(
                name: "deliveries");

            migrationBuilder.DropTable(
                name: "executions");

            migrationBuilder.DropTable(
                name: "incidents");

            migrationBuilder.DropTable(
                name: "ledger");

            migrationBuilder.DropTable(
                name: "ledger_head");

            migrationBuilder.DropTable(
                name: "notices");

            migrationBuilder.DropTable(
                name: "settings");

            migrationBuilder.DropTable(
                name: "signals");

            migrationBuilder.DropTable(
                name: "target_locks");
        }
    }
}
