using Prunella.Api;
using Prunella.Auth;

namespace Prunella.Webhooks;

/// <summary>The addresses at which signals come in.</summary>
internal static class WebhookEndpoints
{
    internal static void MapWebhooks(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/webhooks").Needs(Access.Sender).WithTags("Webhooks");
        group.MapPost("/alertmanager", (HttpContext context, WebhookReceiver receiver, AlertmanagerParser parser) =>
                receiver.ReceiveAsync(context, AlertmanagerParser.Source, parser.Parse))
            .WithName("PostAlertmanager").WithSummary("Alertmanager's webhook, version 4").Answers<Receipt>(400, 401, 413, 415, 429, 503);
        group.MapPost("/generic", (HttpContext context, WebhookReceiver receiver, GenericParser parser) =>
                receiver.ReceiveAsync(context, GenericParser.Source, parser.Parse))
            .WithName("PostGeneric").WithSummary("One signal, or several under \"signals\"").Answers<Receipt>(400, 401, 413, 415, 429, 503);
    }
}
