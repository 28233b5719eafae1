using System.Globalization;
using Prunella.Integrations.Tests.Processes;
using StackExchange.Redis;

namespace Prunella.Integrations.Tests.Redis;

/// <summary>One Redis for the tests of this folder.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private ServerProcess? process;

    internal string Endpoint { get; private set; } = "";

    internal IConnectionMultiplexer Connection { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (ServerProcess.Find("redis-server") is not { } program) return;
        var port = ServerProcess.FreePort();
        Endpoint = $"127.0.0.1:{port}";
        process = ServerProcess.Start(program, ServerProcess.NewDirectory(), "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--databases", "32");
        await process.UntilAsync(async _ =>
        {
            try
            {
                Connection = await ConnectionMultiplexer.ConnectAsync($"{Endpoint},allowAdmin=true,abortConnect=true,connectRetry=1");
                return true;
            }
            catch (RedisConnectionException)
            {
                return false;
            }
        }, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (Connection is not null) await Connection.DisposeAsync();
        process?.Dispose();
    }
}
