using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prunella.Commands;

/// <summary>A command could not be carried out, for a reason that the user can act on.</summary>
/// <param name="code">The exit code.</param>
/// <param name="message">What, where, and what to do.</param>
internal sealed class CommandFailedException(ExitCode code, string message) : Exception(message)
{
    public ExitCode Code { get; } = code;
}

/// <summary>The running server, as the commands talk to it.</summary>
internal sealed class ServerConnection : IDisposable
{
    internal const string DefaultServer = "http://127.0.0.1:8780";

    internal static Option<string> ServerOption { get; } = new("--server")
    {
        Description = $"The server's address. Default: PRUNELLA_SERVER, else {DefaultServer}.", HelpName = "URL",
    };

    internal static Option<string> TokenOption { get; } = new("--token")
    {
        Description = "Your token. Better given as PRUNELLA_TOKEN, which no process list shows.", HelpName = "TOKEN",
    };

    /// <summary>How the API writes JSON, and so how the commands read it.</summary>
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private static readonly JsonSerializerOptions IndentedJson = new(Json) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly HttpClient http;

    internal ServerConnection(Uri server, string? token)
    {
        http = new HttpClient { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        if (!string.IsNullOrEmpty(token)) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Opens what flags and environment say.</summary>
    internal static ServerConnection Open(ParseResult parsed) => new(AddressOf(parsed), TokenOf(parsed));

    /// <summary>The server that flags and environment name.</summary>
    /// <exception cref="CommandFailedException">It is no address.</exception>
    internal static Uri AddressOf(ParseResult parsed)
    {
        var address = parsed.GetValue(ServerOption) ?? Environment.GetEnvironmentVariable("PRUNELLA_SERVER") ?? DefaultServer;
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
            throw new CommandFailedException(ExitCode.Usage, $"\"{address}\" is no address of a server; expected one such as {DefaultServer}.");
        return server;
    }

    /// <summary>The token that flags and environment give; null for none.</summary>
    internal static string? TokenOf(ParseResult parsed) => parsed.GetValue(TokenOption) ?? Environment.GetEnvironmentVariable("PRUNELLA_TOKEN");

    /// <summary>Writes a value as the commands print JSON.</summary>
    internal static string Write<T>(T value) => JsonSerializer.Serialize(value, IndentedJson);

    internal Task<T> GetAsync<T>(string path, CancellationToken cancellation) => SendAsync<T>(HttpMethod.Get, path, body: null, cancellation);

    internal async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: Json);
        using var response = await AskAsync(request, HttpCompletionOption.ResponseContentRead, deadline.Token, cancellation);
        if (response.StatusCode == HttpStatusCode.NoContent) return default!;
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(Json, deadline.Token) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"{http.BaseAddress} did not answer as Prunella of this version does. Is it the right server?");
        }
    }

    /// <summary>Opens a stream of server-sent events; one without data (a greeting, a beat) comes as null.</summary>
    internal async IAsyncEnumerable<T> EventsAsync<T>(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await AskAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation, cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream, (_, data) => data.IsEmpty ? default! : JsonSerializer.Deserialize<T>(data, Json)!).EnumerateAsync(cancellation))
            yield return item.Data;
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, HttpCompletionOption until, CancellationToken deadline, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, until, deadline);
        }
        catch (HttpRequestException failure)
        {
            throw new CommandFailedException(ExitCode.Unreachable,
                $"{http.BaseAddress} cannot be reached: {failure.Message}. Is the server running (prunella serve)? Another address is given by --server or PRUNELLA_SERVER.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"{http.BaseAddress} did not answer within 30 s.");
        }
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await ExplainAsync(response, cancellation);
    }

    private static async Task<CommandFailedException> ExplainAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        Problem? problem = null;
        try
        {
            problem = await response.Content.ReadFromJsonAsync<Problem>(Json, cancellation);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            // Something between us and the server answered; the status says enough.
        }
        var code = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.NotEntitled,
            HttpStatusCode.NotFound => ExitCode.NotFound,
            HttpStatusCode.Conflict or HttpStatusCode.Gone or HttpStatusCode.PreconditionFailed => ExitCode.Conflict,
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => ExitCode.Usage,
            _ => ExitCode.Unreachable,
        };
        var text = problem is { Title: { Length: > 0 } title } ? $"{title}. {problem.Detail}" : $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        return new CommandFailedException(code, text.Trim());
    }

    private sealed record Problem(string? Title, string? Detail);
}
