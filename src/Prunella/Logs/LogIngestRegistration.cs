using Microsoft.Extensions.Options;
using Prunella.Auth;
using Prunella.Commands;
using Prunella.Commands.Logs;
using Prunella.Hosting;
using Prunella.Incidents.Workloads;
using Prunella.Integrations.Elasticsearch;
using Prunella.Integrations.Kafka;
using Prunella.Integrations.S3;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Pipeline;
using Prunella.Logs.Redaction;
using Prunella.Otlp;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Naming;
using Prunella.Reasoning.Translating;

namespace Prunella.Logs;

/// <summary>Adds the log pipeline, where a folder is configured for it.</summary>
internal static class LogIngestRegistration
{
    internal const string PipelineSection = "logs:pipeline";
    internal const string RetentionSection = "logs:retention";
    internal const string FeedSection = "logs:sinks:waiting";
    internal const string KafkaSection = "logs:kafka";
    internal const string S3Section = "logs:sinks:s3";
    internal const string ElasticsearchSection = "logs:sinks:elasticsearch";

    internal static IServiceCollection AddLogIngest(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[LogIngestOptions.Section + ":folder"] is not { Length: > 0 } folder) return services;
        var redaction = configuration.GetSection(LogRedactionOptions.Section).Get<LogRedactionOptions>() ?? new LogRedactionOptions();
        services.Configure<LogIngestOptions>(configuration.GetSection(LogIngestOptions.Section));
        services.Configure<LogPipelineOptions>(configuration.GetSection(PipelineSection));
        services.Configure<RetentionOptions>(configuration.GetSection(RetentionSection));
        services.Configure<LogSignalOptions>(configuration.GetSection(LogSignalOptions.Section));
        services.AddSingleton(provider => new LogSpool(Path.Combine(folder, "spool"), provider.GetRequiredService<IOptions<LogPipelineOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => Store(folder, redaction, provider));
        services.AddSingleton(provider => Feeds(folder, configuration, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LogPatternBook>().AddSingleton<LogTail>();
        services.AddSingleton(provider => Desk(folder, redaction, provider));
        services.AddSingleton<IEvidenceSource, LogEvidence>();
        services.AddSingleton(provider => Pipeline(folder, redaction, provider));
        services.AddSingleton<BulkReceiver>().AddSingleton<SyslogReceiver>().AddSingleton<LogIntake>().AddSingleton<LogSignals>();
        services.AddHostedService<LogArchiver>().AddHostedService<LogSinkPump>().AddHostedService<FileSource>();
        if (configuration.GetSection(S3Section).Get<S3ArchiveOptions>() is { Url: not null } bucket)
            services.AddSingleton(provider => new S3ArchiveCopy(bucket, provider.GetRequiredService<TimeProvider>())).AddHostedService<ArchiveCopies>();
        services.Configure<KafkaLogOptions>(configuration.GetSection(KafkaSection));
        if (configuration[KafkaSection + ":brokers"] is { Length: > 0 }) services.AddHostedService<KafkaSource>();
        if (configuration.GetValue<bool>(LogIngestOptions.Section + ":podLogs") && !NoCluster.Applies(configuration)) services.AddHostedService<PodLogSource>();
        return services.AddHostedService(static provider => provider.GetRequiredService<SyslogReceiver>());
    }

    internal static void MapLogIngest(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetService<BulkReceiver>() is null) return;
        string[] methods = ["POST", "PUT"];
        endpoints.MapMethods("/_bulk", methods, static (HttpContext context, BulkReceiver receiver) => receiver.ReceiveAsync(context))
            .Needs(Access.Sender).WithName("PostBulk").WithTags("Logs").WithSummary("Logs in the form of Elasticsearch's _bulk: index and create; gzip allowed");
        endpoints.MapMethods("/{index}/_bulk", methods, static (HttpContext context, BulkReceiver receiver) => receiver.ReceiveAsync(context)).Needs(Access.Sender).ExcludeFromDescription();
        endpoints.MapOtlp(endpoints.ServiceProvider.GetRequiredService<LogIntake>(), "/v1/logs").WithName("PostLogs").WithTags("Logs").WithSummary("OTLP/HTTP: logs as protobuf or JSON, gzip allowed");
    }

    private static LogPipeline Pipeline(string folder, LogRedactionOptions redaction, IServiceProvider provider)
    {
        var signals = provider.GetRequiredService<IOptions<LogSignalOptions>>().Value;
        var pipeline = new LogPipeline(provider.GetRequiredService<LogSpool>(), provider.GetRequiredService<ArchiveStore>(), provider.GetRequiredService<TimeProvider>(), new LogPipelineParts
        {
            Overrides = Classes(folder, provider.GetRequiredService<IOptions<LogIngestOptions>>().Value),
            Names = Names(provider.GetRequiredService<IOptions<LogIngestOptions>>().Value),
            Redactor = Redactor(folder, redaction),
            RedactArchive = redaction is { Enabled: true, Archive: true },
            Watching = new PatternWatcherOptions { Learning = TimeSpan.FromMinutes(signals.LearningMinutes), SignalsPerHourMax = signals.PerHourMax },
            StatePath = Path.Combine(folder, "learned"),
            Feeds = provider.GetRequiredService<LogSinkFeeds>().All,
            Book = provider.GetRequiredService<LogPatternBook>(),
            Tail = provider.GetRequiredService<LogTail>(),
        });
        return pipeline;
    }

    private static ClassOverrides Classes(string folder, LogIngestOptions options) =>
        Load("classesFile", options.ClassesFile.Length > 0 ? options.ClassesFile : Path.Combine(folder, "classes"), ClassOverrides.Load);

    private static LearnedNames? Names(LogIngestOptions options) => options.NamesFile.Length == 0 ? null : Load("namesFile", options.NamesFile, LearnedNames.Load);

    private static T Load<T>(string key, string path, Func<string, T> load)
    {
        try
        {
            return load(path);
        }
        catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Configuration, $"{LogIngestOptions.Section}:{key}: {wrong.Message}");
        }
    }

    private static LogDesk Desk(string folder, LogRedactionOptions redaction, IServiceProvider provider) => new(
        provider.GetRequiredService<LogPipeline>(), provider.GetRequiredService<LogSpool>(), provider.GetRequiredService<LogTail>(),
        new LogShelf(Path.Combine(folder, ArchiveNames.ServersFolder), ArchiveKeyOf(folder, redaction)), Redactor(folder, redaction), new QuestionTranslator(provider.GetRequiredService<IReasoner>()),
        provider.GetRequiredService<IOptions<RetentionOptions>>().Value, provider.GetRequiredService<TimeProvider>());

    // A redactor is one caller's: the pipeline's, the summaries' and the desk's are three.
    private static LineRedactor? Redactor(string folder, LogRedactionOptions redaction) => !redaction.Enabled ? null : new LineRedactor(new RedactionOptions
    {
        Key = LogKey.ReadOrMake(redaction.KeyFile.Length > 0 ? redaction.KeyFile : Path.Combine(folder, "redaction.key")),
        KeepLastFour = redaction.KeepLastFour,
        Kinds = SensitiveKinds.Default | (redaction.UserIds ? SensitiveKinds.UserId : 0) | (redaction.Uuids ? SensitiveKinds.Uuid : 0),
    });

    private static ArchiveStore Store(string folder, LogRedactionOptions redaction, IServiceProvider provider)
    {
        var summaries = Redactor(folder, redaction);
        var options = new ArchiveOptions
        {
            Summaries = true,
            Key = ArchiveKeyOf(folder, redaction),
            SummaryText = summaries is null ? null : summaries.Redact,
        };
        return new ArchiveStore(Path.Combine(folder, ArchiveNames.ServersFolder), options, provider.GetRequiredService<IOptions<RetentionOptions>>().Value, provider.GetRequiredService<TimeProvider>());
    }

    private static byte[]? ArchiveKeyOf(string folder, LogRedactionOptions redaction) =>
        redaction is { Enabled: true, Archive: false } ? LogKey.ReadOrMake(redaction.ArchiveKeyFile.Length > 0 ? redaction.ArchiveKeyFile : Path.Combine(folder, "archive.key")) : null;

    private static LogSinkFeeds Feeds(string folder, IConfiguration configuration, TimeProvider time)
    {
        var waiting = configuration.GetSection(FeedSection).Get<SinkFeedOptions>() ?? new SinkFeedOptions();
        var sinks = new List<ILogSink>();
        if (configuration.GetSection(JsonLinesSinkOptions.Section).Get<JsonLinesSinkOptions>() is { Path.Length: > 0 } lines)
            sinks.Add(new JsonLinesSink(lines.Path, lines.FileBytesMax, lines.FilesMax));
        if (configuration.GetSection(ElasticsearchSection).Get<ElasticsearchSinkOptions>() is { Url: not null } search)
            sinks.Add(new ElasticsearchSink(search));
        return new LogSinkFeeds([.. sinks.Select(sink => new SinkFeed(sink, Path.Combine(folder, "sinks", sink.Name), waiting, time))]);
    }
}
