using Microsoft.Extensions.Options;
using Prunella.Auth;
using Prunella.Logs.Archive;
using Prunella.Logs.Pipeline;

namespace Prunella.Logs;

/// <summary>Adds the log pipeline, where a folder is configured for it.</summary>
internal static class LogIngestRegistration
{
    internal const string PipelineSection = "logs:pipeline";
    internal const string RetentionSection = "logs:retention";

    internal static IServiceCollection AddLogIngest(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[LogIngestOptions.Section + ":folder"] is not { Length: > 0 } folder) return services;
        services.Configure<LogIngestOptions>(configuration.GetSection(LogIngestOptions.Section));
        services.Configure<LogPipelineOptions>(configuration.GetSection(PipelineSection));
        services.Configure<RetentionOptions>(configuration.GetSection(RetentionSection));
        services.AddSingleton(provider => new LogSpool(Path.Combine(folder, "spool"), provider.GetRequiredService<IOptions<LogPipelineOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ArchiveStore(Path.Combine(folder, "archive"), new ArchiveOptions { Summaries = true }, provider.GetRequiredService<IOptions<RetentionOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LogPipeline>(provider => new LogPipeline(provider.GetRequiredService<LogSpool>(), provider.GetRequiredService<ArchiveStore>()));
        services.AddSingleton<BulkReceiver>().AddSingleton<SyslogReceiver>();
        services.AddHostedService<LogArchiver>();
        return services.AddHostedService(static provider => provider.GetRequiredService<SyslogReceiver>());
    }

    internal static void MapLogIngest(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetService<BulkReceiver>() is null) return;
        string[] methods = ["POST", "PUT"];
        endpoints.MapMethods("/_bulk", methods, static (HttpContext context, BulkReceiver receiver) => receiver.ReceiveAsync(context))
            .Needs(Access.Sender).WithName("PostBulk").WithTags("Logs").WithSummary("Logs in the form of Elasticsearch's _bulk: index and create; gzip allowed");
        endpoints.MapMethods("/{index}/_bulk", methods, static (HttpContext context, BulkReceiver receiver) => receiver.ReceiveAsync(context)).Needs(Access.Sender).ExcludeFromDescription();
    }
}
