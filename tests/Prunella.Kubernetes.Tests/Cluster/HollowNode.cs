using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Tests.Cluster;

/// <summary>A node of the test's own, whose kubelet says that containers run without running any (kubemark).</summary>
internal static class HollowNode
{
    // Nobody else's pods: they would not really run here.
    private const string Taint = "prunella.dev/hollow";

    /// <summary>Fields of a pod specification that place it on the node, and nowhere else.</summary>
    internal static string PodOn(string node) => $"\"nodeSelector\":{{\"kubernetes.io/hostname\":\"{node}\"}},\"tolerations\":[{{\"key\":\"{Taint}\",\"operator\":\"Exists\"}}]";

    internal static async Task<string> StartAsync(RealCluster cluster)
    {
        var kubemark = Path.Combine(Path.GetDirectoryName(RealCluster.Find()!)!, "bin/kubemark");
        if (!File.Exists(kubemark)) Assert.Skip("No kubemark beside the kubeconfig: a second node is needed to cordon and drain one.");
        var name = $"{cluster.Namespace}-node";
        var start = new ProcessStartInfo(kubemark) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["--morph=kubelet", $"--name={name}", $"--kubeconfig={RealCluster.Find()}", $"--register-with-taints={Taint}=true:NoSchedule", $"--kubelet-port={FreePort()}", $"--kubelet-read-only-port={FreePort()}"]) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        // It talks much; what is not read would stop it when the pipe is full.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        cluster.AtEnd(async () =>
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
            if (await cluster.Api.FindAsync(ApiKind.Node, "", name, CancellationToken.None) is { } node) await cluster.Api.DeleteAsync(ApiKind.Node, "", name, node["metadata"]!["uid"]!.GetValue<string>(), CancellationToken.None);
        });
        var target = new Incidents.Target(Incidents.Target.DefaultCluster, "", "Node", name);
        await cluster.UntilAsync(target, state => state.Ready == 1, "a ready hollow node");
        return name;
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
