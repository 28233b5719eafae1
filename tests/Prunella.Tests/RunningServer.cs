using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Auth;
using Prunella.Hosting;
using Prunella.Incidents.Workloads;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Memory;

namespace Prunella.Tests;

/// <summary>A real server on a free loopback port over the store in memory; the engine is not started unless asked.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private RunningServer(WebApplication application, Uri address, MemoryRemediationStore store)
    {
        (this.application, Address, Store) = (application, address, store);
        Anonymous = new HttpClient { BaseAddress = address };
    }

    internal Uri Address { get; }

    internal MemoryRemediationStore Store { get; }

    internal HttpClient Anonymous { get; }

    internal IServiceProvider Services => application.Services;

    internal static async Task<RunningServer> StartAsync(
        IEnumerable<KeyValuePair<string, string?>>? configuration = null, ServeSettings? settings = null, Action<IServiceCollection>? adapt = null, TimeProvider? time = null)
    {
        settings = (settings ?? new ServeSettings { WithoutEngine = true }) with { Urls = "http://127.0.0.1:0" };
        var loaded = ServerConfiguration.Load(file: null, new KeyValuePair<string, string?>[] { new("storage:provider", "memory") }.Concat(configuration ?? []).Concat(settings.AsConfiguration()));
        loaded.Faults.ShouldBeEmpty();
        var keys = LedgerKeyRing.Of(new byte[32]);
        var store = new MemoryRemediationStore(time ?? TimeProvider.System, new LedgerChain(keys));
        var application = Server.Build(settings, loaded, services =>
        {
            services.AddSingleton<IRemediationStore>(store);
            services.AddSingleton(new LedgerVerifier(keys));
            services.AddSingleton<IWorkloadSource, NoCluster>();
            if (time is not null) services.AddSingleton(time);
            adapt?.Invoke(services);
        });
        await application.StartAsync(TestContext.Current.CancellationToken);
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new RunningServer(application, new Uri(address), store);
    }

    /// <summary>A client that carries the token of a person of this role.</summary>
    internal async Task<HttpClient> AsAsync(Role role, string? name = null) =>
        WithToken((await Services.GetRequiredService<TokenBook>().CreateAsync(name ?? role.ToString(), role, null, "test", TestContext.Current.CancellationToken))!);

    internal HttpClient WithToken(string token)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        await application.StopAsync();
        await application.DisposeAsync();
    }
}
