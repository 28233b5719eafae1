using Microsoft.AspNetCore.Components;
using Prunella.Console.Logs;
using Prunella.Incidents;
using Prunella.Logs;
using Prunella.Logs.Questions;
using Prunella.Traces;
using Prunella.Traces.Analysis;

namespace Prunella.Console.Parts;

/// <summary>What logs and traces of the minutes around an incident say. Read once the page is open, and once more when the incident has ended.</summary>
public abstract class AroundIncidentBase : ComponentBase, IDisposable
{
    private const int PatternsMax = 5;
    private const int SlowMax = 4;
    private static readonly TimeSpan Beside = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TracesKept = TimeSpan.FromDays(3);
    private readonly CancellationTokenSource leaving = new();
    private (IncidentId Id, bool Ended)? read;

    [Inject] private IEnumerable<LogDesk> Desks { get; set; } = [];

    [Inject] private RecentTraces Traces { get; set; } = null!;

    [Inject] private TimeProvider Time { get; set; } = null!;

    /// <summary>The incident.</summary>
    [Parameter, EditorRequired] public Incident Incident { get; set; } = null!;

    private protected LogDesk? Desk { get; private set; }

    /// <summary>The patterns that tell most, the gravest first; null before they are read.</summary>
    private protected IReadOnlyList<PatternCount>? Patterns { get; private set; }

    /// <summary>The slowest requests, those of the workload first; null before they are read.</summary>
    private protected IReadOnlyList<SlowTrace>? Slow { get; private set; }

    /// <summary>Why logs could not be read; empty when they could.</summary>
    protected string LogFault { get; private set; } = "";

    /// <summary>Why traces could not be read; empty when they could.</summary>
    protected string TraceFault { get; private set; } = "";

    /// <summary>The page of logs for the same minutes.</summary>
    protected string LogsAddress => LogAddress.Of(written: Question().ToString());

    private protected string AddressOf(PatternCount pattern) => LogAddress.Of(written: Question().ToString(), pattern: pattern.Key);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        Desk = Desks.FirstOrDefault();
        if (!RendererInfo.IsInteractive || read == (Incident.Id, Incident.Ended)) return;
        read = (Incident.Id, Incident.Ended);
        await Task.WhenAll(ReadLogsAsync(), ReadTracesAsync());
    }

    private DateTimeOffset Since => Incident.StartedAt - Beside;

    private DateTimeOffset Until => (Incident.ClosedAt ?? Time.GetUtcNow()) + Beside;

    private LogQuestion Question() => new() { Since = Since, Until = Until, Result = QuestionResult.Groups, By = "pattern" };

    private async Task ReadLogsAsync()
    {
        if (Desk is not { } desk) return;
        try
        {
            var reading = await desk.AskAsync(new LogAsked(Question().ToString(), IsWritten: true, Pattern: null), leaving.Token);
            Patterns = [.. reading.Count.Patterns.OrderByDescending(pattern => pattern.Class).ThenByDescending(pattern => pattern.Group.IsNew || pattern.Group.IsSpiking).ThenByDescending(pattern => pattern.Group.Count).Take(PatternsMax)];
        }
        catch (Exception damaged) when (damaged is InvalidDataException or IOException)
        {
            (Patterns, LogFault) = ([], $"The archive cannot be read: {damaged.Message}");
        }
        catch (OperationCanceledException)
        {
            // The person left, or the question took too long: the page of logs says more.
            Patterns ??= [];
        }
        StateHasChanged();
    }

    private async Task ReadTracesAsync()
    {
        var age = Time.GetUtcNow() - Since;
        if (!Traces.HasSources || age > TracesKept)
        {
            (Slow, TraceFault) = ([], Traces.HasSources ? "Traces of so long ago are not kept." : "No traces are received yet.");
            return;
        }
        try
        {
            // By the hour, so that pages that open one after the other share a reading.
            var reading = await Traces.ReadAsync(new TraceWindow(TimeSpan.FromHours(Math.Ceiling(age.TotalHours)), null), again: false, leaving.Token);
            var (from, to) = (Micros(Since), Micros(Until));
            Slow = [.. reading.Slow.Where(trace => trace.StartUs >= from && trace.StartUs <= to).OrderByDescending(trace => IsMine(trace.WaitsForService) || IsMine(trace.Service)).ThenByDescending(trace => trace.DurationUs).Take(SlowMax)];
        }
        catch (TooManyTracesException many)
        {
            (Slow, TraceFault) = ([], many.Message);
        }
        catch (OperationCanceledException)
        {
            Slow ??= [];
        }
        StateHasChanged();
    }

    private bool IsMine(string service) => service.Equals(Incident.Target.Name, StringComparison.OrdinalIgnoreCase);

    private static long Micros(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Stops reading.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops reading.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || leaving.IsCancellationRequested) return;
        leaving.Cancel();
        leaving.Dispose();
    }
}
