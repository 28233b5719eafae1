using System.CommandLine;
using System.Text.Json;
using Prunella.Commands;

namespace Prunella.Tests.Traces;

/// <summary>A folder for a store of traces, read by the command that its users use.</summary>
internal sealed class TraceFolder : IDisposable
{
    internal string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName());

    internal int Files => Directory.Exists(Path) ? Directory.GetFiles(Path).Length : 0;

    internal async Task<(int Traces, int Spans)> AnalyseAsync()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await RootCommands.Create().Parse(["traces", "analyze", Path, "--output", "json"])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        code.ShouldBe(0, error.ToString());
        var report = JsonDocument.Parse(output.ToString()).RootElement;
        return (report.GetProperty("traces").GetInt32(), report.GetProperty("spans").GetInt32());
    }

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
        else File.Delete(Path);
    }
}
