using System.Text.Json;
using Prunella.Commands;

namespace Prunella.Tests.Commands.Diagnose;

public sealed class DiagnoseCommandTests
{
    private static readonly string Samples = Path.Combine(Checkout.Root, "samples/diagnose");
    private static readonly string Recorded = Path.Combine(Checkout.Root, "tests/Prunella.Kubernetes.Tests/Recorded");

    [Fact]
    public async Task Json_HasTheFieldsThatAreDocumented_AndNoOthers()
    {
        var run = await CommandRun.RunAsync("diagnose", "--from", Path.Combine(Recorded, "oom.json"), "--output", "json");
        run.Code.ShouldBe((int)ExitCode.No);
        using var json = JsonDocument.Parse(run.Output);
        var finding = json.RootElement.EnumerateArray().ShouldHaveSingleItem();
        Names(finding).ShouldBe(["target", "cause", "confidence", "severity", "summary", "evidence", "proposals"]);
        Names(finding.GetProperty("target")).ShouldBe(["kind", "namespace", "name"]);
        Names(finding.GetProperty("evidence")[0]).ShouldBe(["source", "object", "text", "time"]);
        Names(finding.GetProperty("proposals")[0]).ShouldBe(["action", "parameters", "class", "verdict", "why"]);
        finding.GetProperty("cause").GetString().ShouldBe("oom-killed");
        finding.GetProperty("proposals")[0].GetProperty("verdict").GetString().ShouldBe("Execute");
    }

    [Fact]
    public async Task Json_NamesWhatASymptomIsOf_AndProposesNothingForIt()
    {
        var run = await CommandRun.RunAsync("diagnose", "--from", Path.Combine(Samples, "objects.json"), "--logs", Path.Combine(Samples, "logs"), "-o", "json");
        using var json = JsonDocument.Parse(run.Output);
        var symptom = json.RootElement.EnumerateArray().First(finding => finding.GetProperty("cause").GetString() == "dependency-unreachable");
        symptom.GetProperty("symptomsOf")[0].GetProperty("name").GetString().ShouldBe("db");
        symptom.GetProperty("proposals").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Table_ReadsLikeANote()
    {
        var run = await CommandRun.RunAsync("diagnose", "--from", Path.Combine(Samples, "objects.json"), "--logs", Path.Combine(Samples, "logs"));
        run.Code.ShouldBe((int)ExitCode.No);
        run.Output.ShouldStartWith("1 cause of trouble, 3 symptoms of it");
        run.Output.ShouldContain("because of: permission-denied of Deployment shop/db");
    }

    [Fact]
    public async Task NothingWrong_IsZeroAndAnEmptyArray()
    {
        (await CommandRun.RunAsync("diagnose", "--from", Path.Combine(Recorded, "healthy.json"))).Code.ShouldBe(0);
        var run = await CommandRun.RunAsync("diagnose", "--from", Path.Combine(Recorded, "healthy.json"), "-o", "json");
        (run.Code, run.Output.Trim()).ShouldBe((0, "[]"));
    }

    [Fact]
    public async Task HealthyWorkload_SaysWhy()
    {
        var run = await CommandRun.RunAsync("diagnose", "deployment/api", "--from", Path.Combine(Recorded, "healthy.json"));
        run.Code.ShouldBe(0);
        run.Output.ShouldContain("Healthy: 2 of 2 pods ready, no restarts");
    }

    [Fact]
    public async Task HintsAlone_AreToldAndCountAsNothingWrong()
    {
        var run = await CommandRun.RunAsync("diagnose", "--from", Path.Combine(Recorded, "config-maps.json"));
        run.Code.ShouldBe(0);
        run.Output.ShouldContain("config-map-unused");
    }

    [Theory]
    [InlineData((int)ExitCode.Configuration, "diagnose", "--from", "/nowhere/objects.json")]
    [InlineData((int)ExitCode.Configuration, "diagnose", "--kubeconfig", "/nowhere/kubeconfig")]
    [InlineData((int)ExitCode.Usage, "diagnose", "--logs", "/tmp")]
    [InlineData((int)ExitCode.Usage, "diagnose", "-n", "a", "-A", "--from", "x")]
    public async Task Errors_HaveCodesOfTheirOwn(int code, params string[] arguments)
    {
        var run = await CommandRun.RunAsync(arguments);
        run.Code.ShouldBe(code, run.Error);
        run.Error.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task UnknownTarget_IsNotFound_AndANonsenseOneIsUsage()
    {
        var file = Path.Combine(Recorded, "healthy.json");
        (await CommandRun.RunAsync("diagnose", "deployment/none", "--from", file)).Code.ShouldBe((int)ExitCode.NotFound);
        (await CommandRun.RunAsync("diagnose", "nonsense", "--from", file)).Code.ShouldBe((int)ExitCode.Usage);
    }

    [Fact]
    public async Task HostileText_IsShownInert()
    {
        var folder = Directory.CreateTempSubdirectory("prunella-diagnose").FullName;
        try
        {
            var file = Path.Combine(folder, "objects.yaml");
            await File.WriteAllTextAsync(file, "apiVersion: v1\nkind: Pod\nmetadata: { name: \"api\\e[2J\\u202e\", namespace: shop }\nspec: { containers: [{ name: app, image: \"x\\e]0;owned\\a\" }] }\nstatus: { phase: Pending, containerStatuses: [{ name: app, state: { waiting: { reason: ErrImagePull, message: \"\\e[31mmanifest unknown\\e[0m\" } } }] }\n", TestContext.Current.CancellationToken);
            var run = await CommandRun.RunAsync("diagnose", "--from", file);
            run.Code.ShouldBe((int)ExitCode.No);
            run.Output.ShouldContain("image-not-found");
            run.Output.Any(character => (char.IsControl(character) && character is not '\n' and not '\r') || character == '\u202e').ShouldBeFalse();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<string> Names(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];
}
