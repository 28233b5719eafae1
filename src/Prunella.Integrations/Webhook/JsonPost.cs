using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Http;

namespace Prunella.Integrations.Webhook;

/// <summary>Posts JSON to one vendor of messages, and does not ask it again before the time that it set. Thread-safe.</summary>
internal sealed class JsonPost(string vendor, MessageVendorOptions options, TimeProvider time) : IDisposable
{
    private const int AnswerBytesMax = 256 * 1024;
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(30);
    private readonly HttpLane lane = new(options.Timeout, AnswerBytesMax, options.AuthorityFile);
    private long notBefore;

    public void Dispose() => lane.Dispose();

    /// <summary>Posts; any answer but of success is an exception that names it.</summary>
    /// <param name="url">Where.</param>
    /// <param name="body">What.</param>
    /// <param name="authorization">The value of the header; null for none.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="EscalationFailedException">It was refused, or did not arrive.</exception>
    internal async Task<JsonElement> SendAsync(Uri url, JsonObject body, AuthenticationHeaderValue? authorization, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now.UtcTicks < Interlocked.Read(ref notBefore)) throw new EscalationFailedException($"{vendor} asked to wait until {new DateTimeOffset(Interlocked.Read(ref notBefore), TimeSpan.Zero):HH:mm:ss} UTC.");
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes<JsonNode>(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        request.Headers.Authorization = authorization;
        var answer = await lane.SendAsync(request, cancellation).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.TooManyRequests)
        {
            var wait = answer.Headers?.RetryAfter?.Delta is { } asked && asked > TimeSpan.Zero && asked < TimeSpan.FromHours(1) ? asked : UsualWait;
            Interlocked.Exchange(ref notBefore, (now + wait).UtcTicks);
            throw new EscalationFailedException($"{vendor} gets too many messages and asks to wait {wait.TotalSeconds:0} s.");
        }
        if (!answer.Complete) throw new EscalationFailedException($"{vendor} was not reached: {answer.Failure}");
        if (!answer.Success) throw new EscalationFailedException($"{vendor} refused the message ({(int)answer.Status}): {answer.Line()}");
        try
        {
            return answer.Body.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(answer.Body);
        }
        catch (JsonException)
        {
            // Some answer with a word.
            return default;
        }
    }
}
