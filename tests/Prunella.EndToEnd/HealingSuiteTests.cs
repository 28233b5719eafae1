using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Commands.Playbooks;
using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Processes;
using Prunella.EndToEnd.Scenarios;
using Prunella.EndToEnd.Serving;
using Prunella.Kubernetes.Connection;

namespace Prunella.EndToEnd;

/// <summary>
/// Every trouble of Healing/*.yaml at stage Full under one server: what can be healed is, with the one action that may be taken and
/// as the workload's readiness proves; what only a person can mend escalates by the names of what is missing. What needs an
/// approval gets one through the API. It runs alone: a kubelet that has much to tell drops the events that name what is wrong. <c>PRUNELLA_SCENARIOS</c> names some of them, for work on one.
/// </summary>
[Collection(MeasuredAlone.Name)]
public class HealingSuiteTests(ITestOutputHelper output)
{
    // More at once, and the kubelet drops events that name what is wrong: it may send five a second.
    private const int SideBySide = 6;

    // Causes are held to by the suite of scenarios, forty-nine of fifty. Here a trouble may be called by its symptom while the kubelet
    // has not told more; a healing is right or wrong whatever it was called.
    private const int OtherCausesMax = 3;
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryTrouble_IsHealedOrPutToAPersonByName_NothingElseIsDone()
    {
        var only = Environment.GetEnvironmentVariable("PRUNELLA_SCENARIOS")?.Split(',');
        var wanted = Scenario.ReadAll("Healing").Where(scenario => only is null || only.Contains(scenario.Name)).ToList();
        await using var cluster = await RealCluster.OpenAsync();
        await using var services = PlaybookInputs.Services(new KubernetesOptions { Kubeconfig = cluster.Kubeconfig, RequestsPerSecondMax = 2_000, ConcurrencyMax = 32 });
        var folder = Directory.CreateTempSubdirectory("prunella-healing-").FullName;
        using var server = new PrunellaServer(Path.Combine(folder, "prunella"));
        var places = wanted.Select((_, index) => string.Create(CultureInfo.InvariantCulture, $"{cluster.Namespace}-h{index}")).ToList();
        await server.ConfigureAsync(cluster.Namespace, null, new ServerSettings
        {
            // Twenty workloads in trouble at once are a storm, in which nothing would be done; here they are the exercise.
            Operator = true, Among = places, SettleSeconds = 120, Gate = "    stormShare: 1.0\n    stormWorkloadsMin: 1000\n    workloadsMax: 50",
        });
        await server.StartAsync(cluster.Kubeconfig);
        await server.UntilWatchingAsync();
        await cluster.UntilKubeletIsHeardAsync();

        using var turns = new SemaphoreSlim(SideBySide);
        var results = await Task.WhenAll(wanted.Select(async (scenario, index) =>
        {
            await turns.WaitAsync(Cancellation);
            try
            {
                return await PlayAsync(scenario, places[index], services, server);
            }
            finally
            {
                turns.Release();
            }
        }));

        foreach (var (scenario, faults, told, _) in results) output.WriteLine($"{(faults.Count == 0 ? "right" : "WRONG")}  {scenario.Name,-44} {told}{string.Concat(faults.Select(fault => $"\n       {fault}"))}");
        var others = results.Where(result => !result.AsExpected).Select(result => $"{result.Scenario.Name}: {result.Told}").ToList();
        others.Count.ShouldBeLessThanOrEqualTo(OtherCausesMax, string.Join('\n', others));
        results.SelectMany(result => result.Faults.Select(fault => $"{result.Scenario.Name}: {fault}")).ShouldBeEmpty(server.Output);
        await server.ShouldHaveIntactLedgerAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<(Scenario Scenario, List<string> Faults, string Told, bool AsExpected)> PlayAsync(Scenario scenario, string @namespace, IServiceProvider services, PrunellaServer server)
    {
        await using var place = await ScenarioPlace.OpenAsync(services, scenario, @namespace);
        var before = await place.ReplicasAsync();
        await place.BreakAsync(scenario);
        var end = scenario.Actions.Count > 0 ? "Resolved" : "Escalated";
        JsonNode? incident = null;
        var incidents = new List<JsonNode>();
        var faults = new List<string>();
        try
        {
            await Patience.UntilAsync(async () =>
            {
                incidents = await Task.WhenAll((await server.IncidentsAsync(@namespace)).Select(summary => server.GetAsync($"/api/v1/incidents/{summary.Id()}"))) is { } all ? [.. all] : [];
                foreach (var asked in (await server.GetAsync("/api/v1/approvals?pending=true")).AsArray().Where(asked => asked!["target"]!["namespace"]!.GetValue<string>() == @namespace)) await server.ApproveAsync(asked!);
                var about = incidents.FindAll(one => $"{one.Text("summary", "target", "kind")}/{one.Text("summary", "target", "name")}" == scenario.Target);
                incident = about.Find(one => CauseOf(one) == scenario.Expect) ?? about.FirstOrDefault();
                return incident is not null && incidents.TrueForAll(one => one.State() is "Resolved" or "Escalated" or "Closed");
            }, scenario.Name, () => "", Within);
        }
        catch (TimeoutException)
        {
            faults.Add($"was not over in time: {string.Join("; ", incidents.Select(Told))}");
            return (scenario, faults, "", true);
        }

        var told = incident!;
        if (told.State() != end) faults.Add($"ended as {told.State()}, not {end}: {ServerStory.Show(told)}");
        var acted = incidents.SelectMany(one => one.Attempts()).Where(attempt => attempt["actedAt"] is not null).ToList();
        foreach (var wrong in acted.Where(attempt => !scenario.Actions.Contains(attempt.Text("action")))) faults.Add($"did {wrong.Text("action")}");
        if (scenario.Actions.Count > 0 && acted.Count == 0) faults.Add("nothing was done");
        if (scenario.Actions.Count > 0 && !await place.IsWellAsync()) faults.Add("is not well after it was called fixed");
        foreach (var (name, replicas) in before)
            if ((await place.ReplicasAsync()).GetValueOrDefault(name) < replicas) faults.Add($"{name} had {replicas} replicas and has fewer");
        foreach (var word in scenario.Says)
            if (!told.Text("advice").Contains(word, StringComparison.Ordinal)) faults.Add($"the advice does not name {word}: {told.Text("advice")}");
        return (scenario, faults, $"{CauseOf(told),-26} {string.Join(", ", acted.Select(attempt => attempt.Text("action")))} {told.State()}{(scenario.Says.Count > 0 ? $": {told.Text("advice")}" : "")}", CauseOf(told) == scenario.Expect);
    }

    private static string CauseOf(JsonNode incident) => incident.Text("diagnosis", "cause");

    private static string Told(JsonNode incident) => $"{CauseOf(incident)} {incident.Text("summary", "target", "kind")}/{incident.Text("summary", "target", "name")} {incident.State()} {string.Join(",", incident.Attempts().Select(attempt => $"{attempt.Text("action")} {attempt.Text("verdict")}"))}";
}
