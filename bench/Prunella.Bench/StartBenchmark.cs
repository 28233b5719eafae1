using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Prunella.Bench;

/// <summary>Starts the executable that <c>./prunella</c> built, on an empty folder, and asks it until it is ready.</summary>
internal static class StartBenchmark
{
    private const int Rounds = 5;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    internal static async Task<int> RunAsync(string[] arguments)
    {
        var program = arguments.FirstOrDefault() ?? "artifacts/prunella/prunella.dll";
        if (!File.Exists(program))
        {
            await System.Console.Error.WriteLineAsync($"{program} is missing: run ./prunella version once, at the root of the checkout.");
            return 2;
        }
        System.Console.WriteLine($"{program}, empty folder, no cluster, {Environment.ProcessorCount} cores, load {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}");
        System.Console.WriteLine("| round | ready after ms | CPU ms | RSS MB after 10 s idle |");
        System.Console.WriteLine("|---:|---:|---:|---:|");
        var ready = new List<double>();
        for (var round = 1; round <= Rounds; round++) ready.Add(await RoundAsync(program, round));
        ready.Sort();
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median {ready[Rounds / 2]:0} ms"));
        return 0;
    }

    private static async Task<double> RoundAsync(string program, int round)
    {
        var folder = Directory.CreateTempSubdirectory("prunella-bench-").FullName;
        var address = $"http://127.0.0.1:{FreePort()}";
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        var start = new ProcessStartInfo("dotnet", [program, "serve", "--data", folder, "--urls", address]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var began = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            while (!await IsReadyAsync(http)) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
            var milliseconds = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
            var cpu = process.TotalProcessorTime.TotalMilliseconds;
            await Task.Delay(Idle, TimeProvider.System, CancellationToken.None);
            process.Refresh();
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {round} | {milliseconds:0} | {cpu:0} | {process.WorkingSet64 >> 20} |"));
            return milliseconds;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync("/readyz");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    internal static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
