using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Commands.Diagnose;
using Prunella.Incidents;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Chaos;
using Prunella.Kubernetes.Chaos.Reading;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.EndToEnd.Scenarios;

/// <summary>What became of a scenario.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Expected">What it expected.</param>
/// <param name="Right">Whether the diagnosis was right, twice in a row.</param>
/// <param name="Seen">What was found at last.</param>
/// <param name="WrongActions">Actions that were proposed at any time and should not have been.</param>
/// <param name="Seconds">From the last change to the answer.</param>
internal sealed record ScenarioResult(string Scenario, string Expected, bool Right, string Seen, IReadOnlyList<string> WrongActions, double Seconds);

/// <summary>Runs one scenario in a namespace of its own on the real cluster.</summary>
internal sealed class ScenarioRun(IServiceProvider services, SemaphoreSlim reads)
{
    // A scenario is right or wrong long before; the bound is for machines ten times slower.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(700);
    private static readonly ApiKind Namespaces = new("Namespace", "v1", "namespaces", Namespaced: false);
    private static readonly ApiKind Accounts = new("ServiceAccount", "v1", "serviceaccounts");

    private static readonly ApiKind[] Kinds =
    [
        ApiKind.Deployment, ApiKind.StatefulSet, ApiKind.DaemonSet, ApiKind.Job, ApiKind.Service, ApiKind.ConfigMap, ApiKind.PersistentVolumeClaim, ApiKind.NetworkPolicy, ApiKind.HorizontalPodAutoscaler,
        new("Secret", "v1", "secrets"), new("ResourceQuota", "v1", "resourcequotas"), new("LimitRange", "v1", "limitranges"), new("Ingress", "networking.k8s.io/v1", "ingresses"),
        new("PodDisruptionBudget", "policy/v1beta1", "poddisruptionbudgets"),
    ];

    private readonly ClusterApi api = services.GetRequiredService<ClusterApi>();
    private readonly ProposalJudge judge = new(services.GetRequiredService<Remediation.Actions.ActionCatalogue>(), new Remediation.Judging.GateOptions());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal async Task<ScenarioResult> RunAsync(Scenario scenario, string @namespace)
    {
        await api.CreateAsync(Namespaces, "", new JsonObject { ["metadata"] = new JsonObject { ["name"] = @namespace } }, dryRun: false, Cancellation);
        try
        {
            await EndToEnd.Processes.Patience.UntilAsync(async () => (await api.FindAsync(Accounts, @namespace, "default", Cancellation))?["secrets"] is not null, "the default service account");
            foreach (var manifest in scenario.Manifests)
            {
                var kind = Kinds.First(candidate => candidate.Name == manifest["kind"]!.GetValue<string>());
                await api.CreateAsync(kind, @namespace, manifest.DeepClone(), dryRun: false, Cancellation);
            }
            if (scenario.AfterReady) await EndToEnd.Processes.Patience.UntilAsync(() => IsWellAsync(@namespace), $"{scenario.Name} to be well before it is broken");
            foreach (var fault in scenario.Faults) await InjectAsync(fault, @namespace);
            return await JudgeAsync(scenario, @namespace);
        }
        finally
        {
            var live = await api.GetAsync(Namespaces, "", @namespace, CancellationToken.None);
            await api.DeleteAsync(Namespaces, "", @namespace, live["metadata"]!["uid"]!.GetValue<string>(), CancellationToken.None);
        }
    }

    private async Task InjectAsync(JsonObject fault, string @namespace)
    {
        var document = (JsonObject)fault.DeepClone();
        document["metadata"]!["namespace"] = @namespace;
        var experiment = ChaosFile.Read("scenario", [JsonSerializer.SerializeToElement(document)])[0];
        await services.GetRequiredService<ChaosInjector>().InjectAsync(experiment, "00000e2e", 1, Cancellation);
    }

    private async Task<ScenarioResult> JudgeAsync(Scenario scenario, string @namespace)
    {
        var started = TimeProvider.System.GetTimestamp();
        var wrong = new HashSet<string>(StringComparer.Ordinal);
        var seen = "nothing was read";
        var right = 0;
        while (right < 2 && TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            ClusterSnapshot snapshot;
            await reads.WaitAsync(Cancellation);
            try
            {
                snapshot = await services.GetRequiredService<LiveSnapshots>().TakeAsync(@namespace, Cancellation);
            }
            finally
            {
                reads.Release();
            }
            var views = Diagnoser.Diagnose(snapshot).Where(ranked => ranked.Finding.Target.Namespace == @namespace).Select(ranked => DiagnosisView.Of(snapshot, ranked, judge)).Where(view => view.Severity > Severity.Info).ToList();
            foreach (var proposal in views.SelectMany(view => view.Proposals).Where(proposal => !scenario.Actions.Contains(proposal.Action))) wrong.Add(proposal.Action);
            seen = views.Count == 0 ? "nothing" : string.Join("; ", views.Select(view => $"{(view.SymptomsOf is null ? "" : "symptom ")}{view.Cause} {view.Target.Kind}/{view.Target.Name}"));
            var settled = scenario.Expect == Scenario.None ? views.Count == 0 && await IsAsItShouldAsync(scenario, @namespace) : IsRight(scenario, views);
            right = settled ? right + 1 : 0;
            await Task.Delay(Interval, TimeProvider.System, Cancellation);
        }
        return new ScenarioResult(scenario.Name, scenario.Expect, right >= 2, seen, [.. wrong], TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>The expected cause first, about the right object, and nothing else but its symptoms.</summary>
    private static bool IsRight(Scenario scenario, List<DiagnosisView> views)
    {
        if (views.Count == 0 || views[0].Cause != scenario.Expect || $"{views[0].Target.Kind}/{views[0].Target.Name}" != scenario.Target) return false;
        // An action that helps is there once the evidence for it is.
        if (scenario.Actions.Count > 0 && !views[0].Proposals.Any(proposal => scenario.Actions.Contains(proposal.Action))) return false;
        return views.Skip(1).All(view => view.SymptomsOf is not null || scenario.Also.Contains(view.Cause));
    }

    private async Task<bool> IsAsItShouldAsync(Scenario scenario, string @namespace) =>
        scenario.Until == "done" ? (await api.GetAsync(ApiKind.Job, @namespace, "job", Cancellation))["status"]?["succeeded"] is not null : await IsWellAsync(@namespace);

    private async Task<bool> IsWellAsync(string @namespace)
    {
        foreach (var kind in (ApiKind[])[ApiKind.Deployment, ApiKind.StatefulSet, ApiKind.DaemonSet])
        {
            foreach (var workload in await api.ListAsync<JsonObject>(kind, @namespace, Cancellation))
            {
                var wanted = Number(workload, kind == ApiKind.DaemonSet ? "status" : "spec", kind == ApiKind.DaemonSet ? "desiredNumberScheduled" : "replicas");
                var ready = Number(workload, "status", kind == ApiKind.DaemonSet ? "numberReady" : "readyReplicas");
                if (Number(workload, "status", "observedGeneration") < Number(workload, "metadata", "generation") || ready != wanted || (kind == ApiKind.DaemonSet && wanted == 0)) return false;
            }
        }
        return true;
    }

    private static long Number(JsonNode workload, string part, string name) => workload[part]?[name]?.GetValue<long>() ?? 0;
}
