using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Http;
using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.Opsgenie;

/// <summary>Delivers notices as alerts of Opsgenie's API, one to an incident by its alias, closed when it is resolved. Thread-safe.</summary>
public sealed class OpsgenieSink : IEscalationSink, IDisposable
{
    private const int MessageMax = 130;
    private const int DescriptionMax = 15_000;
    private const int NoteMax = 25_000;
    private readonly OpsgenieOptions options;
    private readonly AuthenticationHeaderValue authorization;
    private readonly JsonPost post;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public OpsgenieSink(OpsgenieOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        this.options = options;
        authorization = new AuthenticationHeaderValue("GenieKey", options.ApiKey);
        post = new JsonPost("Opsgenie", options, time);
    }

    /// <inheritdoc/>
    public string Name => "opsgenie";

    /// <inheritdoc/>
    public async Task DeliverAsync(Notice notice, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var alias = notice.Incident?.ToString() ?? Fingerprint.Of([notice.Key]);
        switch (notice.Kind)
        {
            case NoticeKind.Escalated:
            case NoticeKind.Safety when notice.Severity > Severity.Info:
                await post.SendAsync(HttpAddress.Below(options.Url, "v2/alerts"), Alert(notice, alias), authorization, cancellation).ConfigureAwait(false);
                break;
            case NoticeKind.Resolved:
                await ChangeAsync(alias, "close", notice, cancellation).ConfigureAwait(false);
                break;
            case NoticeKind.Acknowledged:
                await ChangeAsync(alias, "acknowledge", notice, cancellation).ConfigureAwait(false);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => post.Dispose();

    private Task ChangeAsync(string alias, string change, Notice notice, CancellationToken cancellation) =>
        post.SendAsync(HttpAddress.Below(options.Url, $"v2/alerts/{Uri.EscapeDataString(alias)}/{change}?identifierType=alias"), new JsonObject { ["source"] = "prunella", ["note"] = NoticeText.Of(notice.Title, NoteMax) }, authorization, cancellation);

    private JsonObject Alert(Notice notice, string alias)
    {
        var alert = new JsonObject
        {
            ["message"] = NoticeText.Line(notice.Title, MessageMax),
            ["alias"] = alias,
            ["description"] = NoticeText.Of(notice.Body, DescriptionMax),
            ["source"] = "prunella",
            ["entity"] = notice.Incident?.Short ?? "prunella",
            ["priority"] = notice.Severity switch { Severity.Critical => "P1", Severity.Warning => "P3", _ => "P5" },
            ["tags"] = new JsonArray("prunella", notice.Kind == NoticeKind.Safety ? "safety" : "escalation"),
        };
        if (options.Teams.Count > 0) alert["responders"] = new JsonArray([.. options.Teams.Select(team => new JsonObject { ["name"] = team, ["type"] = "team" })]);
        return alert;
    }
}
