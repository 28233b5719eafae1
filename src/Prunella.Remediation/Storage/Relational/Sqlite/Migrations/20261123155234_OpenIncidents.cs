using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Prunella.Remediation.Storage.Relational.Sqlite.Migrations
{
    /// <inheritdoc />
    internal sealed partial class OpenIncidents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "severity",
                table: "incidents",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            // Only of open ones is it asked.
            migrationBuilder.Sql("UPDATE incidents SET severity = CASE json_extract(document, '$.severity') WHEN 'Critical' THEN 2 WHEN 'Warning' THEN 1 ELSE 0 END WHERE ended = 0");

            migrationBuilder.CreateIndex(
                name: "incidents_ended",
                table: "incidents",
                columns: new[] { "ended", "id" });

            migrationBuilder.CreateIndex(
                name: "incidents_namespace_ended",
                table: "incidents",
                columns: new[] { "namespace", "ended", "id" });

            migrationBuilder.CreateIndex(
                name: "incidents_severity",
                table: "incidents",
                columns: new[] { "ended", "severity", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "incidents_ended",
                table: "incidents");

            migrationBuilder.DropIndex(
                name: "incidents_namespace_ended",
                table: "incidents");

            migrationBuilder.DropIndex(
                name: "incidents_severity",
                table: "incidents");

            migrationBuilder.DropColumn(
                name: "severity",
                table: "incidents");
        }
    }
}
