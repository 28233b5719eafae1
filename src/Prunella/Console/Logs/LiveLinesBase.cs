using System.Globalization;
using Microsoft.AspNetCore.Components;
using Prunella.Logs;
using Prunella.Logs.Pipeline;
using Prunella.Logs.Questions;

namespace Prunella.Console.Logs;

/// <summary>Shows lines as they come, at most a hundred a second; what is beyond is counted and said.</summary>
public abstract class LiveLinesBase : ComponentBase, IDisposable
{
    private const int LinesKept = 300;

    // The pipeline looks at what came once a second.
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource leaving = new();
    private LogTail.Reader? reader;
    private string asked = "";
    private long beyond, seen;
    private bool refused;

    [Inject] private IEnumerable<LogDesk> Desks { get; set; } = [];

    /// <summary>What lines must have; their times do not matter.</summary>
    [Parameter, EditorRequired] public LogQuestion Question { get; set; } = null!;

    /// <summary>Whether what comes is only counted.</summary>
    protected bool Paused { get; set; }

    /// <summary>The lines, oldest first.</summary>
    protected IReadOnlyList<ShownLine> Lines { get; private set; } = [];

    /// <summary>What the page does, in words.</summary>
    protected string Said => refused
        ? $"At most {LogTail.ReadersMax} people can watch at once. Try again when one has left."
        : string.Create(CultureInfo.InvariantCulture, $"{(Paused ? "Paused" : "Live")}: {seen:N0} lines came that fit{(beyond > 0 ? $", {beyond:N0} more than are shown" : "")}. The last {LinesKept} stay.");

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (!RendererInfo.IsInteractive || Question.ToString() == asked) return;
        var begins = asked.Length == 0 && reader is null;
        asked = Question.ToString();
        reader?.Dispose();
        (reader, Lines, beyond, seen) = (Desks.FirstOrDefault()?.Watch(Question), [], 0, 0);
        refused = reader is null;
        if (begins) _ = FollowAsync(leaving.Token);
    }

    private async Task FollowAsync(CancellationToken left)
    {
        using var timer = new PeriodicTimer(Every, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(left)) await InvokeAsync(Take);
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            // The person left.
        }
    }

    private void Take()
    {
        if (reader?.Read() is not { } came || (came.Lines.Count == 0 && came.Beyond == 0) || leaving.IsCancellationRequested) return;
        seen += came.Lines.Count;
        beyond += came.Beyond + (Paused ? came.Lines.Count : 0);
        if (!Paused) Lines = [.. Lines.Concat(Desks.First().Show(came.Lines)).TakeLast(LinesKept)];
        StateHasChanged();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Watches no more.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || leaving.IsCancellationRequested) return;
        leaving.Cancel();
        leaving.Dispose();
        reader?.Dispose();
    }
}
