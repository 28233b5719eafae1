using Prunella.Kubernetes.Actions.Firewall;

namespace Prunella.Hosting;

/// <summary>Lets network policies that an action made expire on time, whatever the engine is doing.</summary>
internal sealed class FirewallSweepService(FirewallSweeper sweeper) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => sweeper.RunAsync(stoppingToken);
}
