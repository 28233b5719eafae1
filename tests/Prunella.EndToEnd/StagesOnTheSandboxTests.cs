using System.CommandLine;
using System.Text.Json.Nodes;
using Prunella.Commands;
using Prunella.EndToEnd.Processes;
using Prunella.EndToEnd.Serving;
using Prunella.Incidents;
using Prunella.Remediation.Stages;
using Prunella.Sandbox;

namespace Prunella.EndToEnd;

/// <summary>One scope earns its trust step by step with the real commands and the real server, and loses it by failing.</summary>
public class StagesOnTheSandboxTests
{
    private const string Space = "walk";
    private const string Scope = Space + "/Safe";

    // Restarts what hangs. Whether that helps is for the cluster to say.
    private const string RestartWhatHangs =
        """
        name: restart-what-hangs
        version: 1.0.0
        description: An application hangs, and a restart frees it.
        cause: application-hangs
        family: hang
        match:
          alerts: [AppHangs]
        confidence:
          base: 0.95
        summary: '{{target.name}} hangs.'
        actions:
          - action: restart-workload
            why: A fresh start frees it.
        escalateAfter: 1
        advice: Take a thread dump.
        """;

    [Fact]
    public async Task Scope_WalksFromShadowToFull_AndFallsBackAfterFailures()
    {
        await using var sandbox = await SandboxCluster.StartAsync(token: Cancellation);
        var folder = Directory.CreateTempSubdirectory("prunella-stages-").FullName;
        using var server = new PrunellaServer(Path.Combine(folder, "prunella"));
        var kubeconfig = Path.Combine(folder, "kubeconfig");
        Directory.CreateDirectory(Path.Combine(folder, "prunella"));
        await File.WriteAllTextAsync(kubeconfig, sandbox.KubeconfigYaml, Cancellation);
        await server.ConfigureAsync(Space, new Uri("http://127.0.0.1:1"), new ServerSettings
        {
            Stage = null, Playbook = RestartWhatHangs, SettleSeconds = 15, Gate = "    stormShare: 1.0",
            More = "  stages:\n    reviewsMin: 2\n    executionsMin: 1\n    inStageMin: 0s\n    demoteAfterFailures: 2\n  breaker:\n    failureShareMax: 1.0\n",
        });
        await server.StartAsync(kubeconfig);
        var walk = new Walk(sandbox, server);
        await sandbox.ApplyAsync($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {Space}}}\n", Cancellation);

        // Shadow: two decisions, reviewed one by one; before that nothing is promoted, and each figure that is missing is told.
        await walk.TroubleAsync("Closed");
        (await walk.RefusedAsync("promote", Scope)).ShouldContain("0 decisions reviewed of 2");
        await walk.ReviewAllAsync(1);
        (await walk.RefusedAsync("promote", Scope)).ShouldContain("1 decisions reviewed of 2");
        await walk.TroubleAsync("Closed");
        await walk.ReviewAllAsync(1);
        (await walk.PromoteAsync()).ShouldBe("DryRun");

        await walk.TroubleAsync("Closed");
        await walk.TroubleAsync("Closed");
        await walk.ReviewAllAsync(2);
        foreach (var step in StageStep.CanarySteps)
        {
            (await walk.PromoteAsync()).ShouldBe($"Canary {step} %");
            (await walk.RefusedAsync("promote", Scope)).ShouldContain("0 executions ended of 1");
            await walk.TroubleAsync("Resolved");
        }
        (await walk.PromoteAsync()).ShouldBe("Full");
        await walk.TroubleAsync("Resolved");
        (await walk.RefusedAsync("promote", Scope)).ShouldContain("it is at Full");

        // Back down: two failures in a row each time, without anybody's word.
        (await walk.StageAsync()).ShouldBe("Full");
        await walk.TroubleAsync("Escalated", canBeHelped: false);
        (await walk.StageAsync()).ShouldBe("Full", "one failure is none yet");
        await walk.TroubleAsync("Escalated", canBeHelped: false);
        (await walk.StageAsync()).ShouldBe("Canary 5 %");
        await walk.TroubleAsync("Escalated", canBeHelped: false);
        await walk.TroubleAsync("Escalated", canBeHelped: false);
        (await walk.StageAsync()).ShouldBe("DryRun");
        (await walk.RunAsync("stage", "demote", Scope, "--reason", "start again")).Output.ShouldContain("Shadow");
        (await walk.RefusedAsync("demote", Scope)).ShouldContain("in shadow already");

        var ledger = (await server.GetAsync("/api/v1/ledger?limit=500")).AsArray();
        ledger.Count(entry => (string)entry!["kind"]! == "shadow-reviewed").ShouldBe(4);
        var falls = ledger.Where(entry => (string)entry!["kind"]! == "stage-set" && (string)entry["actor"]! == "prunella").Select(entry => entry!["payload"]!["why"]!.GetValue<string>()).ToList();
        falls.Count.ShouldBe(2);
        falls.ShouldAllBe(why => why.StartsWith("2 executions in a row did not fix", StringComparison.Ordinal));
        server.Output.ShouldContain("2 executions in a row did not fix", customMessage: "people are told of the fall");
        await server.ShouldHaveIntactLedgerAsync();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Applications of the smallest canary, so that every step acts on them, each with a trouble of its own.</summary>
    private sealed class Walk(SandboxCluster sandbox, PrunellaServer server)
    {
        private readonly IEnumerator<string> names = Enumerable.Range(0, int.MaxValue).Select(number => $"app-{number}")
            .Where(name => StageState.InCanary(new Target(Target.DefaultCluster, Space, "Deployment", name), StageStep.CanarySteps[0])).GetEnumerator();

        internal async Task TroubleAsync(string ends, bool canBeHelped = true)
        {
            names.MoveNext();
            var probe = canBeHelped ? "" : ", readinessProbe: {exec: {command: [\"false\"]}, periodSeconds: 1}";
            await sandbox.ApplyAsync($$$$"""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: {{{{names.Current}}}}, namespace: {{{{Space}}}}}
                spec: {replicas: 3, selector: {matchLabels: {app: {{{{names.Current}}}}}}, template: {metadata: {labels: {app: {{{{names.Current}}}}}}, spec: {containers: [{name: app, image: busybox, command: [sleep, "86400"]{{{{probe}}}}}]}}}
                """, Cancellation);
            await sandbox.WaitAsync("deployments", Space, names.Current, found => found?["status"]?[canBeHelped ? "readyReplicas" : "replicas"]?.ToString() == "3", TimeSpan.FromMinutes(2), Cancellation);
            (await RunAsync("incident", "report", $"Deployment/{names.Current}", "-n", Space, "-s", "it hangs", "--alert", "AppHangs")).Code.ShouldBe(0);
            JsonNode? last = null;
            await Patience.UntilAsync(async () =>
            {
                last = (await server.IncidentsAsync(Space)).Find(incident => incident.Text("target", "name") == names.Current);
                return last is not null && last.State() is "Closed" or "Resolved" or "Escalated";
            }, $"the trouble of {names.Current} to end", () => $"{last?.ToJsonString()}\n{server.Output}");
            last!.State().ShouldBe(ends, $"{last!.ToJsonString()}\n{server.Output}");
        }

        internal async Task ReviewAllAsync(int expected)
        {
            var waiting = JsonNode.Parse((await RunAsync("shadow", "list", "--scope", Scope, "-o", "json")).Output)!.AsArray();
            waiting.Count.ShouldBe(expected);
            foreach (var decision in waiting) (await RunAsync("shadow", "agree", decision!.Text("digest")[..12], "--reason", "I would have done so")).Code.ShouldBe(0);
        }

        internal async Task<string> PromoteAsync()
        {
            var promoted = await RunAsync("stage", "promote", Scope, "--reason", "the figures suffice");
            promoted.Code.ShouldBe(0, promoted.Error);
            return promoted.Output.Trim()[(Scope.Length + 2)..];
        }

        internal async Task<string> RefusedAsync(string verb, string scope)
        {
            var refused = await RunAsync("stage", verb, scope, "--reason", "please");
            refused.Code.ShouldBe((int)ExitCode.Conflict);
            return refused.Error;
        }

        internal async Task<string> StageAsync()
        {
            var figures = JsonNode.Parse((await RunAsync("stage", "status", Scope, "-o", "json")).Output)!.AsArray().Single()!;
            return new StageStep(Enum.Parse<Stage>(figures.Text("stage")), figures["canaryPercent"]!.GetValue<int>()).ToString();
        }

        internal async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
        {
            using var output = new StringWriter();
            using var error = new StringWriter();
            var parsed = RootCommands.Create().Parse([.. arguments, "--server", server.Address.ToString(), "--token", PrunellaServer.PersonToken]);
            var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null }, Cancellation);
            return (parsed.Errors.Count > 0 ? (int)ExitCode.Usage : code, output.ToString(), error.ToString());
        }
    }
}
