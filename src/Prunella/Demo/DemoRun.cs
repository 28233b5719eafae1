using Prunella.Commands;
using Prunella.Demo.Metrics;
using Prunella.Demo.Stories;
using Prunella.Demo.Traffic;
using Prunella.Hosting;
using Prunella.Incidents;
using Prunella.Incidents.Metrics;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;

namespace Prunella.Demo;

/// <summary>
/// <c>serve --demo</c>: the whole of Prunella on a sandbox cluster. Everything but the cluster, the metrics and the person on
/// call is the real thing: webhook, store, ledger, gate, approvals, Kubernetes client.
/// </summary>
internal sealed class DemoRun(ServeSettings settings, Narrator narrator, TimeProvider time)
{
    private static readonly TimeSpan StoryWithin = TimeSpan.FromSeconds(120);
    // Trends look back 10 s, and a rise without a before is no trend.
    private static readonly TimeSpan HistoryBefore = TimeSpan.FromSeconds(11);
    private static readonly TimeSpan PauseBetween = TimeSpan.FromSeconds(4);

    /// <summary>The stories to play in a demo that is watched; null for all.</summary>
    internal IReadOnlyList<Story>? Stories { get; init; }

    /// <summary>Whether Robin answers approvals that nobody else did.</summary>
    internal bool OnCallAnswers { get; init; } = true;

    /// <summary>Plays the demo.</summary>
    /// <returns>Ok when it was stopped, or when every story ended as it has to; No otherwise.</returns>
    internal async Task<ExitCode> PlayAsync(CancellationToken cancellation)
    {
        var folder = settings.Data ?? Directory.CreateTempSubdirectory("prunella-demo-").FullName;
        Directory.CreateDirectory(folder);
        try
        {
            return await PlayAsync(folder, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            narrator.Say();
            narrator.Say("Stopped.");
            return ExitCode.Ok;
        }
        finally
        {
            if (settings.Data is null) Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<ExitCode> PlayAsync(string folder, CancellationToken cancellation)
    {
        narrator.Say("Prunella demo: a small shop on a sandbox cluster inside this process. Nothing outside it is touched.");
        narrator.Say("Starting the cluster …");
        await using var world = await DemoWorld.StartAsync(time, cancellation);
        var kubeconfig = Path.Combine(folder, "sandbox.kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, world.Cluster.KubeconfigYaml, cancellation);
        var playbooks = Path.Combine(folder, "playbooks");
        ShortenedPlaybooks.Write(playbooks);
        await File.WriteAllTextAsync(Path.Combine(playbooks, SitePlaybook.FileName), SitePlaybook.Text, cancellation);

        var history = new SeriesHistory();
        var configuration = ConfigurationFile.LoadOrFail(settings.ConfigFile, DemoConfiguration.Overrides(settings, folder, world.Cluster.Address, kubeconfig, playbooks));
        await using var app = Server.Build(settings, configuration, services =>
        {
            services.AddSingleton(time);
            services.AddSingleton<IMetricSource>(new DemoMetricSource(history));
        });
        app.Services.GetRequiredService<IncidentFeed>();
        await ServerRun.StartAsync(app, cancellation);
        await app.Services.GetRequiredService<Readiness>().WhenReadyAsync(time, cancellation);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var server = new Uri(ServerRun.AddressesOf(app)[0]);
        var background = await StartBackgroundAsync(app, world, history, server, ending.Token);
        Welcome(server, kubeconfig);
        try
        {
            var started = new StoryClock(time);
            var code = await FirstOf(background, PlayStoriesAsync(app, world, started, cancellation));
            if (settings.Once) return code;
            narrator.Say();
            narrator.Say($"All stories are told. {server} stays open; Ctrl-C ends the demo.");
            await FirstOf(background, Forever(cancellation));
            return ExitCode.Ok;
        }
        finally
        {
            await ending.CancelAsync();
            await app.StopAsync(CancellationToken.None);
            await Task.WhenAll(background.Select(Settled));
        }
    }

    private async Task<List<Task>> StartBackgroundAsync(WebApplication app, DemoWorld world, SeriesHistory history, Uri server, CancellationToken cancellation)
    {
        var tokens = app.Services.GetRequiredService<Auth.TokenBook>();
        var thinksFor = settings.Once ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(45);
        var alertToken = await TokenAsync(tokens, "demo-alertmanager", role: null, cancellation);
        var robin = await TokenAsync(tokens, OnCall.Name, Role.Approver, cancellation);
        List<Task> running =
        [
            TellAsync(app.Services.GetRequiredService<IncidentFeed>().SubscribeAsync(cancellation)),
            RunAndDispose(new DemoSampler(world.Cluster, history, time), sampler => sampler.RunAsync(cancellation)),
            RunAndDispose(new AlertLoop(history, server, alertToken, time), alerts => alerts.RunAsync(cancellation)),
            RunAndDispose(new ShopTraffic(world.Cluster, server, alertToken, time), traffic => traffic.RunAsync(cancellation)),
        ];
        if (OnCallAnswers) running.Add(new OnCall(server, robin, thinksFor, time).RunAsync(cancellation));
        return running;
    }

    private static async Task<string> TokenAsync(Auth.TokenBook tokens, string name, Role? role, CancellationToken cancellation)
    {
        await tokens.RevokeAsync(name, "demo", cancellation); // of an earlier demo on the same data folder
        return (await tokens.CreateAsync(name, role, expiresAt: null, "demo", cancellation))!;
    }

    private void Welcome(Uri server, string kubeconfig)
    {
        narrator.Say();
        narrator.Say($"  Open        {server}");
        narrator.Say($"  Look        kubectl --kubeconfig {kubeconfig} -n shop get pods");
        narrator.Say("  On call     Robin, a person played by the demo, answers approvals" + (settings.Once ? "." : " after 45 s unless you are first in the console."));
        if (settings.Once) narrator.Say("  Time        seconds of the demo's own clock, which runs ahead while nothing is left to do and waits while the machine is busy.");
        narrator.Say("  Trust       stage Full here; a fresh install starts in Shadow and only records. Waits of minutes are cut to seconds.");
        narrator.Say();
    }

    private async Task<ExitCode> PlayStoriesAsync(WebApplication app, DemoWorld world, StoryClock clock, CancellationToken cancellation)
    {
        var store = app.Services.GetRequiredService<IRemediationStore>();
        var played = new List<PlayedStory>();
        if (settings.Once)
        {
            await Task.Delay(HistoryBefore, time, cancellation);
            var lanes = new[] { AllStories.Shop, AllStories.Beside, AllStories.People }.Select(lane => PlayLaneAsync(lane, world, store, clock, TimeSpan.Zero, cancellation));
            foreach (var lane in await Task.WhenAll(lanes)) played.AddRange(lane);
            played.AddRange(await PlayLaneAsync(AllStories.Finale, world, store, clock, TimeSpan.Zero, cancellation));
        }
        else
        {
            var all = Stories ?? [.. AllStories.Shop, .. AllStories.People, .. AllStories.Beside, .. AllStories.Finale];
            played.AddRange(await PlayLaneAsync(all, world, store, clock, PauseBetween, cancellation));
        }
        var right = await new ClosingTable(app.Services, narrator, clock).PrintAsync(played, cancellation);
        DemoLogs.Tell(app.Services, narrator);
        await DemoTraces.TellAsync(app.Services, narrator, cancellation);
        await DemoReasoning.TellAsync(app.Services, narrator, played, time, cancellation);
        return right ? ExitCode.Ok : ExitCode.No;
    }

    private async Task<List<PlayedStory>> PlayLaneAsync(
        IReadOnlyList<Story> lane, DemoWorld world, IRemediationStore store, StoryClock clock, TimeSpan pause, CancellationToken cancellation)
    {
        var played = new List<PlayedStory>();
        foreach (var story in lane)
        {
            var begun = time.GetUtcNow();
            narrator.Stage(story.Target.Name, story.Title);
            story.Break(world);
            var incident = await EndOfAsync(story, store, begun, cancellation);
            story.Mend(world);
            if (incident?.Evidence.FirstOrDefault(fact => fact.Time >= begun && DemoLogs.IsTelling(fact)) is { } said) narrator.Heard(story.Target.Name, said.Text);
            played.Add(new PlayedStory(story, begun, incident));
            clock.Note();
            await Task.Delay(pause, time, cancellation);
        }
        return played;
    }

    private async Task<Incident?> EndOfAsync(Story story, IRemediationStore store, DateTimeOffset begun, CancellationToken cancellation)
    {
        Incident? seen = null;
        while (time.GetUtcNow() - begun < StoryWithin)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellation);
            var page = await store.ListIncidentsAsync(new IncidentQuery { Since = begun, Max = 200 }, cancellation);
            seen = page.Incidents.LastOrDefault(incident => incident.Target == story.Target && incident.FirstSignal.Name == story.Alert) ?? seen;
            if (seen is { Ended: true }) return seen;
        }
        return seen;
    }

    private async Task TellAsync(IAsyncEnumerable<IncidentEvent> feed)
    {
        await foreach (var happened in feed) narrator.Tell(happened);
    }

    // What the demo needs in the background never ends by itself: when it does, the demo ends with its failure.
    private static async Task<T> FirstOf<T>(IReadOnlyList<Task> background, Task<T> main)
    {
        var first = await Task.WhenAny([main, .. background]);
        if (first != main) await first;
        return await main;
    }

    private static async Task<bool> Forever(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        return true;
    }

    private static async Task RunAndDispose<T>(T part, Func<T, Task> run) where T : IDisposable
    {
        using (part) await run(part);
    }

    private static async Task Settled(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception ended) when (ended is OperationCanceledException or HttpRequestException or CommandFailedException)
        {
            // Stopped with the server.
        }
    }
}

/// <summary>A story that was played, with the incident that came of it; null when none did.</summary>
internal sealed record PlayedStory(Story Story, DateTimeOffset Begun, Incident? Incident);

/// <summary>How long the stories took.</summary>
internal sealed class StoryClock(TimeProvider time)
{
    private readonly DateTimeOffset start = time.GetUtcNow();

    internal TimeSpan Elapsed { get; private set; }

    internal void Note() => Elapsed = time.GetUtcNow() - start;
}
