using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Prunella.Commands;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;
using Prunella.Ledger;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Playbooks;

namespace Prunella.Hosting;

/// <summary>Runs a built server until it is told to stop.</summary>
internal static partial class ServerRun
{
    /// <summary>Starts, says where it listens, waits for Ctrl-C, SIGTERM or the token, stops.</summary>
    /// <exception cref="CommandFailedException">It could not start: the port is taken, the options contradict each other, a playbook has errors.</exception>
    internal static async Task UntilStoppedAsync(WebApplication app, CancellationToken cancellation)
    {
        await StartAsync(app, cancellation);
        Listening(app.Logger, string.Join(' ', AddressesOf(app)));
        await app.WaitForShutdownAsync(cancellation);
        if (app.Services.GetServices<IHostedService>().OfType<EngineService>().FirstOrDefault()?.Failure is { } failure)
            throw new CommandFailedException(ExitCode.Configuration, failure);
    }

    /// <summary>Starts, or says why not.</summary>
    internal static async Task StartAsync(WebApplication app, CancellationToken cancellation)
    {
        try
        {
            _ = app.Services.GetRequiredService<StoreOpening>().BeginAsync();
            // First by itself: what it is made of reads the cluster's address, the keys and the playbooks, and says what is wrong with them.
            app.Services.GetRequiredService<RemediationEngine>();
            if (app.Services.GetRequiredService<IWorkloadSource>() is NoCluster) WithoutCluster(app.Logger);
            await app.StartAsync(cancellation);
        }
        catch (IOException taken)
        {
            throw new CommandFailedException(ExitCode.Configuration, $"{taken.Message} Another address is given by --urls or server:urls.");
        }
        catch (Exception invalid) when (invalid is OptionsValidationException or ClusterConfigurationException or PlaybookInvalidException or LedgerKeyException)
        {
            throw new CommandFailedException(ExitCode.Configuration, invalid.Message);
        }
    }

    /// <summary>The addresses that it listens on, with the ports that were chosen.</summary>
    internal static IReadOnlyList<string> AddressesOf(WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    [LoggerMessage(1003, LogLevel.Warning, "No cluster is configured: signals are kept and escalate. Give one with --kubeconfig")]
    private static partial void WithoutCluster(ILogger logger);

    [LoggerMessage(1002, LogLevel.Information, "Listening on {Addresses}")]
    private static partial void Listening(ILogger logger, string addresses);
}
