using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;
using Prunella.Auth;
using Prunella.Commands;
using Prunella.Mcp;
using Prunella.Remediation.Approvals;
using Prunella.Tests.Commands;

namespace Prunella.Tests.Mcp;

/// <summary><c>prunella mcp</c>, by the protocol's own client on its standard streams.</summary>
public sealed class McpRelayTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Process_HandsOnWhatTheTokenAllows_AndTellsWhenItIsRevoked()
    {
        await using var server = await RunningServer.StartAsync();
        var incident = await CommandTests.OpenAsync(server, "it burns");
        var book = server.Services.GetRequiredService<TokenBook>();
        var token = await book.CreateAsync("ana", Role.Viewer, null, "test", Cancellation);
        await using var client = await McpClient.CreateAsync(
            new StdioClientTransport(new StdioClientTransportOptions
            {
                Command = "dotnet", Arguments = [typeof(McpRelay).Assembly.Location, "mcp", "--server", server.Address.ToString()], EnvironmentVariables = new Dictionary<string, string?> { ["PRUNELLA_TOKEN"] = token },
            }),
            new McpClientOptions { InitializationTimeout = TimeSpan.FromMinutes(3) }, cancellationToken: Cancellation);

        var tools = await client.ListToolsAsync(cancellationToken: Cancellation);
        tools.Select(tool => tool.Name).ShouldContain("get_incident");
        tools.Select(tool => tool.Name).ShouldNotContain("propose");
        tools.ShouldAllBe(tool => tool.ProtocolTool.Annotations!.ReadOnlyHint == true);
        var answer = await client.CallToolAsync("get_incident", new Dictionary<string, object?> { ["incident"] = incident.Id.Short }, cancellationToken: Cancellation);
        answer.StructuredContent!.Value.GetProperty("data").GetProperty("incident").GetProperty("summary").GetProperty("title").GetString().ShouldBe("it burns");

        await book.RevokeAsync("ana", "test", Cancellation);
        (await client.CallToolAsync("list_incidents", cancellationToken: Cancellation)).IsError.ShouldBe(true);
    }

    [Fact]
    public async Task Token_ThatDoesNotHold_IsSaidOnStandardError()
    {
        await using var server = await RunningServer.StartAsync();

        var result = await CommandRun.RunAsync("mcp", "--server", server.Address.ToString(), "--token", "prn_wrong");

        result.Code.ShouldBe((int)ExitCode.NotEntitled, result.Error);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain("did not take the token");
    }
}
