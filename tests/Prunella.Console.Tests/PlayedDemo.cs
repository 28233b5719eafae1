using System.Text;
using System.Text.RegularExpressions;
using Prunella.Demo;
using Prunella.Demo.Stories;
using Prunella.Hosting;

namespace Prunella.Console.Tests;

/// <summary>The whole of Prunella with one story of the demo: engine, sandbox cluster and alerts, on the clock of the wall. Nobody answers but the test.</summary>
internal sealed partial class PlayedDemo : IAsyncDisposable
{
    private readonly ListeningWriter told = new();
    private readonly CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-story-").FullName;
    private readonly DemoClock clock = new(DemoClock.AsOnTheWall);
    private Task playing = Task.CompletedTask;

    internal Uri Address { get; private set; } = null!;

    internal TimeProvider Clock => clock;

    /// <summary>Starts it, until it can be asked.</summary>
    /// <param name="alert">The story's alert.</param>
    /// <param name="configuration">Further configuration, as YAML; empty for none.</param>
    internal static async Task<PlayedDemo> StartAsync(string alert, string configuration = "")
    {
        var demo = new PlayedDemo();
        try
        {
            await demo.PlayAsync(alert, configuration);
            return demo;
        }
        catch
        {
            await demo.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await playing;
        ending.Dispose();
        clock.Dispose();
        await told.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task PlayAsync(string alert, string configuration)
    {
        var file = Path.Combine(folder, "prunella.yaml");
        await File.WriteAllTextAsync(file, configuration, ending.Token);
        var run = new DemoRun(new ServeSettings { Demo = true, Urls = "http://127.0.0.1:0", Data = folder, ConfigFile = configuration.Length > 0 ? file : null }, new Narrator(told, colours: false, 200, clock), clock)
        {
            Stories = [AllStories.Shop.Single(story => story.Alert == alert)], OnCallAnswers = false,
        };
        playing = run.PlayAsync(ending.Token);
        if (await Task.WhenAny(playing, told.Address.Task) == playing) await playing;
        Address = await told.Address.Task;
    }

    /// <summary>What the demo tells, and the address in it.</summary>
    private sealed partial class ListeningWriter : StringWriter
    {
        internal TaskCompletionSource<Uri> Address { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            if (value is not null && OpenLine().Match(value) is { Success: true } open) Address.TrySetResult(new Uri(open.Groups[1].Value));
        }

        [GeneratedRegex(@"^\s*Open\s+(http\S+)", RegexOptions.CultureInvariant)]
        private static partial Regex OpenLine();
    }
}
