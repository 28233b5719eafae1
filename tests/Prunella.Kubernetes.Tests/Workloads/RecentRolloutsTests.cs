using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Tests.Workloads;

public sealed class RecentRolloutsTests
{
    private static readonly DateTimeOffset Ten = new(2026, 3, 5, 10, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RevisionsOfTheSpan_AreToldWithOwnerAndImages_EarliestFirst()
    {
        await using var server = new ScriptedApi(new Reply(200, Sets), new Reply(200, Revisions));
        using var api = server.Connect();
        var seen = await new RecentRollouts(api, new KubernetesOptions()).RolloutsAsync(Ten, Ten.AddHours(1), Cancellation);
        seen.Select(rollout => (rollout.At, rollout.Target.ToString(), rollout.Text)).ShouldBe(
        [
            (Ten.AddMinutes(5), "StatefulSet shop/db", "a new revision"),
            (Ten.AddMinutes(20), "Deployment shop/api", "revision 7: api:2.1, proxy:1"),
        ]);
    }

    [Fact]
    public async Task WhatMayNotBeRead_IsSaid()
    {
        await using var server = new ScriptedApi(new Reply(403, ScriptedApi.Status("Forbidden", "no")));
        using var api = server.Connect();
        (await Should.ThrowAsync<WorkloadUnreadableException>(() => new RecentRollouts(api, new KubernetesOptions()).RolloutsAsync(Ten, Ten.AddHours(1), Cancellation))).Forbidden.ShouldBeTrue();
    }

    private const string Sets = """
        {"kind":"ReplicaSetList","metadata":{},"items":[
        {"metadata":{"name":"api-7","namespace":"shop","creationTimestamp":"2026-03-05T10:20:00Z","annotations":{"deployment.kubernetes.io/revision":"7"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"api","uid":"u","controller":true}]},"spec":{"template":{"spec":{"containers":[{"name":"a","image":"api:2.1"},{"name":"p","image":"proxy:1"}]}}}},
        {"metadata":{"name":"api-6","namespace":"shop","creationTimestamp":"2026-03-05T09:20:00Z","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"api","uid":"u","controller":true}]}},
        {"metadata":{"name":"orphan","namespace":"shop","creationTimestamp":"2026-03-05T10:30:00Z"}}]}
        """;

    private const string Revisions = """
        {"kind":"PartialObjectMetadataList","metadata":{},"items":[
        {"metadata":{"name":"db-2","namespace":"shop","creationTimestamp":"2026-03-05T10:05:00Z","ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"db","uid":"u","controller":true}]}}]}
        """;
}
