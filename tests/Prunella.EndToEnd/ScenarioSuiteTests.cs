using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Commands.Playbooks;
using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Scenarios;
using Prunella.Kubernetes.Connection;

namespace Prunella.EndToEnd;

/// <summary>
/// Every trouble of Scenarios/*.yaml on the real cluster, many side by side: the right cause stands first, and nothing is proposed
/// that should not be done. <c>PRUNELLA_SCENARIOS</c> names some of them, for work on one.
/// </summary>
public class ScenarioSuiteTests(ITestOutputHelper output)
{
    private const int SideBySide = 20;
    private const int ReadsAtOnce = 3;
    private const string IngressClass = "prunella-scenarios";
    private static readonly ApiKind IngressClasses = new("IngressClass", "networking.k8s.io/v1", "ingressclasses", Namespaced: false);

    [Fact]
    public async Task EveryScenario_IsDiagnosedRight_NothingWrongIsProposed()
    {
        var all = Scenario.ReadAll();
        all.Count.ShouldBeGreaterThanOrEqualTo(50);
        all.Select(scenario => scenario.Expect).Distinct().Count().ShouldBeGreaterThanOrEqualTo(25);
        all.Count(scenario => scenario.Expect == Scenario.None).ShouldBeGreaterThanOrEqualTo(5);
        var only = Environment.GetEnvironmentVariable("PRUNELLA_SCENARIOS")?.Split(',');
        var wanted = all.Where(scenario => only is null || only.Contains(scenario.Name)).ToList();

        await using var cluster = await RealCluster.OpenAsync();
        await using var services = PlaybookInputs.Services(new KubernetesOptions { Kubeconfig = cluster.Kubeconfig, RequestsPerSecondMax = 2_000, ConcurrencyMax = 32 });
        var api = services.GetRequiredService<ClusterApi>();
        await NameIngressClassAsync(api);
        cluster.AtEnd(() => cluster.Client.NetworkingV1.DeleteIngressClassAsync(IngressClass, cancellationToken: CancellationToken.None));
        using var reads = new SemaphoreSlim(ReadsAtOnce);
        using var places = new SemaphoreSlim(SideBySide);
        var run = new ScenarioRun(services, reads);
        var results = await Task.WhenAll(wanted.Select(async (scenario, index) =>
        {
            await places.WaitAsync(TestContext.Current.CancellationToken);
            try
            {
                return await run.RunAsync(scenario, string.Create(CultureInfo.InvariantCulture, $"{cluster.Namespace}-s{index}"));
            }
            finally
            {
                places.Release();
            }
        }));

        Tell(results);
        results.SelectMany(result => result.WrongActions.Select(action => $"{result.Scenario}: {action}")).ShouldBeEmpty("wrong actions");
        // Ninety-eight of a hundred, as the goal is; which ones were wrong stands in the output.
        results.Count(result => !result.Right).ShouldBeLessThanOrEqualTo(results.Length / 50, string.Join('\n', results.Where(result => !result.Right)));
    }

    private void Tell(ScenarioResult[] results)
    {
        foreach (var result in results)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(result.Right ? "right" : "WRONG")}  {result.Seconds,6:0.0} s  {result.Scenario,-44} {result.Expected,-30} {(result.Right ? "" : "saw: " + result.Seen)}"));
        output.WriteLine($"{results.Count(result => result.Right)} of {results.Length} right, {results.Sum(result => result.WrongActions.Count)} wrong actions, {results.Select(result => result.Expected).Distinct().Count()} causes");
    }

    /// <summary>A class for the ingresses of the scenarios that are about something else. It is nobody's default and leads nowhere.</summary>
    private static async Task NameIngressClassAsync(ClusterApi api)
    {
        if (await api.FindAsync(IngressClasses, "", IngressClass, TestContext.Current.CancellationToken) is not null) return;
        await api.CreateAsync(IngressClasses, "", JsonNode.Parse("""{"apiVersion":"networking.k8s.io/v1","kind":"IngressClass","metadata":{"name":"prunella-scenarios"},"spec":{"controller":"prunella.io/none"}}""")!, dryRun: false, TestContext.Current.CancellationToken);
    }
}
