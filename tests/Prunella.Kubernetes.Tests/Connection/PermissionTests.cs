using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Leader;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Tests.Cluster;
using Prunella.Kubernetes.Tests.Watch;

namespace Prunella.Kubernetes.Tests.Connection;

/// <summary>The role of deploy/ is written from a table, and the table is held against what the code asks for.</summary>
public class PermissionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Set <c>PRUNELLA_WRITE_DOCS=1</c> to write the file in place of comparing it.</summary>
    [Fact]
    public void DeployRbac_IsWrittenFromTheTable()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "Prunella.slnx"))) root = root.Parent;
        var file = Path.Combine(root.FullName, "deploy/rbac.yaml");
        if (Environment.GetEnvironmentVariable("PRUNELLA_WRITE_DOCS") == "1") File.WriteAllText(file, RoleManifest.Write());
        File.ReadAllText(file).ShouldBe(RoleManifest.Write(), "deploy/rbac.yaml is out of date: run this test with PRUNELLA_WRITE_DOCS=1");
    }

    [Fact]
    public void Role_NeverGrantsWhatIsForbidden()
    {
        foreach (var permission in Permission.All)
        {
            permission.Names.ShouldNotContain(name => name.StartsWith("secrets", StringComparison.Ordinal) || name.Contains("rbac", StringComparison.Ordinal) || name.Contains("webhook", StringComparison.Ordinal));
            if (permission.Verbs.Contains("delete")) permission.Names.ShouldBe(["networkpolicies.networking.k8s.io"]);
            // Whether one is being deleted is seen; nothing is ever done to one.
            if (permission.Names.Any(name => name.StartsWith("namespaces", StringComparison.Ordinal))) permission.Verbs.ShouldBe(["get", "list", "watch"]);
            permission.Verbs.ShouldNotContain("*");
            permission.Resources.ShouldNotContain("*");
        }
    }

    [Fact]
    public async Task EverythingItDoes_AsksForWhatTheRoleGrants_AndForAllOfIt()
    {
        await using var world = await OperatorWorld.StartAsync(options =>
        {
            options.LeaderElection = true;
            options.LeaseNamespace = "default";
        });
        var election = world.Services.GetRequiredService<LeaderElection>();
        await election.TryOnceAsync(Cancellation);
        await election.TryOnceAsync(Cancellation);
        await world.Cluster.ApplyAsync(Objects, Cancellation);
        await world.DeployAsync("api");
        await world.Cluster.WaitAsync("statefulsets", "default", "db", found => found?["status"]?["readyReplicas"]?.GetValue<long>() == 1, TimeSpan.FromMinutes(2), Cancellation);

        await ReadEverythingAsync(world);
        await DoEverythingAsync(world);

        var granted = Permission.All.SelectMany(permission => permission.Verbs.SelectMany(verb => permission.Names.Select(name => (Verb: verb, Resource: name)))).ToHashSet();
        world.Api.UsedPermissions.Except(granted).ShouldBeEmpty("asked for and not granted");
        // Exec is asked for by the client library, with get by older clusters' measure.
        granted.Except(world.Api.UsedPermissions).Except([("get", "pods/exec")]).ShouldBeEmpty("granted and never asked for");
    }

    private static async Task ReadEverythingAsync(OperatorWorld world)
    {
        var source = world.Services.GetRequiredService<IWorkloadSource>();
        (string Label, string Name)[] ways =
        [
            ("deployment", "api"), ("statefulset", "db"), ("daemonset", "agent"), ("replicaset", "none"), ("job_name", "none"), ("cronjob", "none"),
            ("horizontalpodautoscaler", "api"), ("persistentvolumeclaim", "data"), ("service", "api"), ("node", "node-1"), ("pod", "none"),
        ];
        foreach (var (label, name) in ways)
        {
            var found = await source.ResolveAsync(Signal(label, name), Cancellation);
            if (found.Target is not { } target) continue;
            await source.ReadAsync(target, Cancellation);
            await source.GatherAsync(target, TimeProvider.System.GetUtcNow(), Cancellation);
            await source.SurveyAsync(target, Cancellation);
        }
        // What the operator alone makes a target of.
        foreach (var target in (Target[])[new("default", "", "Namespace", "default"), new("default", "default", "Ingress", "none")]) await source.ReadAsync(target, Cancellation);
        await world.Services.GetRequiredService<LiveSnapshots>().TakeForIncidentAsync("default", Cancellation);
    }

    private static async Task DoEverythingAsync(OperatorWorld world)
    {
        var driver = world.Services.GetRequiredService<IActionDriver>();
        (string Action, string Kind, string Name, (string, string)[] Parameters)[] all =
        [
            ("restart-workload", "Deployment", "api", []), ("restart-database", "StatefulSet", "db", []), ("restart-workload", "DaemonSet", "agent", []), ("rotate-connection-pool", "Deployment", "api", []),
            ("scale-up", "Deployment", "api", []), ("scale-down", "Deployment", "api", []), ("raise-memory-limit", "Deployment", "web", []), ("raise-cpu-limit", "Deployment", "web", []),
            ("rollback-rollout", "Deployment", "api", []), ("restart-pod", "Deployment", "api", []), ("clean-up-pods", "Deployment", "api", []), ("await-repair", "Deployment", "api", []),
            ("adjust-probe", "Deployment", "web", [("container", "app"), ("probe", "readiness"), ("timeout-seconds", "5")]), ("adjust-pdb", "PodDisruptionBudget", "api", []),
            ("adjust-hpa", "HorizontalPodAutoscaler", "api", []), ("expand-volume", "PersistentVolumeClaim", "data", [("size", "2Gi")]), ("kill-process", "Deployment", "api", [("process", "sleep"), ("cpu-share", "0.9")]),
            ("raise-connection-limit", "Deployment", "web", [("key", "POOL"), ("config-map", "web")]), ("change-firewall", "Deployment", "api", [("mode", "deny"), ("cidr", "192.0.2.0/24"), ("expires-in", "10m")]),
            ("cordon-node", "Node", "node-1", []), ("uncordon-node", "Node", "node-1", []), ("drain-node", "Node", "node-1", []),
        ];
        foreach (var (action, kind, name, parameters) in all)
        {
            driver.Actions.ShouldContain(known => known.Name == action);
            var target = new Target("default", kind == "Node" ? "" : "default", kind, name);
            var plan = await driver.PlanAsync(RealCluster.Propose(action, target, parameters), Cancellation);
            if (plan.Blockers.Count > 0)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{action}: {string.Join(" ", plan.Blockers)}");
                continue;
            }
            var effect = await driver.ExecuteAsync(plan, RealCluster.NewExecution(), Cancellation);
            TestContext.Current.TestOutputHelper?.WriteLine($"{action}: {effect.Kind} {effect.Text}");
            if (action == "change-firewall" && plan.Undo is { } undo) await driver.UndoAsync(undo, RealCluster.NewExecution(), Cancellation);
        }
    }

    private static Signal Signal(string label, string name) => new()
    {
        Id = new SignalId(Guid.CreateVersion7()), Source = "test", Fingerprint = label, Status = SignalStatus.Firing, Name = "Test", StartsAt = DateTimeOffset.UnixEpoch, ReceivedAt = DateTimeOffset.UnixEpoch,
        Labels = new Dictionary<string, string> { ["namespace"] = "default", [label] = name },
    };

    private const string Objects =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: api, namespace: default}
        spec: {selector: {app: api}, ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: web, namespace: default}
        data: {POOL: "20"}
        ---
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: growing}
        provisioner: sandbox/any
        allowVolumeExpansion: true
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data, namespace: default}
        spec: {accessModes: [ReadWriteOnce], storageClassName: growing, resources: {requests: {storage: 1Gi}}}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: api, namespace: default}
        spec: {minAvailable: 2, selector: {matchLabels: {app: api}}}
        ---
        apiVersion: autoscaling/v1
        kind: HorizontalPodAutoscaler
        metadata: {name: api, namespace: default}
        spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 1, maxReplicas: 3}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: db, namespace: default}
        spec:
          replicas: 1
          serviceName: db
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: busybox, command: [sleep, "100000"]}]}
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: agent, namespace: default}
        spec:
          selector: {matchLabels: {app: agent}}
          template:
            metadata: {labels: {app: agent}}
            spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: busybox, command: [sleep, "100000"]}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: default}
        spec:
          replicas: 1
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
                - name: app
                  image: busybox
                  command: [sleep, "100000"]
                  env: [{name: POOL, valueFrom: {configMapKeyRef: {name: web, key: POOL}}}]
                  readinessProbe: {exec: {command: ["true"]}}
                  resources: {limits: {memory: 64Mi, cpu: 100m}, requests: {memory: 16Mi}}
        """;
}
