using Prunella.Api;
using Prunella.Auth;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Slack;
using Prunella.Integrations.Webhook;

namespace Prunella.Slack;

/// <summary>Adds Slack: what is posted there, and the buttons that come back.</summary>
internal static class SlackRegistration
{
    internal const string SinkSection = "escalation:slack";
    private const int SecretCharsMin = 16;

    internal static IServiceCollection AddSlackApprovals(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SlackCallbackOptions>().Bind(configuration.GetSection(SlackCallbackOptions.Section)).ValidateOnStart()
            .Validate(options => options.SigningSecret.Length is 0 or >= SecretCharsMin, $"{SlackCallbackOptions.Section}:signingSecret: expected at least {SecretCharsMin} characters, as Slack shows it under Basic Information")
            .Validate(options => options.People.All(person => person.Key.Length is > 1 and <= 40 && person.Key.All(char.IsAsciiLetterOrDigit) && !string.IsNullOrWhiteSpace(person.Value.Name)), $"{SlackCallbackOptions.Section}:people: expected Slack's ids (U…), each with a name");
        var options = configuration.GetSection(SinkSection).Get<SlackOptions>() ?? new SlackOptions();
        services.AddSingleton(provider => new SlackReplies(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<INoticeMemory, StoreNoticeMemory>().AddSingleton<SlackReceiver>();
        return options.Token.Length > 0 ? services.AddSlack(options) : services;
    }

    internal static void MapSlack(this IEndpointRouteBuilder endpoints) => endpoints.MapPost("/webhooks/slack", (HttpContext context, SlackReceiver receiver) => receiver.ReceiveAsync(context))
        .Needs(Access.Sender).WithTags("Webhooks").WithName("PostSlack").WithSummary("Presses of buttons in Slack, signed by Slack").Produces(StatusCodes.Status200OK).Answers(400, 401, 413, 429, 503);
}
