using System.Net;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Prunella.Commands;

namespace Prunella.Mcp;

/// <summary>
/// Hands the tools of a server on to whoever speaks on a pair of streams. It knows no tool and holds no data: what there is and who
/// may call it is the server's to say, at each call.
/// </summary>
internal static class McpRelay
{
    /// <summary>Relays until the input ends.</summary>
    /// <exception cref="CommandFailedException">The server cannot be reached, or does not take the token.</exception>
    internal static async Task RunAsync(Uri server, string? token, Stream input, Stream output, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        await using var client = await ConnectAsync(http, server, token, cancellation);
        var options = new McpServerOptions { ServerInfo = client.ServerInfo, ServerInstructions = client.ServerInstructions };
        options.Handlers.ListToolsHandler = async (request, stop) => await client.ListToolsAsync(request.Params ?? new ListToolsRequestParams(), stop);
        options.Handlers.CallToolHandler = async (request, stop) => await AskAsync(client, request.Params!, stop);
        await using var transport = new StreamServerTransport(input, output, "prunella");
        await using var relay = McpServer.Create(transport, options);
        await relay.RunAsync(cancellation);
    }

    private static async Task<CallToolResult> AskAsync(McpClient client, CallToolRequestParams call, CancellationToken cancellation)
    {
        try
        {
            return await client.CallToolAsync(new CallToolRequestParams { Name = call.Name, Arguments = call.Arguments }, cancellation);
        }
        catch (HttpRequestException failure)
        {
            // The server went away, or the token was revoked meanwhile: the caller is told, and may try again.
            return new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = $"The server did not answer: {failure.Message}" }] };
        }
    }

    private static async Task<McpClient> ConnectAsync(HttpClient http, Uri server, string? token, CancellationToken cancellation)
    {
        var options = new HttpClientTransportOptions
        {
            Endpoint = new Uri(server, McpEndpoints.Path.TrimStart('/')), TransportMode = HttpTransportMode.StreamableHttp, EnableStandaloneGetStream = false,
            AdditionalHeaders = string.IsNullOrEmpty(token) ? null : new Dictionary<string, string> { ["Authorization"] = $"Bearer {token}" },
        };
        try
        {
            return await McpClient.CreateAsync(new HttpClientTransport(options, http), cancellationToken: cancellation);
        }
        catch (Exception failure) when (failure is HttpRequestException or McpException or IOException or TimeoutException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            var refused = failure is HttpRequestException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden };
            throw new CommandFailedException(refused ? ExitCode.NotEntitled : ExitCode.Unreachable, refused
                ? $"{server} did not take the token. Give one that holds as PRUNELLA_TOKEN."
                : $"{server} cannot be reached: {failure.Message}. Is the server running (prunella serve)? Another address is given by --server or PRUNELLA_SERVER.");
        }
    }
}
