using Prunella.Auth;
using Prunella.Remediation;
using Prunella.Telemetry;
using Prunella.Webhooks;

namespace Prunella.Hosting;

/// <summary>A section of the configuration and the class that declares its keys.</summary>
/// <param name="Key">Its path: <c>remediation:breaker</c>.</param>
/// <param name="Options">The options class, whose documentation is the reference.</param>
internal sealed record ConfigurationSectionInfo(string Key, Type Options);

/// <summary>Every section that there is. What is not here cannot be configured.</summary>
internal static class ConfigurationSections
{
    internal static IReadOnlyList<ConfigurationSectionInfo> All { get; } =
    [
        new(ServerOptions.Section, typeof(ServerOptions)),
        new(AuthOptions.Section, typeof(AuthOptions)),
        new(WebhookOptions.Section, typeof(WebhookOptions)),
        new("remediation", typeof(RemediationOptions)),
        new(TelemetryOptions.Section, typeof(TelemetryOptions)),
    ];
}
