using System.Reflection;
using Prunella.Auth;
using Prunella.Hosting;
using Prunella.Kubernetes.Leader;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;

namespace Prunella.Api;

/// <summary>The server at a glance.</summary>
internal static class StatusEndpoints
{
    /// <summary>The version of this build.</summary>
    internal static string Version { get; } =
        typeof(StatusEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    internal static void MapStatus(this IEndpointRouteBuilder api) =>
        api.MapGet("/status", GetAsync).Needs(Role.Viewer).WithTags("Status").WithName("GetStatus").WithSummary("The server at a glance").Answers<StatusView>();

    private static async Task<StatusView> GetAsync(
        HttpContext context, IRemediationStore store, KillSwitch killSwitch, BreakerBook breakers, StageOptions stages, StageBook stageBook, Intake intake,
        RemediationEngine engine, Readiness readiness, DemoAccess demo, CancellationToken cancellation)
    {
        var open = await store.ListIncidentsAsync(new IncidentQuery { Open = true, Max = 1 }, cancellation);
        var everything = (await stageBook.ListAsync(cancellation)).FirstOrDefault(state => state.Scope == "*/*");
        var person = context.Person();
        return new StatusView
        {
            Version = Version, Ready = readiness.Ready, Demo = demo.Enabled, You = person.Name, Role = person.Role.ToString(),
            KillSwitch = (await killSwitch.ReadAsync(cancellation)).On, OpenIncidents = open.Total,
            WaitingApprovals = (await store.ListApprovalsAsync(pendingOnly: true, 500, cancellation)).Count,
            OpenBreakers = (await breakers.ListAsync(cancellation)).Count(state => state.Phase != BreakerPhase.Closed),
            PendingSignals = intake.Pending, Working = engine.Working, Stage = (everything?.Stage ?? stages.Default).ToString(),
            Lease = LeaseView.Of(context.RequestServices.GetService<Leadership>()),
        };
    }
}
