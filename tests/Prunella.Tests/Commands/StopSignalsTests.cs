using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;
using Prunella.Commands;

namespace Prunella.Tests.Commands;

public sealed class StopSignalsTests
{
    private readonly FakeTimeProvider time = new();
    private readonly List<int> ends = [];

    [Fact]
    public void FirstSignal_AsksToStop_AndEndsWhatDoesNot()
    {
        using var stop = new StopSignals(TimeSpan.FromSeconds(30), time, ends.Add);
        stop.Token.IsCancellationRequested.ShouldBeFalse();
        stop.Take(PosixSignal.SIGTERM);
        stop.Token.IsCancellationRequested.ShouldBeTrue();
        ends.ShouldBeEmpty();
        time.Advance(TimeSpan.FromSeconds(31));
        ends.ShouldBe([143]);
    }

    [Fact]
    public void SecondSignal_EndsAtOnce()
    {
        using var stop = new StopSignals(TimeSpan.FromSeconds(30), time, ends.Add);
        stop.Take(PosixSignal.SIGINT);
        stop.Take(PosixSignal.SIGINT);
        ends.ShouldBe([130]);
    }
}
