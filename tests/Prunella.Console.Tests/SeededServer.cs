using Prunella.Console.Tests;
using Prunella.Hosting;
using Prunella.Tests;

[assembly: AssemblyFixture(typeof(SeededServer))]

namespace Prunella.Console.Tests;

/// <summary>A server as the demo starts it, without its engine, with one incident of each kind: what the pages show does not move by itself.</summary>
public sealed class SeededServer : IAsyncLifetime
{
    private RunningServer? server;

    internal Seed Seed { get; private set; } = null!;

    internal Uri Address => server!.Address;

    internal IServiceProvider Services => server!.Services;

    public async ValueTask InitializeAsync()
    {
        server = await RunningServer.StartAsync(settings: new ServeSettings { Demo = true, WithoutEngine = true });
        Seed = await Seed.SowAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }
}
