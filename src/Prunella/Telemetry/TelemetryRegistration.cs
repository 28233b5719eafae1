using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Prunella.Auth;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Execution;

namespace Prunella.Telemetry;

/// <summary>Adds <c>/metrics</c> and, when configured, OTLP.</summary>
internal static class TelemetryRegistration
{
    // The exporter's own bounds begin at 5, as if durations came in milliseconds: whether trouble was noticed within a second could not be told.
    private static readonly ExplicitBucketHistogramConfiguration Seconds = new() { Boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600] };

    internal static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new TelemetryOptions();
        services.AddSingleton<ServerMeter>();
        services.AddSingleton<BreakerGauge>().AddHostedService(provider => provider.GetRequiredService<BreakerGauge>());
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(options.ServiceName))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(ServerMeter.Name, RemediationMetrics.Name, Kubernetes.Watch.OperatorMetrics.Name, Logs.Pipeline.LogPipeline.MeterName, Reasoning.Pipeline.ReasoningMeter.Name).AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false);
                metrics.AddView(static instrument => instrument is Histogram<double> { Unit: "s" } ? Seconds : null);
                if (options.OtlpEndpoint is { } endpoint) metrics.AddOtlpExporter(otlp => otlp.Endpoint = endpoint);
            })
            .WithTracing(traces =>
            {
                traces.AddSource(RemediationMetrics.Name, Reasoning.Pipeline.ReasoningMeter.Name);
                if (options.OtlpEndpoint is { } endpoint) traces.AddOtlpExporter(otlp => otlp.Endpoint = endpoint);
            });
        return services;
    }

    internal static void MapTelemetry(this IEndpointRouteBuilder endpoints)
    {
        var anonymous = endpoints.ServiceProvider.GetRequiredService<IOptions<AuthOptions>>().Value.AnonymousMetrics;
        endpoints.MapPrometheusScrapingEndpoint("/metrics").Needs(anonymous ? Access.Anyone : Access.For(Role.Viewer));
    }
}

/// <summary>Reads the breakers a few times a minute, so that a scrape never waits for the store.</summary>
internal sealed class BreakerGauge(BreakerBook book, ServerMeter meter, Intake intake, RemediationEngine engine, Hosting.Readiness readiness, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private IReadOnlyList<BreakerState> states = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        meter.Watch(() => intake.Pending, () => engine.Working, Measure);
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!readiness.Ready) continue; // the store is not open yet
            try
            {
                states = await book.ListAsync(stoppingToken);
            }
            catch (Remediation.Storage.StoreUnavailableException)
            {
                // Readiness tells it; the last known states stay.
            }
        }
    }

    private IEnumerable<Measurement<int>> Measure() => states.Select(state =>
        new Measurement<int>(state.Phase switch { BreakerPhase.Closed => 0, BreakerPhase.HalfOpen => 1, _ => 2 }, new KeyValuePair<string, object?>("scope", state.Scope)));
}
