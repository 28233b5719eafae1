using Prunella.Api;
using Prunella.Incidents;
using Prunella.Kubernetes.Chaos;
using Prunella.Remediation.Injections;

namespace Prunella.Commands.Chaos;

/// <summary>Tells the running server of injections, so that its reports tell them from real failures.</summary>
/// <param name="server">The server; null when none was named, and then nothing is told.</param>
internal sealed class ChaosMarks(ServerConnection? server)
{
    /// <summary>Before anything is changed: a server that cannot be told stops the experiment.</summary>
    internal Task AnnounceAsync(Experiment experiment, string id, CancellationToken cancellation) => SendAsync(id, experiment, [], cancellation);

    /// <summary>What it turned out to touch.</summary>
    internal Task TouchedAsync(Injection injection, CancellationToken cancellation) => SendAsync(injection.Id, injection.Experiment,
        [.. injection.Touched.Select(target => new InjectionTarget(Target.DefaultCluster, target.Namespace, target.Kind, target.Name))], cancellation);

    internal async Task EndedAsync(string id, IReadOnlyList<Restored> restored, CancellationToken cancellation)
    {
        if (server is null) return;
        var text = string.Join("; ", restored.Select(one => $"{one.Target}: {one.Text}"));
        await server.SendAsync<InjectionRecord>(HttpMethod.Post, $"api/v1/injections/{id}/end", new InjectionEndRequest(text.Length > 900 ? text[..900] : text), cancellation);
    }

    private async Task SendAsync(string id, Experiment experiment, IReadOnlyList<InjectionTarget> targets, CancellationToken cancellation)
    {
        if (server is null) return;
        await server.SendAsync<InjectionRecord>(HttpMethod.Put, $"api/v1/injections/{id}", new InjectionRequest(experiment.Name, experiment.FaultName, experiment.Namespaces, targets), cancellation);
    }
}
