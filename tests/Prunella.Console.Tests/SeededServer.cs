using Prunella.Console.Tests;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Hosting;
using Prunella.Kubernetes.Watch;
using Prunella.Tests;

[assembly: AssemblyFixture(typeof(SeededServer))]

namespace Prunella.Console.Tests;

/// <summary>A server as the demo starts it, without its engine, with one incident of each kind: what the pages show does not move by itself.</summary>
public sealed class SeededServer : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("prunella-console-");
    private RunningServer? server;

    internal FixedWorkloads Workloads { get; } = new();

    internal Seed Seed { get; private set; } = null!;

    internal Uri Address => server!.Address;

    internal IServiceProvider Services => server!.Services;

    public async ValueTask InitializeAsync()
    {
        server = await RunningServer.StartAsync([.. LogSeed.Configuration(folder.FullName), new("traces:store:directory", Path.Combine(folder.FullName, "traces"))], new ServeSettings { Demo = true, WithoutEngine = true }, services => services.AddSingleton<IWatchedWorkloads>(Workloads));
        Seed = await Seed.SowAsync(server);
        await LogSeed.SowAsync(server);
        await TraceSeed.SowAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
