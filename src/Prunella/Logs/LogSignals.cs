using Prunella.Incidents;
using Prunella.Logs.Classification;
using Prunella.Logs.Pipeline;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;
using Severity = Prunella.Incidents.Severity;

namespace Prunella.Logs;

/// <summary>
/// Turns what the watcher noticed into signals of the server. A routine pattern that is new is none. What the engine cannot take now
/// waits, bounded, and is offered again. One caller's.
/// </summary>
internal sealed partial class LogSignals(Intake intake, IdSource ids, TimeProvider time, ILogger<LogSignals> logger)
{
    internal const string Source = "logs";
    private const int WaitingMax = 1_000;
    private const int OpenMax = 1_000;
    private const int BatchMax = 100;
    private readonly Queue<Signal> waiting = [];
    private readonly Dictionary<string, Signal> open = new(StringComparer.Ordinal);

    /// <summary>Takes over what the pipeline noticed, and gives the engine what waits.</summary>
    internal async Task SendAsync(LogPipeline pipeline, bool enabled, CancellationToken cancellation)
    {
        while (pipeline.TryTakeSignal(out var noticed))
        {
            if (!enabled || (noticed!.Change == PatternChange.New && noticed.Class == LineClass.Routine) || ToSignal(noticed) is not { } signal) continue;
            if (waiting.Count == WaitingMax) Dropped(logger, waiting.Dequeue().Summary);
            waiting.Enqueue(signal);
        }

        while (waiting.Count > 0)
        {
            Signal[] batch = [.. waiting.Take(BatchMax)];
            try
            {
                await intake.AcceptAsync(batch, cancellation);
            }
            catch (Exception later) when (later is IntakeFullException or StoreUnavailableException)
            {
                Postponed(logger, waiting.Count, later.Message);
                return;
            }

            for (var n = 0; n < batch.Length; n++) waiting.Dequeue();
        }
    }

    private Signal? ToSignal(PatternSignal noticed)
    {
        var series = Fingerprint.Of($"{noticed.Change}", noticed.Template?.Id.ToString() ?? "")[..16];
        if (noticed.Ended)
        {
            // Its beginning was no signal, or one of another run.
            if (!open.Remove(series, out var begun)) return null;
            return begun with { Id = new SignalId(ids.Next()), Status = SignalStatus.Resolved, EndsAt = time.GetUtcNow(), ReceivedAt = time.GetUtcNow(), Summary = noticed.Evidence };
        }

        var now = time.GetUtcNow();
        var name = "LogPattern" + noticed.Change;
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = name };
        if (noticed.Template is { } template) labels["template"] = template.Id.ToString();
        if (LogSource.TryPod(noticed.Source, out var @namespace, out var pod, out var container))
        {
            (labels["namespace"], labels["pod"]) = (@namespace, pod);
            if (container.Length > 0) labels["container"] = container;
        }

        var signal = new Signal
        {
            Id = new SignalId(ids.Next()),
            Source = Source,
            Fingerprint = series,
            Status = SignalStatus.Firing,
            Name = name,
            Severity = noticed.Class == LineClass.Critical ? Severity.Critical : Severity.Warning,
            Summary = noticed.Evidence,
            StartsAt = now,
            ReceivedAt = now,
            Labels = labels,
            Annotations = noticed.Source.Length > 0 ? new Dictionary<string, string>(StringComparer.Ordinal) { ["source"] = noticed.Source } : new Dictionary<string, string>(),
        };
        if (open.Count < OpenMax) open[series] = signal;
        return signal;
    }

    [LoggerMessage(3207, LogLevel.Warning, "{Count} signals about logs wait: {Message}")]
    private static partial void Postponed(ILogger logger, int count, string message);

    [LoggerMessage(3208, LogLevel.Error, "A signal about logs was dropped because too many wait: {Summary}")]
    private static partial void Dropped(ILogger logger, string summary);
}
