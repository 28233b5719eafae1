using Microsoft.Extensions.Time.Testing;

namespace Prunella.Commands.Traces;

public sealed class ReadingProgressTests : IDisposable
{
    private const long Megabyte = 1 << 20;
    private readonly FakeTimeProvider clock = new();
    private readonly StringWriter terminal = new();

    public void Dispose() => terminal.Dispose();

    [Fact]
    public void Read_InTheFirstHalfSecond_DrawsNothing()
    {
        var progress = new ReadingProgress(terminal, 100 * Megabyte, clock);
        clock.Advance(TimeSpan.FromMilliseconds(499));
        progress.Read(50 * Megabyte);
        progress.Clear();
        terminal.ToString().ShouldBeEmpty();
    }

    [Fact]
    public void Read_Later_DrawsFiveTimesASecondAndIsTakenAway()
    {
        var progress = new ReadingProgress(terminal, 100 * Megabyte, clock);
        clock.Advance(TimeSpan.FromSeconds(1));
        progress.Read(50 * Megabyte);
        progress.Read(10 * Megabyte);
        clock.Advance(TimeSpan.FromMilliseconds(200));
        progress.Read(40 * Megabyte);
        progress.Clear();
        progress.Clear();
        var half = $"[{new string('#', 15)}{new string('.', 15)}] 50 % of 100 MB";
        var whole = $"[{new string('#', 30)}] 100 % of 100 MB";
        terminal.ToString().ShouldBe($"\r{half}\r{whole}\r{new string(' ', whole.Length)}\r");
    }

    [Fact]
    public void Read_MoreThanWasExpected_StopsAtTheWhole()
    {
        var progress = new ReadingProgress(terminal, Megabyte, clock);
        clock.Advance(TimeSpan.FromSeconds(1));
        progress.Read(3 * Megabyte);
        terminal.ToString().ShouldEndWith("] 100 % of 1 MB");
    }

    [Fact]
    public void Read_OfAnUnknownWhole_CountsMegabytes()
    {
        var progress = new ReadingProgress(terminal, 0, clock);
        clock.Advance(TimeSpan.FromSeconds(1));
        progress.Read(3 * Megabyte);
        terminal.ToString().ShouldBe("\r3 MB read");
    }

    [Fact]
    public void Read_FromManyThreads_LosesNothing()
    {
        var progress = new ReadingProgress(terminal, 64 * Megabyte, clock);
        Parallel.For(0, 64, _ => progress.Read(Megabyte));
        clock.Advance(TimeSpan.FromSeconds(1));
        progress.Read(0);
        terminal.ToString().ShouldEndWith("] 100 % of 64 MB");
    }
}
