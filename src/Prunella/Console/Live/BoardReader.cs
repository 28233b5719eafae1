using Prunella.Hosting;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;

namespace Prunella.Console.Live;

/// <summary>Reads the board once for however many pages show the same beat. Thread-safe.</summary>
internal sealed class BoardReader(
    IRemediationStore store, KillSwitch killSwitch, BreakerBook breakers, StageBook stages, StageOptions stageOptions, Intake intake, Readiness readiness, Pulse pulse, TimeProvider time) : IDisposable
{
    /// <summary>Open incidents shown on the first page.</summary>
    internal const int OpenMax = 50;

    private const int EndedMax = 12;
    private const int WaitingMax = 200;
    private const int StoryMax = 40;
    private static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim turn = new(1);
    private (long Number, long At, Board Board)? last;

    internal async Task<Board> ReadAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var number = pulse.Number;
            if (last is { } kept && kept.Number >= pulse.Due && TimeProvider.System.GetElapsedTime(kept.At) < AgeMax) return kept.Board;
            var board = await ReadNowAsync(cancellation);
            last = (number, TimeProvider.System.GetTimestamp(), board);
            return board;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<Board> ReadNowAsync(CancellationToken cancellation)
    {
        var open = await store.ListIncidentsAsync(new IncidentQuery { Open = true, SeverestFirst = true, Max = OpenMax }, cancellation);
        var ended = await store.ListIncidentsAsync(new IncidentQuery { Open = false, Max = EndedMax }, cancellation);
        var everywhere = (await stages.ListAsync(cancellation)).FirstOrDefault(state => state.Scope == "*/*");
        return new Board
        {
            At = time.GetUtcNow(),
            KillSwitch = await killSwitch.ReadAsync(cancellation),
            Stage = everywhere ?? new StageState("*/*", stageOptions.Default, stageOptions.CanaryPercent, DateTimeOffset.MinValue),
            OpenBreakers = [.. (await breakers.ListAsync(cancellation)).Where(state => state.Phase != BreakerPhase.Closed)],
            Open = open.Incidents,
            OpenTotal = open.Total,
            Total = open.Total + ended.Total,
            Ended = ended.Incidents,
            Waiting = [.. (await store.ListApprovalsAsync(pendingOnly: true, WaitingMax, cancellation)).OrderBy(approval => approval.ExpiresAt)],
            Executing = await store.OpenExecutionsAsync(cancellation),
            PendingSignals = intake.Pending,
            Ready = readiness.Ready,
            Story = pulse.Newest(StoryMax),
        };
    }

    public void Dispose() => turn.Dispose();
}
