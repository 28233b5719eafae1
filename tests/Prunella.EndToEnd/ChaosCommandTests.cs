using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Processes;

namespace Prunella.EndToEnd;

/// <summary><c>prunella chaos run</c> as a process, ended in the ways in which processes end.</summary>
public class ChaosCommandTests
{
    [Fact]
    public async Task CtrlC_PutsBackWhatWasBroken()
    {
        await using var cluster = await RealCluster.OpenAsync();
        using var run = await BrokenAsync(cluster);

        var code = await run.InterruptAsync();

        code.ShouldBe(130, run.Output);
        (await cluster.DeploymentAsync("shop")).Spec.Template.Spec.Containers[0].Image.ShouldBe("busybox", run.Output);
        (await cluster.DeploymentAsync("shop")).Metadata.Annotations.Keys.ShouldNotContain(key => key.StartsWith("chaos.prunella.io/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Killed_LeavesItsMarks_AndRestorePutsBack()
    {
        await using var cluster = await RealCluster.OpenAsync();
        using (var run = await BrokenAsync(cluster)) await run.KillAsync();
        (await cluster.DeploymentAsync("shop")).Spec.Template.Spec.Containers[0].Image.ShouldBe("registry.invalid/shop:2", "a killed run can put nothing back");

        var (code, output) = await ChildProcess.RunAsync("dotnet", [Repository.Executable, "chaos", "restore", "--kubeconfig", cluster.Kubeconfig, "-n", cluster.Namespace], Path.GetTempPath(), TestContext.Current.CancellationToken);

        code.ShouldBe(0, output);
        output.ShouldContain("put back");
        (await cluster.DeploymentAsync("shop")).Spec.Template.Spec.Containers[0].Image.ShouldBe("busybox");
    }

    /// <summary>The shop with a bad version rolled out by a run that lasts.</summary>
    private static async Task<ChildProcess> BrokenAsync(RealCluster cluster)
    {
        await new Shop(cluster, new ShopOptions("shop") { Replicas = 1 }).DeployAsync(ready: false);
        var file = Path.Combine(Directory.CreateTempSubdirectory("prunella-chaos-").FullName, "fault.yaml");
        await File.WriteAllTextAsync(file, Repository.Sample("chaos/bad-release.yaml").Replace("chaos-demo", cluster.Namespace, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var run = ChildProcess.Start("chaos", "dotnet", [Repository.Executable, "chaos", "run", file, "--kubeconfig", cluster.Kubeconfig, "-n", cluster.Namespace, "--yes"], Path.GetDirectoryName(file)!);
        await Patience.UntilAsync(async () => run.HasExited || (run.Output.Contains("until Ctrl-C", StringComparison.Ordinal) && (await cluster.DeploymentAsync("shop")).Spec.Template.Spec.Containers[0].Image != "busybox"), "the fault to be in effect", () => run.Output);
        run.HasExited.ShouldBeFalse(run.Output);
        return run;
    }
}
