using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Prunella.Integrations.Tests.Processes;

/// <summary>A real server started for a test on a free port of loopback, in a directory of its own, and gone afterwards.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process process;
    private readonly Queue<string> output = [];

    private ServerProcess(Process process, string directory)
    {
        this.process = process;
        Directory = directory;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    internal string Directory { get; }

    internal string Output
    {
        get { lock (output) return string.Join('\n', output); }
    }

    internal static string NewDirectory() => System.IO.Directory.CreateTempSubdirectory("prunella-test-").FullName;

    /// <summary>The full path of a program; null when it is not installed.</summary>
    internal static string? Find(string program, params string[] further) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(further).Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    internal static ServerProcess Start(string program, string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new ServerProcess(Process.Start(start)!, directory);
    }

    /// <summary>Asks until the answer is yes; fails when the server ends or the time is up.</summary>
    internal async Task UntilAsync(Func<CancellationToken, Task<bool>> ready, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        while (!await ready(limit.Token))
        {
            if (process.HasExited) throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}: {Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
        }
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.WaitForExit(10_000);
        process.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (output)
        {
            output.Enqueue(line);
            if (output.Count > 200) output.Dequeue();
        }
    }
}
