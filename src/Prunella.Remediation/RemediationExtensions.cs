using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Escalation;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Diagnosing;
using Prunella.Remediation.Escalation;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Exporting;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Proposals;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Validating;

namespace Prunella.Remediation;

/// <summary>Registers the remediation core.</summary>
public static class RemediationExtensions
{
    /// <summary>
    /// Adds the engine, the gate's readers, approvals, breakers, stages and the kill switch. The caller adds the ports: a
    /// <see cref="IRemediationStore"/>, an <see cref="IWorkloadSource"/>, an <see cref="IHealthProbe"/>, and any number of
    /// <see cref="IActionDriver"/>, <see cref="IDiagnostician"/>, <see cref="IFamilySource"/>, <see cref="IMetricSource"/> and
    /// <see cref="IEscalationSink"/>.
    /// </summary>
    /// <exception cref="ArgumentException">Windows that cannot be read; every error at once.</exception>
    public static IServiceCollection AddRemediation(this IServiceCollection services, RemediationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new IdSource(provider.GetRequiredService<TimeProvider>(), new Random()));
        services.AddSingleton(options);
        services.AddSingleton(options.Gate).AddSingleton(options.Breaker).AddSingleton(options.Stages).AddSingleton(options.Engine);
        services.AddSingleton(new WindowClock(options.Windows));
        services.TryAddSingleton(new EscalationPolicyOptions());
        services.AddSingleton<EscalationPolicy>().AddSingleton<EscalationDesk>().AddSingleton<DigestWriter>().AddSingleton<LedgerExporter>();
        services.AddSingleton<IncidentFeed>().AddSingleton<EngineWakeUps>().AddSingleton<RemediationMetrics>().AddSingleton<Intake>();
        services.AddSingleton<Injections.InjectionBook>().AddSingleton<KillSwitch>().AddSingleton<StageBook>().AddSingleton<StageLadder>().AddSingleton<ShadowReview>().AddSingleton<BreakerBook>().AddSingleton<ApprovalDesk>().AddSingleton<ProposalDesk>();
        services.AddSingleton<ActionCatalogue>().AddSingleton<GateStateReader>().AddSingleton<BaselineReader>().AddSingleton<Validator>();
        services.AddSingleton<IncidentJournal>().AddSingleton<Correlator>().AddSingleton<NoticeDispatcher>().AddSingleton<Outcomes>();
        services.AddSingleton<GatherStep>().AddSingleton<LateAlerts>().AddSingleton<DiagnoseStep>().AddSingleton<JudgeStep>().AddSingleton<ApprovalStep>();
        services.AddSingleton<ExecuteStep>().AddSingleton<ValidateStep>().AddSingleton<UndoStep>().AddSingleton<IncidentWorker>();
        services.AddSingleton(provider => new RemediationEngine(
            provider.GetRequiredService<IRemediationStore>(), provider.GetRequiredService<Correlator>(), provider.GetRequiredService<IncidentWorker>(),
            provider.GetRequiredService<NoticeDispatcher>(), provider.GetRequiredService<DigestWriter>(), provider.GetRequiredService<LedgerExporter>(), provider.GetRequiredService<EngineWakeUps>(), provider.GetRequiredService<Intake>(),
            options.Engine, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RemediationEngine>>()));
        return services;
    }
}
