using Prunella.Kubernetes.Causes;

namespace Prunella.Kubernetes.Tests.Causes;

public sealed class DiagnoserTests
{
    [Fact]
    public void PodsOfOneOwner_AreOneFinding()
    {
        var finding = Diagnosed.From(string.Concat(Enumerable.Range(0, 5).Select(index => Written.Pod(status: Written.Crashing, ready: false, name: $"api-7d9f-x{index}"))),
            [.. Enumerable.Range(0, 5).Select(index => ($"shop/api-7d9f-x{index}/app (previous)", "KeyError: 'REDIS_URL'"))]).Root();
        finding.Pods.Count.ShouldBe(5);
    }

    [Fact]
    public void NamespaceIsBeingDeleted_WhatEndsWithItIsNoTrouble()
    {
        static string Namespace(string deleted) => $"---\napiVersion: v1\nkind: Namespace\nmetadata: {{ name: shop{deleted} }}\n";
        var pod = Written.Pod(status: Written.Crashing, ready: false);

        Diagnosed.From(Namespace("") + pod).ShouldNotBeEmpty();
        Diagnosed.From(Namespace(", deletionTimestamp: 2026-01-01T00:59:50Z") + pod).ShouldBeEmpty();
    }

    [Fact]
    public void SymptomsStandBehindTheirRoot()
    {
        var causes = Diagnosed.Recorded("crash-refused").Where(ranked => ranked.Finding.Severity > Incidents.Severity.Info).Select(ranked => ranked.Finding.Cause).ToList();
        causes[0].ShouldBe("permission-denied");
        causes.Count.ShouldBe(4);
    }

    [Fact]
    public void TwoThatBlameEachOther_AreBothTold()
    {
        const string Services = """
            ---
            apiVersion: v1
            kind: Service
            metadata: { name: api, namespace: shop }
            spec: { selector: { app: api }, ports: [{ port: 80 }] }
            ---
            apiVersion: v1
            kind: Service
            metadata: { name: web, namespace: shop }
            spec: { selector: { app: web }, ports: [{ port: 80 }] }

            """;
        var web = Written.Pod(status: Written.Crashing, ready: false, name: "web-1").Replace("app: api", "app: web", StringComparison.Ordinal).Replace("name: api-7d9f,", "name: web-7d9f,", StringComparison.Ordinal);
        var findings = Diagnosed.From(Services + Written.Pod(status: Written.Crashing, ready: false) + web,
            ("shop/api-7d9f-x1/app (previous)", "dial tcp web:80: connect: connection refused"), ("shop/web-1/app (previous)", "dial tcp api:80: connect: connection refused"));
        findings.Count(ranked => ranked.Finding.Cause == "dependency-unreachable" && ranked.SymptomsOf.Count == 0).ShouldBeGreaterThan(0, "a circle has to show somewhere");
        findings.Count.ShouldBe(4);
    }

    [Fact]
    public void SameSnapshot_GivesTheSameAnswer()
    {
        static string Write(IReadOnlyList<RankedFinding> findings) => string.Join('\n', findings.Select(ranked => $"{ranked.Finding.Cause} {ranked.Finding.Target} {ranked.Finding.Summary}"));
        Write(Diagnosed.Recorded("ingress")).ShouldBe(Write(Diagnosed.Recorded("ingress")));
    }
}
