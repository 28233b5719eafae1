using Prunella.Auth;
using Prunella.Integrations.Cdn;
using Prunella.Integrations.CloudEvents;
using Prunella.Integrations.Datadog;
using Prunella.Integrations.Email;
using Prunella.Integrations.Elasticsearch;
using Prunella.Integrations.GitHub;
using Prunella.Integrations.Health;
using Prunella.Integrations.Jaeger;
using Prunella.Integrations.Kafka;
using Prunella.Integrations.Opsgenie;
using Prunella.Integrations.PagerDuty;
using Prunella.Integrations.Postgres;
using Prunella.Integrations.Prometheus;
using Prunella.Integrations.Redis;
using Prunella.Integrations.S3;
using Prunella.Integrations.Siem;
using Prunella.Integrations.Slack;
using Prunella.Integrations.Teams;
using Prunella.Integrations.Webhook;
using Prunella.Integrations.Zipkin;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Watch;
using Prunella.Logs;
using Prunella.Logs.Archive;
using Prunella.Logs.Pipeline;
using Prunella.Mcp;
using Prunella.Reasoning;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Escalation;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Playbooks;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;
using Prunella.Reporting;
using Prunella.Slack;
using Prunella.Telemetry;
using Prunella.Traces;
using Prunella.Traces.Sources;
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
        new("storage", typeof(StorageOptions)),
        new("kubernetes", typeof(KubernetesOptions)),
        new(OperatorOptions.Section, typeof(OperatorOptions)),
        new("prometheus", typeof(PrometheusOptions)),
        new("health", typeof(HealthProbeOptions)),
        new("datadog", typeof(DatadogOptions)),
        new("redis", typeof(RedisOptions)),
        new("postgres", typeof(PostgresPoolsOptions)),
        new("cdn", typeof(CdnOptions)),
        new("hooks", typeof(HookOptions)),
        new(EscalationPolicyOptions.Section, typeof(EscalationPolicyOptions)),
        new("escalation:webhook", typeof(WebhookEscalationOptions)),
        new(SlackRegistration.SinkSection, typeof(SlackOptions)),
        new(SlackCallbackOptions.Section, typeof(SlackCallbackOptions)),
        new("escalation:pagerDuty", typeof(PagerDutyOptions)),
        new("escalation:opsgenie", typeof(OpsgenieOptions)),
        new("escalation:teams", typeof(TeamsOptions)),
        new("escalation:email", typeof(EmailOptions)),
        new("siem:syslog", typeof(SyslogLedgerOptions)),
        new("siem:file", typeof(FileLedgerOptions)),
        new("events", typeof(CloudEventsOptions)),
        new("playbooks", typeof(PlaybookOptions)),
        new(TraceIngestOptions.Section, typeof(TraceIngestOptions)),
        new(TraceIngestRegistration.StoreSection, typeof(TraceStoreOptions)),
        new(TraceIngestRegistration.JaegerSection, typeof(JaegerOptions)),
        new(TraceIngestRegistration.ZipkinSection, typeof(ZipkinOptions)),
        new(TraceIngestRegistration.GitHubSection, typeof(GitHubOptions)),
        new(LogIngestOptions.Section, typeof(LogIngestOptions)),
        new(LogIngestRegistration.KafkaSection, typeof(KafkaLogOptions)),
        new(LogIngestRegistration.PipelineSection, typeof(LogPipelineOptions)),
        new(LogIngestRegistration.RetentionSection, typeof(RetentionOptions)),
        new(LogRedactionOptions.Section, typeof(LogRedactionOptions)),
        new(LogSignalOptions.Section, typeof(LogSignalOptions)),
        new(JsonLinesSinkOptions.Section, typeof(JsonLinesSinkOptions)),
        new(LogIngestRegistration.ElasticsearchSection, typeof(ElasticsearchSinkOptions)),
        new(LogIngestRegistration.S3Section, typeof(S3ArchiveOptions)),
        new(LogIngestRegistration.FeedSection, typeof(SinkFeedOptions)),
        new("remediation:gate", typeof(GateOptions)),
        new("remediation:breaker", typeof(BreakerOptions)),
        new("remediation:stages", typeof(StageOptions)),
        new("remediation:windows", typeof(WindowOptions)),
        new("remediation:engine", typeof(EngineOptions)),
        new(ReasoningOptions.Section, typeof(ReasoningOptions)),
        new(ReportOptions.Section, typeof(ReportOptions)),
        new(McpOptions.Section, typeof(McpOptions)),
        new(TelemetryOptions.Section, typeof(TelemetryOptions)),
    ];
}
