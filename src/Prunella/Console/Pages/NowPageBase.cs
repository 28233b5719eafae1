using Microsoft.AspNetCore.Components;
using Prunella.Console.Live;
using Prunella.Incidents;
using Prunella.Remediation.Limits;

namespace Prunella.Console.Pages;

/// <summary>What is happening: the first page.</summary>
public abstract class NowPageBase : LivePage
{
    /// <summary>Requests shown here; the rest are on their own page.</summary>
    protected const int WaitingShown = 3;

    [Inject] private BoardReader Boards { get; set; } = null!;

    [Inject] private KillSwitch KillSwitch { get; set; } = null!;

    /// <summary>How things stand; null before the first reading.</summary>
    protected Board? Board { get; private set; }

    /// <inheritdoc/>
    protected override bool Ticks => true;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation) => Board = await Boards.ReadAsync(cancellation);

    /// <summary>The state of affairs in a sentence or two.</summary>
    protected static string Lead(Board board)
    {
        ArgumentNullException.ThrowIfNull(board);
        if (board.OpenTotal == 0 && board.Waiting.Count == 0) return board.Total == 0 ? "All is quiet: no incident yet." : $"All is quiet: none of {Wording.Count(board.Total, "incident")} is open.";
        var critical = board.Open.Count(incident => incident.Severity == Severity.Critical);
        return $"{Wording.Count(board.OpenTotal, "incident")} {(board.OpenTotal == 1 ? "is" : "are")} open{(critical > 0 ? $", {critical} critical" : "")}. "
            + (board.Waiting.Count switch { 0 => "Nothing waits for you.", 1 => "One decision waits for a person.", var many => $"{many} decisions wait for a person." });
    }

    /// <summary>Turns the kill switch as the person who asked.</summary>
    protected Task TurnAsync(bool on, string reason) => DoAsync(person => KillSwitch.SetAsync(on, person, reason, Left));
}
