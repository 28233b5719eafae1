using System.CommandLine;
using System.Globalization;
using Prunella.Logs.Archive;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs retain</c> and <c>hold</c>: what a folder of archives keeps, and for how long.</summary>
internal static class LogStoreCommands
{
    private static Argument<string> Folder() => new("folder") { Description = "The folder of a server's logs, or of its archives." };

    internal static Command Retain()
    {
        var defaults = new RetentionOptions();
        var folder = Folder();
        var routine = Days("--routine", "Days that routine lines are kept; 0 for ever.", defaults.RoutineDays);
        var interesting = Days("--interesting", "Days that interesting lines are kept; 0 for ever.", defaults.InterestingDays);
        var critical = Days("--critical", "Days that critical lines are kept; 0 for ever.", defaults.CriticalDays);
        var cold = Days("--cold-after", "Days after which segments are made smaller; 0 never.", defaults.ColdAfterDays);
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done." };
        var key = ArchiveKey.Option();
        var command = new VerbCommand("retain", "Delete what is older than its class allows and not held, and make old segments cold.") { folder, routine, interesting, critical, cold, dryRun, key }
            .Such("prunella logs retain /var/lib/prunella/logs --dry-run", "says what would go")
            .Such("prunella logs retain /var/lib/prunella/logs --routine 30 --critical 730", "keeps routine lines a month, critical ones two years");
        command.SetAction(parsed => LogArchiveCommands.Reading(parsed, () =>
        {
            var options = new RetentionOptions
            {
                RoutineDays = parsed.GetValue(routine), InterestingDays = parsed.GetValue(interesting), CriticalDays = parsed.GetValue(critical), ColdAfterDays = parsed.GetValue(cold),
            };
            var archives = ArchiveNames.Folder(parsed.GetRequiredValue(folder));
            using var store = Open(archives, options, ArchiveKey.Of(archives, parsed.GetValue(key)));
            var steps = store.Retain(parsed.GetValue(dryRun));
            foreach (var step in steps)
            {
                parsed.InvocationConfiguration.Output.WriteLine($"{(parsed.GetValue(dryRun) ? "would be " : "")}{step.Action}: {Path.GetFileName(step.Path)} ({step.Why})");
            }

            if (steps.Count == 0) parsed.Say($"Of {Count(store)} in {archives} none is old enough for anything.");

            return ExitCode.Ok;
        }));
        return command;
    }

    internal static Command Hold()
    {
        var folder = Folder();
        var name = new Argument<string?>("name") { Description = "Name of the hold; without it the holds are listed.", Arity = ArgumentArity.ZeroOrOne };
        var reason = new Option<string>("--reason") { Description = "Why, for people.", DefaultValueFactory = static _ => "" };
        var from = new Option<string?>("--from") { Description = "Earliest time held: 2026-03-17T08:00." };
        var to = new Option<string?>("--to") { Description = "Latest time held." };
        var release = new Option<bool>("--release") { Description = "Lift the hold." };
        var command = new VerbCommand("hold", "Keep what is archived of a time, whatever its age, until the hold is lifted.") { folder, name, reason, from, to, release }
            .Such("prunella logs hold /var/lib/prunella/logs case-17 --from 2026-03-01 --to 2026-04-01 --reason \"legal request\"", "nothing of March goes")
            .Such("prunella logs hold /var/lib/prunella/logs case-17 --release", "lifts it")
            .Such("prunella logs hold /var/lib/prunella/logs", "lists the holds");
        command.SetAction(parsed => LogArchiveCommands.Reading(parsed, () =>
        {
            var archives = ArchiveNames.Folder(parsed.GetRequiredValue(folder));
            using var store = Open(archives, new RetentionOptions(), null);
            if (parsed.GetValue(name) is not { } wanted)
            {
                foreach (var hold in store.Holds) parsed.InvocationConfiguration.Output.WriteLine(Line(hold));
                if (store.Holds.Count == 0) parsed.Say($"Nothing in {archives} is held.");
                return ExitCode.Ok;
            }

            if (parsed.GetValue(release))
            {
                if (!store.Release(wanted))
                {
                    parsed.Say($"There is no hold {wanted}.");
                    return ExitCode.NotFound;
                }

                parsed.Say($"{wanted} is lifted: of {Count(store)} in {archives} what is old enough goes with the next look at ages.");
                return ExitCode.Ok;
            }

            var put = new LegalHold(wanted, parsed.GetRequiredValue(reason), At("--from", parsed.GetValue(from)), At("--to", parsed.GetValue(to)));
            store.Hold(put);
            parsed.InvocationConfiguration.Output.WriteLine(Line(put));
            parsed.Say($"Of {Count(store)} in {archives} none goes that has a line of that time.");
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Option<int> Days(string name, string description, int days) => new(name) { Description = description, HelpName = "DAYS", DefaultValueFactory = _ => days };

    private static ArchiveStore Open(string folder, RetentionOptions options, byte[]? key)
    {
        if (!Directory.Exists(folder)) throw new FileNotFoundException($"There is no folder {folder}.");
        var store = new ArchiveStore(folder, new ArchiveOptions { Key = key }, options, TimeProvider.System);
        // A hold put beside the archives would keep nothing, and nobody would know.
        if (store.Segments.Count > 0 || Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) == ArchiveNames.ServersFolder) return store;
        store.Dispose();
        throw new FileNotFoundException($"No log archives are in {folder}.");
    }

    private static string Count(ArchiveStore store) => store.Segments.Count == 1 ? "1 archive" : string.Create(CultureInfo.InvariantCulture, $"{store.Segments.Count:N0} archives");

    private static string Line(LegalHold hold) => $"{hold.Name}: {Time(hold.From) ?? "the beginning"} to {Time(hold.To) ?? "the end"} {hold.Reason}".TrimEnd();

    private static DateTime? At(string option, string? text) =>
        LogTime.Ticks(option, text, () => throw new FormatException($"{option} {text}: expected a time such as 2026-03-17T08:00.")) is { } ticks ? new DateTime(ticks) : null;

    private static string? Time(DateTime? at) => at?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
