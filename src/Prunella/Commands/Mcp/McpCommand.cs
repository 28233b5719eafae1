using System.CommandLine;
using Prunella.Mcp;

namespace Prunella.Commands.Mcp;

/// <summary><c>prunella mcp</c>: the server's tools for a program that starts this one.</summary>
internal static class McpCommand
{
    internal static Command Create()
    {
        var command = new VerbCommand("mcp", "Speak the Model Context Protocol on standard input and output, for programs that start their tools themselves. Every call goes to the running server with your token; nothing is read or changed here.")
        {
            ServerConnection.ServerOption, ServerConnection.TokenOption,
        }.Such("prunella mcp --server https://prunella.example.org", "the tools of that server; the token comes from PRUNELLA_TOKEN");
        command.Does(async (parsed, cancellation) =>
        {
            await McpRelay.RunAsync(ServerConnection.AddressOf(parsed), ServerConnection.TokenOf(parsed), System.Console.OpenStandardInput(), System.Console.OpenStandardOutput(), cancellation);
            return ExitCode.Ok;
        });
        return command;
    }
}
