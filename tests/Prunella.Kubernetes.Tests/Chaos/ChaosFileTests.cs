using System.Text.Json;
using Prunella.Kubernetes.Chaos;
using Prunella.Kubernetes.Chaos.Reading;

namespace Prunella.Kubernetes.Tests.Chaos;

/// <summary>Files of experiments are read strictly.</summary>
public class ChaosFileTests
{
    private static IReadOnlyList<Experiment> Read(string text) => ChaosFile.Parse("f.yaml", text);

    private static IReadOnlyList<string> Problems(string text) => Should.Throw<ChaosFileException>(() => Read(text)).Problems;

    [Fact]
    public void PodChaos_IsReadWhole()
    {
        var one = Read("""
            apiVersion: chaos-mesh.org/v1alpha1
            kind: PodChaos
            metadata: {name: kill, namespace: shop}
            spec:
              action: pod-kill
              mode: fixed-percent
              value: "20"
              gracePeriod: 2
              duration: 1m30s
              selector: {namespaces: [shop], labelSelectors: {app: api}, expressionSelectors: [{key: tier, operator: In, values: [web]}], podPhaseSelectors: [Running]}
            """).ShouldHaveSingleItem();

        one.Fault.ShouldBe(FaultKind.PodKill);
        (one.Mode, one.ModeValue).ShouldBe((TargetMode.FixedPercent, 20));
        one.Duration.ShouldBe(TimeSpan.FromSeconds(90));
        one.Settings.GraceSeconds.ShouldBe(2);
        one.Pods!.Labels["app"].ShouldBe("api");
        one.TargetText.ShouldBe("20 % of pods app=api, tier In [web] in shop");
        one.Namespaces.ShouldBe(["shop"]);
    }

    [Fact]
    public void Schedule_WrapsItsKind()
    {
        var one = Read("""
            {"apiVersion":"chaos-mesh.org/v1alpha1","kind":"Schedule","metadata":{"name":"often","namespace":"shop"},
             "spec":{"schedule":"@every 30s","type":"StressChaos","historyLimit":2,"concurrencyPolicy":"Forbid",
              "stressChaos":{"mode":"one","selector":{"labelSelectors":{"app":"api"}},"stressors":{"cpu":{"workers":2}},"duration":"10s"}}}
            """).ShouldHaveSingleItem();

        (one.Fault, one.Schedule, one.MeshKind, one.Settings.Workers).ShouldBe((FaultKind.CpuStress, "@every 30s", "Schedule", 2));
        one.Namespaces.ShouldBe(["shop"], "a selector without namespaces means the manifest's own");
    }

    [Fact]
    public void Stress_SizesAreReadAsStressNgReadsThem()
    {
        foreach (var (size, bytes) in new[] { ("64MB", 64L << 20), ("64Mi", 64L << 20), ("1GB", 1L << 30), ("500k", 500_000) })
        {
            var one = Read($"{{apiVersion: chaos-mesh.org/v1alpha1, kind: StressChaos, metadata: {{name: a, namespace: s}}, spec: {{mode: all, selector: {{}}, stressors: {{memory: {{workers: 1, size: {size}}}}}}}}}");
            one[0].Settings.MemoryBytes.ShouldBe(bytes, size);
        }
    }

    [Fact]
    public void Faults_AreToldAllAtOnce_EachWithFileDocumentAndField()
    {
        var problems = Problems("""
            apiVersion: chaos-mesh.org/v1alpha1
            kind: PodChaos
            metadata: {name: kill, namespace: shop}
            spec: {action: pod-kil, mode: fixed, selector: {labelSelector: {app: x}}, duration: soon}
            ---
            apiVersion: prunella.io/v1
            kind: Fault
            metadata: {name: image, namespace: shop}
            spec: {fault: bad-image, target: {kind: Deploymnt, name: api}, imag: x}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec: {}
            """);

        problems.ShouldContain("f.yaml, document 1 (PodChaos kill): spec.action is \"pod-kil\"; expected one of pod-kill, pod-failure, container-kill");
        problems.ShouldContain("f.yaml, document 2 (Fault image): spec.target.kind is \"Deploymnt\"; expected one of Deployment, StatefulSet, DaemonSet");
        problems.ShouldContain(problem => problem.StartsWith("f.yaml, document 2 (Fault image): spec.imag is not known", StringComparison.Ordinal));
        problems.ShouldContain(problem => problem.StartsWith("f.yaml, document 3 (Pod p): kind is \"Pod\" of apiVersion \"v1\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mode: fixed, selector: {}", "spec.value is missing")]
    [InlineData("mode: fixed, value: 0, selector: {}", "spec.value is 0; expected a whole number from 1 to 10000")]
    [InlineData("mode: fixed-percent, value: 101, selector: {}", "spec.value is 101")]
    [InlineData("mode: most, selector: {}", "spec.mode is \"most\"")]
    [InlineData("mode: one", "spec.selector is missing")]
    [InlineData("mode: one, selector: {labelSelectors: [a]}", "spec.selector.labelSelectors is a list")]
    [InlineData("mode: one, selector: {fieldSelectors: {a: b}}", "spec.selector.fieldSelectors is not supported")]
    [InlineData("mode: one, selector: {expressionSelectors: [{key: a, operator: Near}]}", "spec.selector.expressionSelectors[0].operator is \"Near\"")]
    [InlineData("mode: one, selector: {}, duration: 10", "spec.duration is \"10\"")]
    [InlineData("mode: one, selector: {}, duration: 90h", "spec.duration is \"90h\"")]
    [InlineData("mode: one, selector: {}, remoteCluster: b", "spec.remoteCluster is not supported")]
    public void PodChaos_WhatIsWrong_IsNamed(string spec, string problem) =>
        Problems($"{{apiVersion: chaos-mesh.org/v1alpha1, kind: PodChaos, metadata: {{name: a, namespace: s}}, spec: {{action: pod-kill, {spec}}}}}").ShouldContain(text => text.Contains(problem, StringComparison.Ordinal));

    [Theory]
    [InlineData("fault: bad-configuration, target: {kind: Deployment, name: a}", "spec.variable is missing")]
    [InlineData("fault: missing-key, target: {name: a}", "spec.key is missing")]
    [InlineData("fault: wrong-port, target: {name: a}, port: 70000", "spec.port is 70000")]
    [InlineData("fault: probe-breakage, target: {kind: Deployment, name: a}, probe: liveliness", "spec.probe is \"liveliness\"")]
    [InlineData("fault: everything", "spec.fault is \"everything\"")]
    public void Fault_WhatIsWrong_IsNamed(string spec, string problem) =>
        Problems($"{{apiVersion: prunella.io/v1, kind: Fault, metadata: {{name: a, namespace: s}}, spec: {{{spec}}}}}").ShouldContain(text => text.Contains(problem, StringComparison.Ordinal));

    [Fact]
    public void Namespace_ThatNobodyNames_IsRefused() =>
        Problems("{apiVersion: chaos-mesh.org/v1alpha1, kind: PodChaos, metadata: {name: a}, spec: {action: pod-kill, mode: one, selector: {labelSelectors: {a: b}}}}").ShouldContain(text => text.Contains("selector.namespaces is missing", StringComparison.Ordinal));

    [Fact]
    public void WhatOnlyTheMeshCanDo_IsToldSo()
    {
        Read("{apiVersion: chaos-mesh.org/v1alpha1, kind: NetworkChaos, metadata: {name: a, namespace: s}, spec: {action: delay, mode: all, selector: {}, delay: {latency: 10ms}}}")[0].MeshOnly.ShouldNotBeNull();
        Read("{apiVersion: chaos-mesh.org/v1alpha1, kind: StressChaos, metadata: {name: a, namespace: s}, spec: {mode: all, selector: {}, stressors: {cpu: {workers: 1, load: 50}}}}")[0].MeshOnly.ShouldNotBeNull().ShouldContain("50 %");
        Read("{apiVersion: chaos-mesh.org/v1alpha1, kind: StressChaos, metadata: {name: a, namespace: s}, spec: {mode: all, selector: {}, stressors: {cpu: {workers: 1, load: 100}}}}")[0].MeshOnly.ShouldBeNull();
    }

    [Fact]
    public void Samples_AreUnderstood_AndTheSchemaKnowsEveryFault()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, "samples/chaos"), "*.yaml").Where(file => Path.GetFileName(file) is not ("shop.yaml" or "gameday.yaml"))) ChaosFile.Read(file).ShouldNotBeEmpty(file);
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "docs/schema/fault.schema.json")));
        schema.RootElement.GetProperty("properties").GetProperty("spec").GetProperty("oneOf").EnumerateArray().Select(one => one.GetProperty("properties").GetProperty("fault").GetProperty("const").GetString()).ShouldBe(FaultReader.Names, ignoreOrder: true);
    }

    private static string Root
    {
        get
        {
            var at = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(at!.FullName, "Prunella.slnx"))) at = at.Parent;
            return at.FullName;
        }
    }
}
