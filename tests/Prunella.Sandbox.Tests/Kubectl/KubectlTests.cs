using System.Diagnostics;

namespace Prunella.Sandbox.Tests.Kubectl;

/// <summary>The real kubectl against the sandbox, as a person at a terminal uses it.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private const string Manifest = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: t}
        data: {colour: blue}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: t}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: c, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, "echo hello; sleep 3600"]}
        """;

    private static readonly string? kubectl = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists);
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-kubectl").FullName;
    private SandboxCluster? cluster;

    public async ValueTask InitializeAsync()
    {
        if (kubectl is null) Assert.Skip("kubectl is not installed");
        cluster = await SandboxCluster.StartAsync(new SandboxOptions { KubeconfigPath = Path.Combine(folder, "config") }, token: TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "web.yaml"), Manifest, TestContext.Current.CancellationToken);
        await RunAsync("create namespace t");
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null) await cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> RunAsync(string arguments, int wantedExit = 0)
    {
        var start = new ProcessStartInfo(kubectl!, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = Path.Combine(folder, "config");
        start.Environment["HOME"] = folder; // its discovery cache must not outlive the cluster
        using var process = Process.Start(start)!;
        var token = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(token);
        var errors = process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        var text = await output + await errors;
        process.ExitCode.ShouldBe(wantedExit, $"kubectl {arguments}\n{text}");
        return text;
    }

    private async Task DeployAsync()
    {
        (await RunAsync("apply -f web.yaml")).ShouldContain("deployment.apps/web created");
        (await RunAsync("-n t rollout status deployment/web --timeout=30s")).ShouldContain("successfully rolled out");
    }

    [Fact]
    public async Task Apply_Twice_IsUnchangedTheSecondTime()
    {
        await DeployAsync();
        var again = await RunAsync("apply -f web.yaml");
        again.ShouldContain("configmap/settings unchanged");
        again.ShouldContain("deployment.apps/web unchanged");
        (await RunAsync("apply --server-side -f web.yaml")).ShouldContain("serverside-applied");
        (await RunAsync("diff -f web.yaml")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Apply_UnknownField_IsRefusedByValidation()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "bad.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: t}\ndta: {a: b}\n", TestContext.Current.CancellationToken);
        (await RunAsync("apply -f bad.yaml", wantedExit: 1)).ShouldContain("unknown field \"dta\"");
    }

    [Fact]
    public async Task Get_Describe_Logs_ShowTheWorkload()
    {
        await DeployAsync();
        var pods = await RunAsync("-n t get pods -o wide");
        pods.ShouldMatch(@"NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE");
        pods.ShouldMatch(@"web-\S+\s+1/1\s+Running\s+0");
        (await RunAsync("get nodes")).ShouldContain("Ready");
        (await RunAsync("-n t get deploy web -o jsonpath={.status.readyReplicas}")).ShouldBe("2");
        (await RunAsync("-n t describe deployment web")).ShouldContain("Scaled up replica set");
        (await RunAsync("-n t describe pods")).ShouldContain("Successfully assigned t/web-");
        (await RunAsync("describe node node-1")).ShouldContain("Allocated resources");
        (await RunAsync("-n t logs deployment/web")).ShouldContain("hello");
        (await RunAsync("-n t get events")).ShouldContain("SuccessfulCreate");
        (await RunAsync("explain deployment.spec.replicas")).ShouldContain("<integer>");
        (await RunAsync("top pods -n t")).ShouldContain("web-");
    }

    [Fact]
    public async Task Scale_Rollout_Undo_History_Work()
    {
        await DeployAsync();
        (await RunAsync("-n t scale deployment web --replicas=3")).ShouldContain("scaled");
        await RunAsync("-n t wait --for=jsonpath={.status.availableReplicas}=3 deployment/web --timeout=30s");
        await RunAsync("-n t set image deployment/web c=no-such-image:1");
        (await RunAsync("-n t rollout status deployment/web --timeout=2s", wantedExit: 1)).ShouldContain("timed out");
        (await RunAsync("-n t rollout undo deployment/web")).ShouldContain("rolled back");
        (await RunAsync("-n t rollout status deployment/web --timeout=30s")).ShouldContain("successfully rolled out");
        var history = await RunAsync("-n t rollout history deployment/web");
        history.ShouldMatch(@"(?m)^2\s");
        history.ShouldMatch(@"(?m)^3\s");
        history.ShouldNotMatch(@"(?m)^1\s");
        (await RunAsync("-n t rollout restart deployment/web")).ShouldContain("restarted");
        (await RunAsync("-n t rollout status deployment/web --timeout=30s")).ShouldContain("successfully rolled out");
        (await RunAsync("-n t rollout pause deployment/web")).ShouldContain("paused");
    }

    [Fact]
    public async Task Create_Commands_AreUnderstoodInProtobufToo()
    {
        await RunAsync("-n t create configmap c --from-literal=a=b");
        await RunAsync("-n t create secret generic s --from-literal=p=q");
        await RunAsync("-n t create deployment d --image=nginx --replicas=2 --port=80");
        await RunAsync("-n t expose deployment d");
        await RunAsync("-n t create job j --image=busybox -- sh -c true");
        await RunAsync("-n t wait --for=condition=complete job/j --timeout=30s");
        await RunAsync("-n t create poddisruptionbudget p --selector=app=d --min-available=1");
        await RunAsync("-n t autoscale deployment d --min=1 --max=3 --cpu-percent=50");
        (await RunAsync("-n t get configmap c -o jsonpath={.data.a}")).ShouldBe("b");
        (await RunAsync("-n t get deployment d -o jsonpath={.spec.replicas}")).ShouldBe("2");
        (await RunAsync("auth can-i delete pods")).ShouldContain("yes");
    }

    [Fact]
    public async Task Drain_RespectsTheBudgetThenEmptiesTheNode()
    {
        await DeployAsync();
        await RunAsync("-n t create poddisruptionbudget p --selector=app=web --min-available=1");
        var node = (await RunAsync("-n t get pods -o jsonpath={.items[0].spec.nodeName}")).Trim();
        await RunAsync($"drain {node} --timeout=60s");
        (await RunAsync($"get node {node}")).ShouldContain("SchedulingDisabled");
        (await RunAsync($"get pods -A --field-selector spec.nodeName={node}")).ShouldContain("No resources found");
        await RunAsync($"uncordon {node}");
    }

    [Fact]
    public async Task Delete_Waits_AndExecIsRefusedClearly()
    {
        await DeployAsync();
        (await RunAsync("-n t exec deployment/web -- ls", wantedExit: 1)).ShouldContain("not supported by the sandbox");
        (await RunAsync("delete -f web.yaml --timeout=60s")).ShouldContain("deployment.apps \"web\" deleted");
        await RunAsync("-n t wait --for=delete pod -l app=web --timeout=30s");
        await RunAsync("delete namespace t --timeout=60s");
        (await RunAsync("get namespace t", wantedExit: 1)).ShouldContain("NotFound");
    }
}
