using Prunella.Kubernetes.Causes;

namespace Prunella.Kubernetes.Tests.Causes;

/// <summary>What looks like trouble and is none.</summary>
public sealed class NotFindingsTests
{
    [Fact]
    public void RolloutHalfway_IsNone()
    {
        var snapshot = Diagnosed.RecordedSnapshot("rollout-in-progress");
        snapshot.Find("Deployment", "shop", "api").ShouldNotBeNull().Status["updatedReplicas"].Int().ShouldBeInRange(1, 3);
        Diagnosed.Recorded("rollout-in-progress").ShouldBeWell();
    }

    [Fact]
    public void CompletedJobWithRetries_IsNone() => Diagnosed.Recorded("job-retried").ShouldBeWell();

    [Fact]
    public void HealthyNamespaceWithAParkedDeploymentAndADoneJob_HasNoFindingAtAll() => Diagnosed.Recorded("healthy").ShouldBeEmpty();

    // Hand-written after the API's documentation: the job's controller of the test cluster has no sidecars.
    [Fact]
    public void SucceededPodWithAFailedSidecar_IsNone() => Diagnosed.From("""
        apiVersion: v1
        kind: Pod
        metadata: { name: import-1, namespace: shop }
        spec: { containers: [{ name: main }, { name: sidecar }] }
        status: { phase: Succeeded, containerStatuses: [{ name: main, state: { terminated: { exitCode: 0, reason: Completed } } }, { name: sidecar, restartCount: 4, state: { terminated: { exitCode: 1, reason: Error } } }] }
        """, ("shop/import-1/sidecar", "panic: connection refused db:5432")).ShouldBeEmpty();

    [Fact]
    public void ConfigMapsOfInitContainersProjectedOrLoadedBySidecars_AreNone() =>
        Diagnosed.Recorded("config-maps").Select(ranked => ranked.Finding.Target.Name).ShouldBe(["hollow", "unused"], ignoreOrder: true);

    // Hand-written after the API's documentation: the test cluster is too old for autoscaling/v2.
    [Fact]
    public void ScalerLimitedAtItsMinimum_IsNone() => Diagnosed.From("""
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api, namespace: shop }
        spec: { minReplicas: 2, maxReplicas: 2, scaleTargetRef: { kind: Deployment, name: api } }
        status: { desiredReplicas: 2, currentReplicas: 2, conditions: [{ type: ScalingLimited, status: "True", reason: TooFewReplicas }, { type: AbleToScale, status: "True" }, { type: ScalingActive, status: "True" }] }
        """).ShouldBeEmpty();

    // Hand-written after the API's documentation.
    [Fact]
    public void LeaderElectionService_IsNone() => Diagnosed.From("""
        apiVersion: v1
        kind: Service
        metadata: { name: scheduler, namespace: shop }
        spec: { selector: { app: nobody } }
        ---
        apiVersion: v1
        kind: Endpoints
        metadata: { name: scheduler, namespace: shop, annotations: { control-plane.alpha.kubernetes.io/leader: '{}' } }
        """ + "\n" + Written.Pod()).ShouldBeEmpty();

    // Hand-written after the API's documentation: node problem detectors add such conditions.
    [Fact]
    public void UnknownNodeConditionThatIsFalse_IsNone() => Diagnosed.From("""
        apiVersion: v1
        kind: Node
        metadata: { name: node1 }
        status: { conditions: [{ type: Ready, status: "True" }, { type: FrequentUnregisterNetDevice, status: "False" }, { type: VMEventScheduled, status: "False" }, { type: SomethingNew, status: "True" }] }
        """).ShouldBeEmpty();

    // Hand-written beside the recording: pods that start and no replica sets.
    [Fact]
    public void RolloutStillInProgress_IsNone() => Diagnosed.From("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop, creationTimestamp: '2025-01-01T00:00:00Z' }
        spec: { replicas: 4, selector: { matchLabels: { app: api } } }
        status: { replicas: 5, updatedReplicas: 2, readyReplicas: 3, conditions: [{ type: Progressing, status: "True", reason: ReplicaSetUpdated, lastTransitionTime: '2026-01-01T00:00:00Z' }, { type: Available, status: "True" }] }
        """ + "\n" + Written.Pod(status: "ready: false, restartCount: 0, state: { waiting: { reason: ContainerCreating } }", ready: false) + Written.Pod(name: "api-7d9f-x2")).ShouldBeEmpty();

    [Fact]
    public void DeploymentScaledToZeroWithoutTraffic_IsNoneAndSaysWhy()
    {
        var snapshot = Diagnosed.RecordedSnapshot("healthy");
        var health = WorkloadHealth.Of(snapshot, snapshot.Locate("Deployment", "shop", "parked")!);
        health.ShouldNotBeNull().Summary.ShouldContain("on purpose");
    }

    [Fact]
    public void HealthyWorkloadThatAPersonWorriesAbout_IsHealthyAndHereIsWhy()
    {
        var snapshot = Diagnosed.RecordedSnapshot("healthy");
        var health = WorkloadHealth.Of(snapshot, snapshot.Locate("Deployment", null, "api")!).ShouldNotBeNull();
        health.Summary.ShouldBe("Healthy: 2 of 2 pods ready, no restarts, no warnings in the last 30 minutes.");
        health.Evidence.ShouldNotBeEmpty();
    }
}
