using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Prunella.Auth;

namespace Prunella.Tests.Auth;

/// <summary>A server whose console is opened at a provider: group <c>sre</c> approves, group <c>guests</c> looks.</summary>
internal sealed record OidcServer(RunningServer Server, OidcProvider Provider) : IAsyncDisposable
{
    internal static async Task<OidcServer> StartAsync(params KeyValuePair<string, string?>[] more)
    {
        var provider = await OidcProvider.StartAsync();
        var secret = Path.Combine(Directory.CreateTempSubdirectory("prunella-oidc").FullName, "secret");
        await File.WriteAllTextAsync(secret, OidcProvider.Secret, TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var configuration = new Dictionary<string, string?>
        {
            ["auth:oidc:authority"] = provider.Address.ToString().TrimEnd('/'), ["auth:oidc:address"] = "http://127.0.0.1", ["auth:oidc:clientId"] = OidcProvider.ClientId, ["auth:oidc:credential"] = $"file:{secret}",
            ["auth:oidc:name"] = "Test ID", ["auth:oidc:answersWithin"] = "00:01:00", ["auth:failuresPerMinuteMax"] = "10000",
            ["auth:oidc:roles:0:value"] = "sre", ["auth:oidc:roles:0:role"] = "Approver", ["auth:oidc:roles:1:value"] = "guests",
        };
        foreach (var (key, value) in more) configuration[key] = value;
        var server = await RunningServer.StartAsync(configuration);
        // The port is known only now; a real one is configured.
        server.Services.GetRequiredService<IOptions<AuthOptions>>().Value.Oidc.Address = server.Address.ToString();
        provider.Console = server.Address;
        return new(server, provider);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

/// <summary>One such server for tests that need no other.</summary>
public sealed class SharedOidcServer : IAsyncLifetime
{
    private OidcServer? both;

    public async ValueTask InitializeAsync() => both = await OidcServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (both is not null) await both.DisposeAsync();
    }

    /// <summary>The server, with a provider that does what it should.</summary>
    internal OidcServer Fresh(string name = "ana", params string[] groups)
    {
        (both!.Provider.Forge, both.Provider.TokenStatus, both.Provider.Name, both.Provider.Groups) = (null, null, name, groups.Length > 0 ? groups : ["sre"]);
        return both;
    }
}
