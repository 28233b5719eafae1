using CsCheck;
using Prunella.Incidents;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Playbooks;
using Prunella.Remediation.Playbooks.Conditions;
using Prunella.Remediation.Playbooks.Templates;

namespace Prunella.Remediation.Tests.Playbooks;

public sealed class PlaybookDiagnosticianTests
{
    private static readonly CancellationToken Cancellation = CancellationToken.None;

    [Fact]
    public async Task Diagnose_AFullPool_NamesTheCauseWithValueQueryAndTime()
    {
        var metrics = new ScriptedMetrics(_ => ScriptedMetrics.Constant(0.97));
        var findings = await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(Facts.Context(Facts.Alert("ConnectionPoolExhausted"), metrics, Facts.Workload()), Cancellation);

        var finding = findings.ShouldHaveSingleItem();
        finding.Diagnosis.Cause.ShouldBe("connection-pool-exhausted");
        finding.Diagnosis.Confidence.ShouldBe(0.95);
        finding.EscalateAfter.ShouldBe(2);
        finding.Course.Select(step => step.Action).ShouldBe(["restart-workload", "raise-connection-limit", "rotate-connection-pool"]);
        var evidence = finding.Diagnosis.Evidence[0];
        evidence.Source.ShouldBe("prometheus");
        evidence.Value.ShouldBe(0.97);
        evidence.Time.ShouldBe(Facts.Now);
        evidence.Text.ShouldBe("share of the pool in use: 97 %, at least 95 %");
        evidence.Object.ShouldContain("""hikaricp_connections_active{namespace="shop",pod=~"api-server-[a-z0-9]{1,10}-[a-z0-9]{5}"}""");
        finding.Course[0].Checks.ShouldHaveSingleItem().ShouldSatisfyAllConditions(check => check.Operator.ShouldBe("<"), check => check.Bound.ShouldBe(0.95, 1e-9));
    }

    [Theory]
    [InlineData(MetricStatus.Empty)]
    [InlineData(MetricStatus.Failed)]
    [InlineData(MetricStatus.Stale)]
    public async Task Diagnose_AnUnansweredMetric_IsNeverAPassAndIsStated(MetricStatus status)
    {
        var metrics = new ScriptedMetrics(_ => new MetricAnswer(status, [], "prometheus did not answer within 10 s"));
        var finding = (await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(Facts.Context(Facts.Alert("ConnectionPoolExhausted"), metrics, Facts.Workload()), Cancellation)).ShouldHaveSingleItem();

        finding.Diagnosis.Cause.ShouldBe(Diagnosis.Unknown);
        finding.Diagnosis.Confidence.ShouldBe(0);
        finding.Course.ShouldBeEmpty();
        finding.EscalateAtOnce.ShouldBeTrue();
        finding.Diagnosis.Evidence.ShouldContain(fact => fact.Text == "prometheus did not answer within 10 s");
    }

    [Fact]
    public async Task Diagnose_NaNOrOldSamplesSoldAsOk_AreDistrusted()
    {
        var nan = new MetricSeries(new Dictionary<string, string>(), [new MetricPoint(Facts.Now, double.NaN)]);
        var old = new MetricSeries(new Dictionary<string, string>(), [new MetricPoint(Facts.Now.AddMinutes(-6), 1)]);
        foreach (var series in new[] { nan, old })
        {
            var metrics = new ScriptedMetrics(_ => new MetricAnswer(MetricStatus.Ok, [series]));
            var findings = await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(Facts.Context(Facts.Alert("ConnectionPoolExhausted"), metrics, Facts.Workload()), Cancellation);
            findings.ShouldHaveSingleItem().Diagnosis.Cause.ShouldBe(Diagnosis.Unknown);
        }
    }

    [Fact]
    public async Task Diagnose_ANegatedUnansweredMetric_StaysUnknown()
    {
        const string Yaml = """
            name: calm
            version: 1.0.0
            description: Not busy.
            cause: calm
            family: f
            match: { alerts: ['.*'] }
            conditions:
              not:
                metric: busy
                above: 1
            actions: [{ action: scale-up }]
            """;
        var metrics = new ScriptedMetrics(_ => new MetricAnswer(MetricStatus.Empty, [], "nothing"));
        (await Facts.Diagnostician(Facts.Load(Yaml)).DiagnoseAsync(Facts.Context(Facts.Alert("A"), metrics), Cancellation)).ShouldHaveSingleItem().Course.ShouldBeEmpty();
    }

    [Fact]
    public async Task Diagnose_GrowingMemory_IsALeakAndTheRejectedAreNamed()
    {
        var metrics = new ScriptedMetrics(query => query.StartsWith("range:", StringComparison.Ordinal)
            ? new MetricAnswer(MetricStatus.Ok, [ScriptedMetrics.Line("api-server-5d9f-aaaaa", 480e6, 60e6 / 60)])
            : ScriptedMetrics.Constant(0.94));
        var killed = new ContainerState { Name = "api", LastTerminationReason = "OOMKilled", LastTerminatedAt = Facts.Now.AddMinutes(-4), Restarts = 2 };
        var findings = await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(Facts.Context(Facts.Alert("ContainerMemoryNearLimit"), metrics, Facts.Workload(3, null, TimeSpan.FromDays(3), killed)), Cancellation);

        findings[0].Diagnosis.Cause.ShouldBe("memory-leak");
        findings[0].Course.Select(step => step.Action).ShouldBe(["restart-workload", "scale-up"]);
        findings[0].EscalateAfter.ShouldBe(1);
        findings[0].Diagnosis.Evidence.ShouldContain(fact => fact.Text.StartsWith("growth of memory: 60 MB/min, above 50 MB/min"));
        findings[0].Diagnosis.Rejected.ShouldContain(rejected => rejected.Cause == "oom-killed" && rejected.Why.Contains("0.5 against 0.95"));
    }

    [Fact]
    public async Task Diagnose_KilledForMemoryWithoutGrowth_RaisesTheLimit()
    {
        var metrics = new ScriptedMetrics(query => query.StartsWith("range:", StringComparison.Ordinal) ? ScriptedMetrics.Constant(300e6) : ScriptedMetrics.Constant(0.6));
        var killed = new ContainerState { Name = "api", LastTerminationReason = "OOMKilled", LastTerminatedAt = Facts.Now.AddMinutes(-4), Restarts = 2, WaitingReason = "CrashLoopBackOff" };
        var findings = await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(Facts.Context(Facts.Alert("KubePodCrashLooping"), metrics, Facts.Workload(3, 0, TimeSpan.FromDays(3), killed)), Cancellation);

        findings[0].Diagnosis.Cause.ShouldBe("oom-killed");
        findings[0].Course.ShouldHaveSingleItem().Action.ShouldBe("raise-memory-limit");
        findings[1].Diagnosis.Cause.ShouldBe("crash-loop");
        findings[0].Diagnosis.Rejected.ShouldContain(rejected => rejected.Cause == "memory-leak" && rejected.Why.Contains("not above 90 %"));
    }

    [Theory]
    [InlineData(10, "rollback-rollout")]
    [InlineData(600, "restart-workload")]
    public async Task Diagnose_CrashLooping_FollowsTheRollout(int revisionMinutes, string action)
    {
        var crashing = new ContainerState { Name = "api", LastTerminationReason = "Error", WaitingReason = "CrashLoopBackOff", Restarts = 6 };
        var finding = (await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(
            Facts.Context(Facts.Alert("KubePodCrashLooping"), null, Facts.Workload(2, 0, TimeSpan.FromMinutes(revisionMinutes), crashing)), Cancellation))[0];
        finding.Diagnosis.Cause.ShouldBe("crash-loop");
        finding.Course.ShouldHaveSingleItem().Action.ShouldBe(action);
    }

    [Theory]
    [InlineData(0.95, 0.9, 0.92, 4, "scale-up")]
    [InlineData(0.99, 0.1, 0.2, 4, "restart-pod")]
    [InlineData(0.95, 0.9, 0.92, 12, "")]
    [InlineData(0.95, 0.3, 0.7, 4, "")]
    public async Task Diagnose_CpuSaturation_IsDecidedFromTrendAndPodCount(double busiest, double least, double typical, int pods, string action)
    {
        var metrics = new ScriptedMetrics(query => ScriptedMetrics.Constant(
            query.StartsWith("max(", StringComparison.Ordinal) ? busiest : query.StartsWith("min(", StringComparison.Ordinal) ? least : typical));
        var finding = (await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(Facts.Context(Facts.Alert("CPUThrottlingHigh", ("pod", "api-server-5d9f-00001")), metrics, Facts.Workload(pods)), Cancellation)).ShouldHaveSingleItem();

        finding.Diagnosis.Cause.ShouldBe("cpu-saturation");
        finding.Course.Select(step => step.Action).ShouldBe(action.Length == 0 ? [] : [action]);
        finding.EscalateAtOnce.ShouldBe(action.Length == 0);
        if (action == "restart-pod") finding.Course[0].Parameters["pod"].ShouldBe("api-server-5d9f-00001");
        if (action.Length == 0) finding.Advice.ShouldContain("No action of the playbook fits");
    }

    [Theory]
    [InlineData(3_600, true)]
    [InlineData(36_000, false)]
    public async Task Diagnose_AFillingVolume_IsPredictedFromItsSlope(int secondsLeft, bool applies)
    {
        const double PerSecond = 1e6;
        var metrics = new ScriptedMetrics(query => query.StartsWith("range:", StringComparison.Ordinal)
            ? new MetricAnswer(MetricStatus.Ok, [ScriptedMetrics.Line("p", secondsLeft * PerSecond, -PerSecond, minutes: 60)])
            : ScriptedMetrics.Constant(0.4));
        var findings = await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(
            Facts.Context(Facts.Alert("KubePersistentVolumeFillingUp", ("namespace", "shop"), ("persistentvolumeclaim", "data-db-0")), metrics), Cancellation);
        if (!applies)
        {
            findings.ShouldBeEmpty();
            return;
        }
        findings[0].Diagnosis.Evidence[0].Text.ShouldBe("time until the volume is full: 60 min, below 4 h");
        findings[0].Course.ShouldHaveSingleItem().Target.ShouldBe(new Target(Target.DefaultCluster, "shop", "PersistentVolumeClaim", "data-db-0"));
    }

    [Fact]
    public async Task Diagnose_Watchdog_IsNoAction()
    {
        var finding = (await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(Facts.Context(Facts.Alert("Watchdog", ("severity", "none"))), Cancellation)).ShouldHaveSingleItem();
        finding.NoAction.ShouldBeTrue();
        finding.Diagnosis.Confidence.ShouldBe(1);
    }

    [Fact]
    public async Task Diagnose_ACertificate_EscalatesAtOnceEvenWithoutMetrics()
    {
        var finding = (await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(Facts.Context(Facts.Alert("CertManagerCertExpirySoon")), Cancellation)).ShouldHaveSingleItem();
        finding.EscalateAtOnce.ShouldBeTrue();
        finding.Advice.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Diagnose_AnAlertThatNoPlaybookKnows_GivesNothing() =>
        (await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(Facts.Context(Facts.Alert("SomethingElse")), Cancellation)).ShouldBeEmpty();

    [Fact]
    public async Task Diagnose_TheSameContextTwice_GivesTheSame()
    {
        var context = Facts.Context(Facts.Alert("ContainerMemoryNearLimit"), new ScriptedMetrics(query => query.StartsWith("range:", StringComparison.Ordinal) ? ScriptedMetrics.Constant(1e8, 2e8) : ScriptedMetrics.Constant(0.95, 0.5)), Facts.Workload());
        var diagnostician = Facts.Diagnostician(Facts.Shipped());
        var first = System.Text.Json.JsonSerializer.Serialize(await diagnostician.DiagnoseAsync(context, Cancellation));
        System.Text.Json.JsonSerializer.Serialize(await diagnostician.DiagnoseAsync(context, Cancellation)).ShouldBe(first);
    }

    [Fact]
    public async Task Diagnose_TheSameQuestionTwice_IsAskedOnce()
    {
        var metrics = new ScriptedMetrics(_ => ScriptedMetrics.Constant(0.97));
        await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(Facts.Context(Facts.Alert("ContainerMemoryNearLimit"), metrics, Facts.Workload()), Cancellation);
        metrics.Asked.ShouldBeUnique();
    }

    [Fact]
    public async Task Diagnose_AParameterFromAHostileLabel_LeavesTheActionOut()
    {
        var metrics = new ScriptedMetrics(query => ScriptedMetrics.Constant(query.StartsWith("max(", StringComparison.Ordinal) ? 0.99 : 0.1));
        var finding = (await Facts.Diagnostician(Facts.Shipped()).DiagnoseAsync(Facts.Context(Facts.Alert("CPUThrottlingHigh", ("pod", "x; rm -rf /")), metrics, Facts.Workload(4)), Cancellation)).ShouldHaveSingleItem();
        finding.Course.ShouldBeEmpty();
        finding.EscalateAtOnce.ShouldBeTrue();
        finding.Advice.ShouldContain("may not stand here");
    }

    [Fact]
    public async Task Diagnose_AShippedActionWithoutDriver_IsLeftOut()
    {
        var playbooks = PlaybookLoader.LoadOrThrow(PlaybookFile.ShippedFiles(), new PlaybookLoadOptions { Actions = [.. TestActions.All.Where(action => action.Name == "rotate-connection-pool")] });
        playbooks.Find("connection-pool-exhausted")!.UnavailableActions.ShouldBe(["restart-workload", "raise-connection-limit"]);
        var finding = (await Facts.Diagnostician(playbooks).DiagnoseAsync(Facts.Context(Facts.Alert("ConnectionPoolExhausted"), new ScriptedMetrics(_ => ScriptedMetrics.Constant(0.97)), Facts.Workload()), Cancellation)).ShouldHaveSingleItem();
        finding.Course.ShouldHaveSingleItem().Action.ShouldBe("rotate-connection-pool");
    }

    [Fact]
    public void ShippedPlaybooks_UseTheCatalogue()
    {
        Facts.Shipped().All.SelectMany(playbook => playbook.UnavailableActions).ShouldBeEmpty();
        Facts.Shipped().All.Count.ShouldBe(14);
    }

    [Fact]
    public void Render_AnyLabelValue_CannotLeaveItsString()
    {
        var template = Template.Parse("""x{a="{{label.v}}",b=~"{{label.v}}",c='{{label.v}}'} > 1""", TemplateLanguage.PromQl, out _)!;
        Gen.OneOf(Gen.String, Gen.OneOf("\"", "\\", "'", "\"} or vector(1) #", "\n", "\\\"", ".*", "\0", "a|b", "`", "{{label.v}}", "\ud800").Array[1, 6].Select(string.Concat)).Sample(value =>
        {
            if (value.Length == 0) return;
            var query = template.Render(new TemplateValues(Facts.Alert("A", ("v", value)), Facts.Api)).Text!;
            var (strings, rest) = Scan(query);
            rest.ShouldBe("""x{a=,b=~,c=} > 1""");
            strings.Count.ShouldBe(3);
            var expected = string.Concat(value.EnumerateRunes());
            strings[0].ShouldBe(expected);
            strings[2].ShouldBe(expected);
            System.Text.RegularExpressions.Regex.IsMatch(expected, $@"\A(?:{strings[1]})\z").ShouldBeTrue();
        }, iter: 20_000);
    }

    [Theory]
    [InlineData(1.0, 100.0, 100.0, 200.0, 100.0)]
    [InlineData(-2.0, 100.0, 100.0, 0.0, 50.0)]
    [InlineData(1.0, 100.0, 100.0, 0.0, double.PositiveInfinity)]
    [InlineData(0.0, 100.0, 100.0, 0.0, double.PositiveInfinity)]
    [InlineData(0.0, 100.0, 100.0, 100.0, 0.0)]
    [InlineData(-1, -2.0, 3.0, 0, 0)]
    [InlineData(1, 12.0, 8.0, 10, 0)]
    [InlineData(-1, -2.0, -3.0, 0, double.PositiveInfinity)]
    public void Trend_SecondsTo_FollowsTheLine(double slope, double level, double newest, double goal, double seconds) =>
        new Trend(slope, level, newest).SecondsTo(goal).ShouldBe(seconds);

    [Fact]
    public void Trend_OfALineWithOutliers_IsTheLinesSlope()
    {
        Gen.Select(Gen.Double[-1e6, 1e6], Gen.Int[20, 100], Gen.Int).Sample((slope, count, seed) =>
        {
            var random = new Random(seed);
            var points = Enumerable.Range(0, count).Select(index => new MetricPoint(Facts.Now.AddSeconds(10 * index), slope * 10 * index + (random.NextDouble() < 0.1 ? 1e9 * random.NextDouble() : 0))).ToList();
            var tilted = points.Count(point => Math.Abs(point.Value - slope * (point.Time - Facts.Now).TotalSeconds) > 1);
            if (tilted > count / 4) return;
            Trend.Of(points, TimeSpan.FromSeconds(10 * count))!.Value.SlopePerSecond.ShouldBe(slope, Math.Abs(slope) * 1e-3 + 1e-3);
        }, iter: 500);
    }

    [Fact]
    public void Trend_OfTooFewOrTooCloseSamples_IsNone()
    {
        Trend.Of([.. Enumerable.Range(0, 4).Select(index => new MetricPoint(Facts.Now.AddMinutes(index), index))], TimeSpan.FromMinutes(4)).ShouldBeNull();
        Trend.Of([.. Enumerable.Range(0, 20).Select(index => new MetricPoint(Facts.Now.AddSeconds(index), index))], TimeSpan.FromMinutes(10)).ShouldBeNull();
    }

    /// <summary>Reads strings as Prometheus does: an independent check of what the template wrote.</summary>
    private static (List<string> Strings, string Outside) Scan(string query)
    {
        List<string> strings = [];
        var rest = new System.Text.StringBuilder();
        for (var index = 0; index < query.Length; index++)
        {
            if (query[index] is not ('"' or '\''))
            {
                rest.Append(query[index]);
                continue;
            }
            var quote = query[index];
            var text = new System.Text.StringBuilder();
            for (index++; query[index] != quote; index++)
            {
                if (query[index] == '\n') throw new InvalidOperationException("a newline in a string");
                if (query[index] != '\\')
                {
                    text.Append(query[index]);
                    continue;
                }
                index++;
                if (query[index] == 'u')
                {
                    text.Append((char)Convert.ToInt32(query.Substring(index + 1, 4), 16));
                    index += 4;
                }
                else if (query[index] == '\\' || query[index] == quote) text.Append(query[index]);
                else throw new InvalidOperationException($"\\{query[index]} is no escape");
            }
            strings.Add(text.ToString());
        }
        return (strings, rest.ToString());
    }
}
