using System.Globalization;
using System.Text;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Tests.Classification;

public sealed class PatternWatcherTests
{
    private readonly LogParser parser = new(new LogParserOptions { Year = 2026 });
    private readonly PatternWatcher watcher = new();
    private readonly Random random = new(5);

    [Fact]
    public void SteadyStream_TenHours_RaisesAtMostOneAnHour()
    {
        Minutes(0, 600, static _ => 60);
        Signals().Count.ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public void Spike_IsRaisedOnce_WithItsFigures()
    {
        Minutes(0, 60, static _ => 60);
        Signals();
        Minutes(60, 63, static pattern => pattern == 0 ? 900 : 60);
        Minutes(63, 65, static _ => 60);
        var signals = Signals();
        signals.Select(static s => s.Ended).ShouldBe([false, true]);
        var spike = signals[0];
        spike.Change.ShouldBe(PatternChange.Spike);
        spike.Observed.ShouldBeGreaterThan(700);
        spike.Expected.ShouldBeInRange(40, 80);
    }

    [Fact]
    public void NewPattern_AfterLearning_IsRaised()
    {
        Minutes(0, 30, static _ => 30);
        Signals();
        Line(30, "INFO app: a thing nobody has ever seen, number 7");
        Signals().ShouldHaveSingleItem().Change.ShouldBe(PatternChange.New);
    }

    [Fact]
    public void VanishedPattern_IsRaised()
    {
        Minutes(0, 60, static _ => 60);
        Signals();
        Minutes(60, 62, static pattern => pattern == 1 ? 0 : 60);
        Signals().ShouldContain(static s => s.Change == PatternChange.Vanished);
    }

    [Fact]
    public void ErrorBurst_OverManyPatterns_IsRaised()
    {
        Minutes(0, 40, static _ => 30);
        for (var minute = 0; minute < 40; minute++)
        {
            Line(minute, "ERROR app: task 5 stopped");
        }

        Minutes(40, 60, static _ => 30, errors: 2);
        Signals();
        Minutes(60, 62, static _ => 30, errors: 200);
        Signals().ShouldContain(static s => s.Change == PatternChange.ErrorBurst);
    }

    [Fact]
    public void VanishedPattern_ThatComesAgain_Ends()
    {
        Minutes(0, 60, static _ => 60);
        Minutes(60, 62, static pattern => pattern == 1 ? 0 : 60);
        Minutes(62, 64, static _ => 60);
        Signals().Where(static s => s.Change == PatternChange.Vanished).Select(static s => s.Ended).ShouldBe([false, true]);
    }

    [Fact]
    public void LatencyThatGrowsTenfold_IsRaisedOnce_WithItsMedians_AndEnds()
    {
        Latencies(0, 60, 20);
        Signals().ShouldBeEmpty();
        Latencies(60, 66, 200);
        var shift = Signals().ShouldHaveSingleItem();
        shift.Change.ShouldBe(PatternChange.ValueShift);
        shift.Observed.ShouldBeInRange(150, 250);
        shift.Expected.ShouldBeInRange(15, 25);
        shift.Source.ShouldBe("pod:shop/web-1/web");
        Latencies(66, 69, 20);
        Signals().ShouldHaveSingleItem().Ended.ShouldBeTrue();
    }

    [Fact]
    public void NumbersThatScatterAsTheyAlwaysDo_TenHours_RaiseAtMostOneAnHour()
    {
        // Log-normal latencies, sizes over four decades, counters that grow, and few lines a minute.
        for (var minute = 0; minute < 600; minute++)
        {
            for (var n = 0; n < 12 + random.Next(30); n++)
            {
                var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                Line(minute, string.Create(CultureInfo.InvariantCulture, $"INFO app: request {(minute * 100) + n} took {Math.Exp(3 + normal):F1} ms for {(long)Math.Pow(10, 1 + (4 * random.NextDouble()))} bytes"));
            }
        }

        Signals().Count.ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public void RareWarning_AfterADayOfSilence_IsRaised()
    {
        Minutes(0, 30, static _ => 10);
        Line(31, "WARN app: the moon is full, phase 3");
        Signals();
        Minutes(32, 33, static _ => 10);
        Minutes(1471, 1472, static _ => 10);
        Signals();
        Line(1472, "WARN app: the moon is full, phase 4");
        Signals().ShouldContain(static s => s.Change == PatternChange.Rare);
    }

    private void Latencies(int from, int to, int milliseconds)
    {
        for (var minute = from; minute < to; minute++)
        {
            for (var n = 0; n < 40; n++)
            {
                Line(minute, string.Create(CultureInfo.InvariantCulture, $"INFO app: request {random.Next(100_000)} took {milliseconds + random.Next(-milliseconds / 4, milliseconds / 4)}ms"), "pod:shop/web-1/web");
            }
        }
    }

    private void Minutes(int from, int to, Func<int, double> perMinute, int errors = 0)
    {
        string[] patterns = ["request {0} served", "cache {0} hit", "job {0} done", "user {0} seen", "page {0} sent"];
        for (var minute = from; minute < to; minute++)
        {
            for (var p = 0; p < patterns.Length; p++)
            {
                var lines = Poisson(perMinute(p));
                for (var n = 0; n < lines; n++)
                {
                    Line(minute, "INFO app: " + string.Format(CultureInfo.InvariantCulture, patterns[p], random.Next(10_000)));
                }
            }

            for (var e = 0; e < errors; e++)
            {
                Line(minute, "ERROR app: task " + e + " stopped");
            }
        }
    }

    private void Line(int minute, string text, string source = "")
    {
        var time = new DateTime(2026, 3, 17).AddMinutes(minute).ToString("yyyy-MM-dd HH:mm:ss ", CultureInfo.InvariantCulture);
        watcher.Observe(parser.Parse(Encoding.UTF8.GetBytes(time + text)), source);
    }

    private List<PatternSignal> Signals()
    {
        var all = new List<PatternSignal>();
        while (watcher.TryTake(out var signal))
        {
            all.Add(signal!);
        }

        return all;
    }

    // Knuth's method.
    private int Poisson(double mean)
    {
        var limit = Math.Exp(-mean / 20);
        var count = 0;
        for (var part = 0; part < 20; part++)
        {
            var product = random.NextDouble();
            while (product > limit)
            {
                count++;
                product *= random.NextDouble();
            }
        }

        return count;
    }
}
