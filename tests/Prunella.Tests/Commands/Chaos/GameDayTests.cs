using System.Xml.Linq;
using Prunella.Commands;
using Prunella.Commands.Chaos;
using Prunella.Kubernetes.Chaos.Reading;

namespace Prunella.Tests.Commands.Chaos;

/// <summary>Files and reports of game days.</summary>
public sealed class GameDayTests
{
    private static readonly DateTimeOffset Began = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static string Sample(string name) => Path.Combine(Checkout.Root, "samples/chaos", name);

    [Fact]
    public void Sample_HoldsTheThreeExperimentsWithTheirBounds()
    {
        var day = GameDayFile.Read(Sample("gameday.yaml"));

        day.Namespace.ShouldBe("chaos-demo");
        day.Steps.Select(step => step.Experiment.FaultName).ShouldBe(["pod-kill", "memory-stress", "bad-image"]);
        day.Steps.Select(step => step.Expect.RecoverWithin!.Value.TotalSeconds).ShouldBe([5, 15, 20]);
        day.Steps.ShouldAllBe(step => step.Expect.DetectWithin == TimeSpan.FromSeconds(1) && step.Expect.DecideWithin == TimeSpan.FromSeconds(0.5));
        day.Steps[2].Expect.Approve.ShouldBeTrue();
    }

    [Fact]
    public void Faults_AreToldWithTheirPlace()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, """
            apiVersion: prunella.io/v1
            kind: GameDay
            metadata: {name: a, namespace: s}
            spec:
              experiments:
                - experiment: {apiVersion: prunella.io/v1, kind: Fault, metadata: {name: x}, spec: {fault: nothing}}
                  expect: {outcome: Healed, detectWithin: soon}
                - file: absent.yaml
                  expect: {}
            """);

        var problems = Should.Throw<ChaosFileException>(() => GameDayFile.Read(file)).Problems;

        File.Delete(file);
        problems.ShouldContain(problem => problem.Contains("spec.fault is \"nothing\"", StringComparison.Ordinal));
        problems.ShouldContain(problem => problem.Contains("spec.experiments[0].expect.outcome is \"Healed\"", StringComparison.Ordinal));
        problems.ShouldContain(problem => problem.Contains("spec.experiments[0].expect.detectWithin is \"soon\"", StringComparison.Ordinal));
        problems.ShouldContain(problem => problem.Contains("absent.yaml", StringComparison.Ordinal));
    }

    [Fact]
    public void Chart_IsWellFormed_SelfContained_AndShowsHostileNamesInert()
    {
        var report = new GameDayReport("day", "shop", 7, Began, Began.AddMinutes(2),
        [
            Result(1, "kill a fifth", 0.2, 0.1, 2.5), Result(2, "<script>alert(1)</script>\u202E", 0.3, 0.2, null, "cause none; expected oom-killed"), Result(3, "quick", 0.01, 0.01, 140),
        ]);

        var svg = XDocument.Parse(GameDayChart.Svg(report));
        var html = GameDayChart.Html(report);

        svg.Root!.Name.LocalName.ShouldBe("svg");
        svg.Descendants().Where(one => one.Name.LocalName == "rect").SelectMany(one => one.Attributes()).Where(one => one.Name.LocalName is "width" or "x").ShouldAllBe(one => double.Parse(one.Value, System.Globalization.CultureInfo.InvariantCulture) >= 0);
        html.ShouldContain("2 of 3 as expected");
        html.ShouldContain("prefers-color-scheme: dark");
        html.ShouldNotContain("<script");
        html.ShouldNotContain("\u202E");
        html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal).ShouldNotContain("http");
        (report.Succeeded, report.DetectMax).ShouldBe((2, 0.3));
    }

    [Fact]
    public async Task Check_TellsWhatAFileWouldDo_RunDemandsItsNamespaceAndKubeconfig()
    {
        var check = await CommandRun.RunAsync("chaos", "check", Sample("pod-kill.yaml"));
        check.Code.ShouldBe(0, check.Error);
        check.Output.ShouldContain("20 % of pods app=shop");

        (await CommandRun.RunAsync("chaos", "run", Sample("pod-kill.yaml"), "--yes")).Code.ShouldBe((int)ExitCode.Usage);
        var wrong = Path.GetTempFileName();
        await File.WriteAllTextAsync(wrong, "kind: Chaos\n", TestContext.Current.CancellationToken);
        (await CommandRun.RunAsync("chaos", "check", wrong)).Code.ShouldBe((int)ExitCode.Configuration);
        File.Delete(wrong);
    }

    private static GameDayResult Result(int number, string name, double detect, double decide, double? recover, params string[] broken) => new()
    {
        Number = number, Experiment = name, Fault = "pod-kill", Injection = "0000abcd", InjectedAt = Began, ShownAt = Began, Cause = "pods-lost", Outcome = "Resolved", Detect = detect, Decide = decide, Recover = recover, RecoverBesidesStart = recover, Broken = broken,
    };
}
