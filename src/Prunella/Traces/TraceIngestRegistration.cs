using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Prunella.Integrations.GitHub;
using Prunella.Integrations.Jaeger;
using Prunella.Integrations.Zipkin;
using Prunella.Logs;
using Prunella.Otlp;
using Prunella.Remediation.Storage;
using Prunella.Traces.Sources;

namespace Prunella.Traces;

/// <summary>Adds the live receivers and the store of recent traces. Nothing is opened or read before the first export.</summary>
internal static class TraceIngestRegistration
{
    internal const string StoreSection = "traces:store";
    internal const string JaegerSection = "traces:jaeger";
    internal const string ZipkinSection = "traces:zipkin";
    internal const string GitHubSection = "github";

    internal static IServiceCollection AddTraceIngest(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<TraceIngestOptions>(configuration.GetSection(TraceIngestOptions.Section));
        services.Configure<TraceStoreOptions>(configuration.GetSection(StoreSection));
        services.AddSingleton(provider => new TraceStore(provider.GetRequiredService<IOptions<TraceStoreOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TraceIntake>();
        services.AddSingleton(provider => new RecentTraces(provider.GetRequiredService<IOptions<TraceStoreOptions>>(),
            Named<JaegerOptions>(configuration, JaegerSection, "url"), Named<ZipkinOptions>(configuration, ZipkinSection, "url"), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new FindingIssues(Named<GitHubOptions>(configuration, GitHubSection, "repository"), provider.GetRequiredService<IRemediationStore>(), provider.GetRequiredService<TimeProvider>()));
        return services.AddHostedService<TraceStoreUpkeep>();
    }

    /// <summary>The addresses to listen on, the one of gRPC among them.</summary>
    internal static IEnumerable<string> AddressesOf(TraceIngestOptions options) => PortOf(options) is null ? [] : [options.GrpcUrl];

    /// <summary>Makes the address of gRPC speak HTTP/2 at once, as its clients expect without TLS.</summary>
    internal static void SpeakHttp2(KestrelServerOptions kestrel, TraceIngestOptions options)
    {
        if (PortOf(options) is not { } port) return;
        kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            if (endpoint.IPEndPoint?.Port == port) endpoint.Protocols = HttpProtocols.Http2;
        });
    }

    /// <summary>Keeps everything but the receiver off the address of gRPC, which may be open to more machines than the API.</summary>
    internal static void UseTraceIngest(this IApplicationBuilder app, TraceIngestOptions options)
    {
        if (PortOf(options) is not { } port) return;
        app.Use((context, next) =>
        {
            if (context.Connection.LocalPort != port || context.Request.Path == TraceIntake.GrpcMethod || context.Request.Path == LogIntake.GrpcMethod) return next(context);
            // What a gRPC client gets for a method that is not there.
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "12";
            return Task.CompletedTask;
        });
    }

    internal static void MapTraceIngest(this IEndpointRouteBuilder endpoints, TraceIngestOptions options)
    {
        if (!options.Enabled) return;
        endpoints.MapOtlp(endpoints.ServiceProvider.GetRequiredService<TraceIntake>(), "/v1/traces").WithName("PostTraces").WithTags("Traces").WithSummary("OTLP/HTTP: traces as protobuf or JSON, gzip allowed");
    }

    // What is not named in the configuration is not there.
    private static T? Named<T>(IConfiguration configuration, string section, string key) where T : class => configuration[$"{section}:{key}"] is { Length: > 0 } ? configuration.GetSection(section).Get<T>() : null;

    private static int? PortOf(TraceIngestOptions options) =>
        options.Enabled && options.GrpcUrl.Length > 0 && Uri.TryCreate(options.GrpcUrl, UriKind.Absolute, out var url) ? url.Port : null;
}

/// <summary>Closes blocks that are old enough and deletes those past their time, though nothing more comes in.</summary>
internal sealed partial class TraceStoreUpkeep(TraceStore store, TimeProvider time, ILogger<TraceStoreUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                store.Upkeep();
            }
            catch (Exception away) when (away is IOException or UnauthorizedAccessException)
            {
                NotKept(logger, away.Message);
            }
        }
    }

    [LoggerMessage(3104, LogLevel.Error, "Old traces could not be put away: {Message}")]
    private static partial void NotKept(ILogger logger, string message);
}
