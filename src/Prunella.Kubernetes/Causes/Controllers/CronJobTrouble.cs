using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>A cron job whose schedule cannot be read, or that misses its starts.</summary>
public sealed class CronJobTrouble : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("cron-schedule-invalid", "Workloads", CauseLayer.Root)
    {
        RecognisedBy = "The schedule or time zone of a cron job cannot be read, or the controller says that starts were missed.",
        Done = "A person corrects the named field.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var cron in snapshot.Of("CronJob"))
        {
            var schedule = cron.Spec["schedule"].Text;
            var told = Observed.Events(snapshot, cron.Ref, "UnparseableSchedule", "UnParseableCronJobSchedule", "InvalidSchedule", "UnknownTimeZone", "TooManyMissedTimes", "FailedNeedsStart", "UnsupportedSchedule").FirstOrDefault();
            if (told is { Reason: "TooManyMissedTimes" or "FailedNeedsStart" })
            {
                yield return Found(cron.Ref, "missed starts", 0.9, Severity.Warning, "It has missed so many starts that its controller has given up.", Observed.Event(snapshot, told)) with { Advice = "Set startingDeadlineSeconds, so that only recent starts are counted, and look at why it could not start." };
                continue;
            }
            var fault = schedule.Length == 0 ? "is missing" : FaultOf(schedule);
            if (fault is null && told is null) continue;
            var zone = told?.Reason == "UnknownTimeZone" ? cron.Spec["timeZone"].Text : "";
            yield return Found(cron.Ref, zone.Length > 0 ? $"timeZone {zone}" : $"schedule {schedule}", 0.97, Severity.Warning,
                zone.Length > 0 ? $"Its time zone \"{zone}\" is not known, so it never starts." : $"Its schedule \"{schedule}\" cannot be read{(fault is null ? "" : $": {fault}")}, so it never starts.",
                told is null ? Observed.Object(snapshot, cron, $"schedule: {schedule}") : Observed.Event(snapshot, told)) with { Advice = "Write five fields: minute, hour, day of month, month, day of week; or @hourly, @daily, @weekly, @monthly." };
        }
    }

    private static readonly string[] Names = ["minute", "hour", "day of month", "month", "day of week"];
    private static readonly (int Least, int Most)[] Bounds = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)];

    /// <summary>What is wrong with a schedule; null when it is one.</summary>
    internal static string? FaultOf(string schedule)
    {
        var text = schedule.Trim();
        if (text.StartsWith("TZ=", StringComparison.Ordinal) || text.StartsWith("CRON_TZ=", StringComparison.Ordinal)) text = text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim();
        if (text.StartsWith('@')) return text is "@hourly" or "@daily" or "@midnight" or "@weekly" or "@monthly" or "@yearly" or "@annually" || text.StartsWith("@every ", StringComparison.Ordinal) ? null : $"{text} is not known";
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5) return $"it has {fields.Length} fields, not 5";
        for (var index = 0; index < 5; index++)
        {
            foreach (var part in fields[index].Split(','))
            {
                var range = part.Split('/');
                if (range.Length > 2 || (range.Length == 2 && (!int.TryParse(range[1], out var step) || step <= 0))) return $"{Names[index]} \"{part}\"";
                if (range[0] is "*" or "?") continue;
                foreach (var end in range[0].Split('-'))
                {
                    if (index >= 3 && end.Length == 3 && end.All(char.IsAsciiLetter)) continue;
                    if (!int.TryParse(end, out var value) || value < Bounds[index].Least || value > Bounds[index].Most) return $"{Names[index]} \"{part}\" (allowed are {Bounds[index].Least} to {Bounds[index].Most})";
                }
            }
        }
        return null;
    }
}
