using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Incidents;
using Prunella.Webhooks;

namespace Prunella.Commands.Playbooks;

/// <summary>Reads the alerts to be explained: an Alertmanager webhook, one alert of it, or a generic signal.</summary>
internal static class AlertFile
{
    private const int BytesMax = 8 * 1024 * 1024;

    /// <exception cref="CommandFailedException">It cannot be read; the message says where and what was expected.</exception>
    internal static async Task<IReadOnlyList<Signal>> ReadAsync(string path, DateTimeOffset now, CancellationToken cancellation)
    {
        var body = await BytesAsync(path, cancellation);
        var ids = new IdSource(TimeProvider.System, new Random(1));
        var limits = new WebhookOptions();
        var kind = KindOf(ref body, path);
        var parsed = kind == AlertmanagerParser.Source ? new AlertmanagerParser(limits, ids).Parse(body, now) : new GenericParser(limits, ids).Parse(body, now);
        if (parsed.Fault is { } fault) throw new CommandFailedException(ExitCode.Configuration, $"{path}: {fault.Path}: {fault.Text}");
        return parsed.Signals.Count > 0 ? parsed.Signals : throw new CommandFailedException(ExitCode.Configuration, $"{path} holds no alert.");
    }

    private static async Task<byte[]> BytesAsync(string path, CancellationToken cancellation)
    {
        try
        {
            await using var stream = path == "-" ? System.Console.OpenStandardInput() : File.OpenRead(path);
            using var body = new MemoryStream();
            var buffer = new byte[64 * 1024];
            while (await stream.ReadAsync(buffer, cancellation) is var count and > 0)
            {
                if (body.Length + count > BytesMax) throw new CommandFailedException(ExitCode.Configuration, $"{path} has more than {BytesMax} bytes.");
                body.Write(buffer, 0, count);
            }
            return body.ToArray();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Configuration, $"{path} cannot be read: {failure.Message}");
        }
    }

    private static string KindOf(ref byte[] body, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new CommandFailedException(ExitCode.Configuration, $"{path}: an object was expected: an Alertmanager webhook, one alert of it, or a generic signal.");
            if (root.TryGetProperty("alerts", out _)) return AlertmanagerParser.Source;
            if (root.TryGetProperty("name", out _) || root.TryGetProperty("signals", out _)) return GenericParser.Source;
            // One alert as it stands in a webhook, or in Alertmanager's API, where the status is an object; firing unless it says otherwise.
            var alert = JsonObject.Create(root)!;
            if (alert["status"] is not JsonValue) alert["status"] = "firing";
            body = JsonSerializer.SerializeToUtf8Bytes<JsonNode>(new JsonObject { ["version"] = "4", ["alerts"] = new JsonArray(alert) });
            return AlertmanagerParser.Source;
        }
        catch (JsonException failure)
        {
            throw new CommandFailedException(ExitCode.Configuration, $"{path} is no JSON: line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1}.");
        }
    }
}
