using System.CommandLine;

namespace Prunella.Commands;

/// <summary>Runs the bodies of commands with one treatment of failures.</summary>
internal static class Running
{
    /// <summary>Sets what a command does.</summary>
    internal static void Does(this Command command, Func<ParseResult, CancellationToken, Task<ExitCode>> body) =>
        command.SetAction((parsed, cancellation) => GuardAsync(parsed, body, cancellation));

    /// <summary>Sets what a command that talks to the server does.</summary>
    internal static Command Asks(this Command command, Func<ParseResult, ServerConnection, CancellationToken, Task<ExitCode>> body)
    {
        command.Add(Output.FormatOption);
        command.Add(ServerConnection.ServerOption);
        command.Add(ServerConnection.TokenOption);
        command.Does(async (parsed, cancellation) =>
        {
            using var server = ServerConnection.Open(parsed);
            return await body(parsed, server, cancellation);
        });
        return command;
    }

    private static async Task<int> GuardAsync(ParseResult parsed, Func<ParseResult, CancellationToken, Task<ExitCode>> body, CancellationToken cancellation)
    {
        try
        {
            return (int)await body(parsed, cancellation);
        }
        catch (CommandFailedException failure)
        {
            parsed.Say(failure.Message);
            return (int)failure.Code;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return (int)ExitCode.Interrupted;
        }
    }
}
