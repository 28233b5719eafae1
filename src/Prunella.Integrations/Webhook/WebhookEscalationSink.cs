using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Http;

namespace Prunella.Integrations.Webhook;

/// <summary>The configuration section <c>escalation:webhook</c>.</summary>
public sealed class WebhookEscalationOptions
{
    /// <summary>The sink's name in the ledger; another one for each webhook.</summary>
    /// <value>Default <c>webhook</c>.</value>
    public string Name { get; set; } = "webhook";

    /// <summary>Where notices go, and how they are signed.</summary>
    public HttpEndpointOptions Endpoint { get; set; } = new();

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() => new OptionProblems("escalation:webhook")
        .Check(nameof(Name), Name.Length is > 0 and <= 63, "must have 1 to 63 characters")
        .Add(Endpoint.Problems("escalation:webhook:Endpoint")).All;
}

/// <summary>
/// Delivers notices as signed JSON. The notice's key is the idempotency key: a receiver that has seen it may drop the repetition.
/// Thread-safe.
/// </summary>
public sealed class WebhookEscalationSink : IEscalationSink, IDisposable
{
    private readonly HttpEndpoint endpoint;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public WebhookEscalationSink(WebhookEscalationOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        Name = options.Name;
        endpoint = new HttpEndpoint(options.Endpoint, time);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task DeliverAsync(Notice notice, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var body = new JsonObject
        {
            ["version"] = 1,
            ["kind"] = JsonNamingPolicy.KebabCaseLower.ConvertName(notice.Kind.ToString()),
            ["key"] = notice.Key,
            ["incident"] = notice.Incident?.ToString(),
            ["incidentShort"] = notice.Incident?.Short,
            ["severity"] = notice.Severity.ToString().ToLowerInvariant(),
            ["title"] = notice.Title,
            ["body"] = notice.Body,
            ["at"] = notice.At.ToString("O", CultureInfo.InvariantCulture),
        };
        var answer = await endpoint.CallAsync(HeaderSafe(notice.Key), JsonSerializer.SerializeToUtf8Bytes<JsonNode>(body), null, null, cancellation);
        if (answer.Success) return;
        throw new EscalationFailedException($"The notice '{notice.Key}' was not delivered to {endpoint.Shown}: {answer.Refusal}");
    }

    /// <inheritdoc/>
    public void Dispose() => endpoint.Dispose();

    private static string HeaderSafe(string key) => HttpHeaderText.IsValue(key) && key.Length <= 255 ? key : Incidents.Fingerprint.Of([key]);
}
