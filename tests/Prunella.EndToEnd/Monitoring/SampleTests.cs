using Prunella.EndToEnd.Processes;

namespace Prunella.EndToEnd.Monitoring;

/// <summary>The files that people copy are accepted by the programs that they are for.</summary>
public class SampleTests
{
    [Theory]
    [InlineData("/usr/bin/promtool", "check", "rules", "rules.yaml")]
    [InlineData("/usr/bin/amtool", "check-config", "alertmanager.yaml")]
    public async Task Samples_AreAcceptedByTheirOwnTools(string tool, params string[] arguments)
    {
        if (!File.Exists(tool)) Assert.Skip($"{tool} is missing (Debian packages prometheus and prometheus-alertmanager).");
        var (exitCode, output) = await ChildProcess.RunAsync(tool, arguments, Path.Combine(Repository.Root, "samples/prometheus"), TestContext.Current.CancellationToken);
        exitCode.ShouldBe(0, output);
    }
}
