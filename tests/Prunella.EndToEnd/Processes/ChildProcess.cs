using System.Diagnostics;

namespace Prunella.EndToEnd.Processes;

/// <summary>A program started by a test, ended with it at the latest. Keeps the end of what it wrote.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int LinesMax = 400;
    private readonly Process process;
    private readonly Queue<string> lines = new();

    private ChildProcess(Process process, string name) => (this.process, Name) = (process, name);

    internal string Name { get; }

    internal int Id => process.Id;

    internal bool HasExited => process.HasExited;

    /// <summary>The last lines of both outputs.</summary>
    internal string Output
    {
        get
        {
            lock (lines) return string.Join('\n', lines);
        }
    }

    internal static ChildProcess Start(string name, string program, IEnumerable<string> arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        var child = new ChildProcess(new Process { StartInfo = start }, name);
        child.process.OutputDataReceived += (_, line) => child.Keep(line.Data);
        child.process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
        child.process.Start();
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code and everything that it wrote.</returns>
    internal static async Task<(int ExitCode, string Output)> RunAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken cancellation)
    {
        using var child = Start(Path.GetFileName(program), program, arguments, folder);
        await child.process.WaitForExitAsync(cancellation);
        return (child.process.ExitCode, child.Output);
    }

    /// <summary>Waits until the address answers with success; fails when the program ends or the time is over.</summary>
    internal async Task UntilAnswersAsync(Uri address, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Patience.UntilAsync(async () =>
        {
            if (HasExited) throw new InvalidOperationException($"{Name} ended with {process.ExitCode}:\n{Output}");
            try
            {
                using var answer = await client.GetAsync(address, cancellation);
                return answer.IsSuccessStatusCode;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                return false;
            }
        }, $"{Name} to answer at {address}", () => Output);
    }

    /// <summary>SIGKILL: nothing is written any more, nothing is said goodbye to.</summary>
    internal async Task KillAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGINT, as Ctrl-C sends it.</summary>
    /// <returns>The exit code.</returns>
    internal async Task<int> InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        // A process whose parent ignores the signal ignores it too, and would be waited for without end.
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.WaitForExit(TimeSpan.FromSeconds(10));
        process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (lines)
        {
            lines.Enqueue(line);
            if (lines.Count > LinesMax) lines.Dequeue();
        }
    }
}
