using System.CommandLine;
using Prunella.Commands;

namespace Prunella.Tests.Commands;

/// <summary>Runs a command line as a user would, with its streams caught.</summary>
internal static class CommandRun
{
    internal sealed record Result(int Code, string Output, string Error);

    internal static Task<Result> RunAsync(params string[] arguments) => RunAsync(TestContext.Current.CancellationToken, arguments);

    /// <summary>The same, ended as Ctrl+C ends it.</summary>
    internal static async Task<Result> RunAsync(CancellationToken stop, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var parsed = RootCommands.Create().Parse(arguments);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null }, stop);
        return new Result(parsed.Errors.Count > 0 ? (int)ExitCode.Usage : code, output.ToString(), error.ToString());
    }
}
