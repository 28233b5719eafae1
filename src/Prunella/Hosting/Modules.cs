using Prunella.Incidents.Workloads;
using Prunella.Integrations.Cdn;
using Prunella.Integrations.CloudEvents;
using Prunella.Integrations.Datadog;
using Prunella.Integrations.Email;
using Prunella.Integrations.Health;
using Prunella.Integrations.Opsgenie;
using Prunella.Integrations.PagerDuty;
using Prunella.Integrations.Postgres;
using Prunella.Integrations.Prometheus;
using Prunella.Integrations.Redis;
using Prunella.Integrations.Siem;
using Prunella.Integrations.Teams;
using Prunella.Integrations.Webhook;
using Prunella.Kubernetes;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Rehearsing;
using Prunella.Kubernetes.Watch;
using Prunella.Reasoning;
using Prunella.Remediation;
using Prunella.Remediation.Diagnosing;
using Prunella.Remediation.Escalation;
using Prunella.Remediation.Playbooks;
using Prunella.Remediation.Storage;
using Prunella.Reporting;
using Prunella.Slack;

namespace Prunella.Hosting;

/// <summary>Adds the modules with their sections of the configuration.</summary>
internal static class Modules
{
    internal static IServiceCollection AddModules(this IServiceCollection services, IConfiguration configuration, bool demo)
    {
        services.Configure<StorageOptions>(configuration.GetSection("storage"));
        services.AddRemediationStorage();
        services.AddSingleton(Read<EscalationPolicyOptions>(configuration, EscalationPolicyOptions.Section));
        services.AddRemediation(Read<RemediationOptions>(configuration, "remediation"));
        if (NoCluster.Applies(configuration)) services.AddSingleton<IWorkloadSource, NoCluster>();
        else AddCluster(services, configuration, demo);
        services.AddPlaybooks(Read<PlaybookOptions>(configuration, "playbooks"));
        services.AddServerReasoning(Read<ReasoningOptions>(configuration, ReasoningOptions.Section));
        services.AddHealthProbe(Read<HealthProbeOptions>(configuration, "health"));
        // Without an address there is no metric source, and what asks for one is inconclusive.
        if (configuration["prometheus:url"] is { Length: > 0 }) services.AddPrometheus(Read<PrometheusOptions>(configuration, "prometheus"));
        if (configuration["datadog:apiKey"] is { Length: > 0 }) services.AddDatadog(Read<DatadogOptions>(configuration, "datadog"));
        services.AddRedisCaches(Read<RedisOptions>(configuration, "redis"));
        services.AddPostgresPools(Read<PostgresPoolsOptions>(configuration, "postgres"));
        services.AddCdns(Read<CdnOptions>(configuration, "cdn"));
        services.AddHooks(Read<HookOptions>(configuration, "hooks"));
        if (!demo) services.AddLogEscalation(); // the demo tells its story itself
        if (configuration["escalation:webhook:endpoint:url"] is { Length: > 0 }) services.AddWebhookEscalation(Read<WebhookEscalationOptions>(configuration, "escalation:webhook"));
        if (configuration["escalation:pagerDuty:routingKey"] is { Length: > 0 }) services.AddPagerDuty(Read<PagerDutyOptions>(configuration, "escalation:pagerDuty"));
        if (configuration["escalation:opsgenie:apiKey"] is { Length: > 0 }) services.AddOpsgenie(Read<OpsgenieOptions>(configuration, "escalation:opsgenie"));
        if (configuration["escalation:teams:url"] is { Length: > 0 }) services.AddTeams(Read<TeamsOptions>(configuration, "escalation:teams"));
        if (configuration["escalation:email:host"] is { Length: > 0 }) services.AddEmail(Read<EmailOptions>(configuration, "escalation:email"));
        if (configuration["siem:syslog:host"] is { Length: > 0 }) services.AddSyslogLedger(Read<SyslogLedgerOptions>(configuration, "siem:syslog"));
        if (configuration["siem:file:path"] is { Length: > 0 }) services.AddFileLedger(Read<FileLedgerOptions>(configuration, "siem:file"));
        if (configuration["events:endpoint:url"] is { Length: > 0 }) services.AddCloudEvents(Read<CloudEventsOptions>(configuration, "events"));
        services.AddSlackApprovals(configuration);
        services.AddReport(configuration);
        return services;
    }

    private static void AddCluster(IServiceCollection services, IConfiguration configuration, bool demo)
    {
        services.AddKubernetes(Read<KubernetesOptions>(configuration, "kubernetes")).AddHostedService<FirewallSweepService>();
        var watching = Read<OperatorOptions>(configuration, OperatorOptions.Section);
        // The demo's faults are told by its alerts, one story at a time.
        if (!watching.Enabled || demo) return;
        services.AddOperator(watching);
        if (watching.Rehearse) services.AddSingleton(provider => new Rehearsal(ports => AddRehearsed(ports, provider)));
    }

    // The playbooks are shared, so that their patterns are built; nothing of the host that could be reached or told is.
    private static void AddRehearsed(IServiceCollection ports, IServiceProvider host) =>
        ports.AddSingleton(host.GetRequiredService<PlaybookSet>()).AddSingleton(host.GetRequiredService<PlaybookOptions>()).AddSingleton<IDiagnostician, PlaybookDiagnostician>();

    private static T Read<T>(IConfiguration configuration, string section) where T : new() => configuration.GetSection(section).Get<T>() ?? new T();
}
