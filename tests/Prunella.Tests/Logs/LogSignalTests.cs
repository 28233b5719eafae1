using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents;
using Prunella.Logs.Pipeline;

namespace Prunella.Tests.Logs;

public sealed class LogSignalTests : IDisposable
{
    private static readonly DateTime Start = new(2026, 3, 17, 8, 0, 0);
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-").FullName;
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task WhatTheWatcherNotices_BecomesSignalsOfTheServer_WithThePodsLabels_AndSpikesEnd()
    {
        await using var server = await RunningServer.StartAsync([new("logs:ingest:folder", folder), new("logs:signals:learningMinutes", "3")]);
        var pipeline = server.Services.GetRequiredService<LogPipeline>();
        for (var minute = 0; minute < 30; minute++) Send(pipeline, minute, 30, "INFO web: request {0} served");
        Send(pipeline, 30, 1, "ERROR web: payment {0} of jane.doe@example.org was declined");
        Send(pipeline, 30, 1, "INFO web: the menu has {0} dishes");
        Send(pipeline, 30, 900, "INFO web: request {0} served");
        for (var minute = 31; minute < 34; minute++) Send(pipeline, minute, 30, "INFO web: request {0} served");
        var signals = await EventuallyAsync(server, static all => all.Count >= 3);

        var declined = signals.Where(static s => s.Name == "LogPatternNew").ShouldHaveSingleItem("a routine pattern that is new is none");
        declined.Severity.ShouldBe(Severity.Critical);
        declined.Summary.ShouldContain("was declined");
        declined.Summary.ShouldNotContain("jane");
        (declined.Label("namespace"), declined.Label("pod"), declined.Label("container")).ShouldBe(("shop", "web-7d9f-x2x2x", "web"));
        var spike = signals.Where(static s => s.Name == "LogPatternSpike").OrderBy(static s => s.Status).ToList();
        spike.Select(static s => s.Status).ShouldBe([SignalStatus.Firing, SignalStatus.Resolved]);
        spike[0].Series.ShouldBe(spike[1].Series);
    }

    [Fact]
    public async Task Signals_ThatAreTurnedOff_AreNone()
    {
        await using var server = await RunningServer.StartAsync([new("logs:ingest:folder", folder), new("logs:signals:enabled", "false"), new("logs:signals:learningMinutes", "3"), new("logs:pipeline:archiveAfterSeconds", "1")]);
        var pipeline = server.Services.GetRequiredService<LogPipeline>();
        for (var minute = 0; minute < 30; minute++) Send(pipeline, minute, 30, "INFO web: request {0} served");
        Send(pipeline, 30, 1, "ERROR web: payment {0} was declined");
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(60);
        while (pipeline.Archived < 901 && TimeProvider.System.GetUtcNow() < deadline) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        pipeline.Archived.ShouldBe(901);
        (await server.Store.PendingSignalsAsync(100, Cancellation)).ShouldBeEmpty();
    }

    private static void Send(LogPipeline pipeline, int minute, int count, string text)
    {
        var time = Start.AddMinutes(minute).ToString("yyyy-MM-dd HH:mm:ss ", CultureInfo.InvariantCulture);
        var lines = string.Concat(Enumerable.Range(0, count).Select(n => time + string.Format(CultureInfo.InvariantCulture, text, (minute * 1_000) + n) + "\n"));
        pipeline.TryAccept(Encoding.UTF8.GetBytes(lines), LogSource.Pod("shop", "web-7d9f-x2x2x", "web")).ShouldBeTrue();
    }

    private static async Task<List<Signal>> EventuallyAsync(RunningServer server, Func<List<Signal>, bool> holds)
    {
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(60);
        while (true)
        {
            List<Signal> all = [.. await server.Store.PendingSignalsAsync(100, Cancellation)];
            if (holds(all)) return all;
            TimeProvider.System.GetUtcNow().ShouldBeLessThan(deadline);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }
}
