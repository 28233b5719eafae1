using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>The program ends because a change of its database's schema failed.</summary>
public sealed partial class MigrationFailed : CrashCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("migration-failed", 22, CauseLayer.Root,
        "The log of the run that ended says that a migration failed, or leaves a schema dirty.",
        "A person repairs the schema; going back is proposed only with an approval, as data may have moved on.", "rollback-rollout");

    private protected override CrashSign? Look(ClusterSnapshot snapshot, Container container, ContainerLog log)
    {
        foreach (var (index, line) in Backwards(log))
        {
            if (Failed().Match(line) is not { Success: true } match) continue;
            var named = Name().Match(line) is { Success: true } name ? name.Groups[1].Value : match.Value;
            var detail = Enumerable.Range(Math.Max(0, index - 5), Math.Min(5, index)).LastOrDefault(before => Database().IsMatch(log.Lines[before]), index);
            return new CrashSign(index, named, $"{container.Words} ends because the database migration {named} failed{(detail != index ? $": {log.Show(detail)}" : "")}.",
                "Repair the schema by hand with the migration tool; do not restart into it.") { Confidence = 0.93, Second = detail };
        }
        return null;
    }

    [GeneratedRegex(@"[Mm]igrations? ['""]?[\w./ -]{0,80}['""]? ?(?:has |have )?failed|failed to (?:run|apply|execute) (?:the )?(?:database )?migrations?|[Mm]igration .{0,60}(?:error|checksum mismatch)|Dirty database version|FlywayException|FlywayValidateException|LiquibaseException|alembic\.util\.exc\.CommandError|PendingMigrationError", RegexOptions.CultureInvariant)]
    private static partial Regex Failed();

    [GeneratedRegex(@"[Mm]igration:? ['""]?([\w.-]*\d[\w.-]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"(?:already exists|does not exist|syntax error|violates|duplicate column|Unknown column|ProgrammingError|SQLSTATE|ERROR:)", RegexOptions.CultureInvariant)]
    private static partial Regex Database();
}
