namespace Prunella.Kubernetes.Tests.Causes;

/// <summary>Parts of objects that tests put together by hand.</summary>
internal static class Written
{
    /// <summary>A pod of a deployment <c>shop/api</c>, running and ready, unless told otherwise.</summary>
    /// <param name="container">Fields of the container, in YAML flow style.</param>
    /// <param name="status">Fields of the container's status.</param>
    /// <param name="phase">The pod's phase.</param>
    /// <param name="ready">Whether it is ready.</param>
    /// <param name="spec">More fields of the pod's specification.</param>
    /// <param name="name">The pod's name.</param>
    /// <param name="conditions">More conditions.</param>
    internal static string Pod(string container = "", string status = "ready: true, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:00Z' } }", string phase = "Running", bool ready = true, string spec = "", string name = "api-7d9f-x1", string conditions = "") => $$"""
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}}, namespace: shop, creationTimestamp: '2026-01-01T00:00:00Z', labels: { app: api, pod-template-hash: 7d9f }, ownerReferences: [{ kind: ReplicaSet, name: api-7d9f, controller: true }] }
        spec: { nodeName: {{(phase == "Pending" ? "''" : "node1")}}, containers: [{ name: app, image: shop/api:1{{(container.Length > 0 ? ", " + container : "")}} }]{{(spec.Length > 0 ? ", " + spec : "")}} }
        status: { phase: {{phase}}, conditions: [{ type: Ready, status: "{{(ready ? "True" : "False")}}" }{{(conditions.Length > 0 ? ", " + conditions : "")}}], containerStatuses: [{{(status.Length > 0 ? "{ name: app, " + status + " }" : "")}}] }

        """;

    /// <summary>The status of a container that keeps ending.</summary>
    internal const string Crashing = "ready: false, restartCount: 5, state: { waiting: { reason: CrashLoopBackOff } }, lastState: { terminated: { reason: Error, exitCode: 1, startedAt: '2026-01-01T00:59:00Z', finishedAt: '2026-01-01T01:00:00Z' } }";

    /// <summary>A crashing pod whose last words are given.</summary>
    internal static IReadOnlyList<Kubernetes.Causes.RankedFinding> LastWords(string log, string container = "", string spec = "") =>
        Diagnosed.From(Pod(container, Crashing, ready: false, spec: spec), ("shop/api-7d9f-x1/app (previous)", log));

    /// <summary>A running and ready pod that logs.</summary>
    internal static IReadOnlyList<Kubernetes.Causes.RankedFinding> Logs(string log, string more = "") =>
        Diagnosed.From(Pod() + more, ("shop/api-7d9f-x1/app", log));

    internal static string Event(string about, string reason, string message, string type = "Warning", int count = 3) => $$"""
        ---
        apiVersion: v1
        kind: Event
        metadata: { name: {{about.Replace('/', '.').ToLowerInvariant()}}.{{reason.ToLowerInvariant()}}, namespace: shop }
        involvedObject: { kind: {{about.Split('/')[0]}}, namespace: shop, name: {{about.Split('/')[1]}} }
        reason: {{reason}}
        message: "{{message.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}}"
        type: {{type}}
        count: {{count}}
        lastTimestamp: '2026-01-01T01:00:00Z'

        """;
}
