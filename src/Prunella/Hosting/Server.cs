using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging.Console;
using Prunella.Api;
using Prunella.Auth;
using Prunella.Console;
using Prunella.Incidents;
using Prunella.Logs;
using Prunella.Mcp;
using Prunella.Slack;
using Prunella.Telemetry;
using Prunella.Terminal;
using Prunella.Traces;
using Prunella.Webhooks;

namespace Prunella.Hosting;

/// <summary>Puts the server together.</summary>
internal static class Server
{
    // The API takes small bodies; the webhooks bound theirs themselves.
    private const long ApiBodyBytesMax = 1_048_576;

    /// <summary>Builds the application; nothing runs yet.</summary>
    /// <param name="settings">The flags.</param>
    /// <param name="configuration">The configuration, without faults.</param>
    /// <param name="adapt">Last changes to the services, for the demo and tests.</param>
    internal static WebApplication Build(ServeSettings settings, ServerConfiguration configuration, Action<IServiceCollection>? adapt = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(configuration.Root);
        var server = configuration.Root.GetSection(ServerOptions.Section).Get<ServerOptions>() ?? new ServerOptions();
        var ingest = configuration.Root.GetSection(TraceIngestOptions.Section).Get<TraceIngestOptions>() ?? new TraceIngestOptions();
        builder.WebHost.UseUrls([.. server.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), .. TraceIngestRegistration.AddressesOf(ingest)]);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ApiBodyBytesMax;
            TraceIngestRegistration.SpeakHttp2(kestrel, ingest);
        });
        AddLogging(builder.Logging, settings.Demo ? LogLevel.Warning : LogLevel.Information);
        AddServices(builder.Services, settings, configuration.Root, server);
        adapt?.Invoke(builder.Services);
        var app = builder.Build();
        MapEverything(app, settings, server, ingest);
        return app;
    }

    private static void AddLogging(ILoggingBuilder logging, LogLevel least)
    {
        logging.ClearProviders();
        logging.AddConsole(console =>
        {
            console.FormatterName = PlainLog.FormatName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logging.AddConsoleFormatter<PlainLog, ConsoleFormatterOptions>();
        logging.SetMinimumLevel(least);
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning).AddFilter(typeof(TokenAuthentication).FullName, LogLevel.Warning);
    }

    private static void AddServices(IServiceCollection services, ServeSettings settings, IConfiguration configuration, ServerOptions server)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new IdSource(provider.GetRequiredService<TimeProvider>(), new Random(BitConverter.ToInt32(RandomNumberGenerator.GetBytes(4)))));
        services.Configure<ServerOptions>(configuration.GetSection(ServerOptions.Section));
        services.Configure<AuthOptions>(configuration.GetSection(AuthOptions.Section));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = server.StopWithin);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });
        services.AddProblemDetails().AddExceptionHandler<StoreAwayHandler>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<StoreOpening>();
        services.AddSingleton<ServerMeter>();
        services.AddSingleton<FirstToken>();
        services.AddModules(configuration, settings.Demo);
        services.AddTelemetry(configuration);
        services.AddPrunellaAuth(configuration, settings.Demo);
        services.AddWebhooks(configuration);
        services.AddTraceIngest(configuration);
        services.AddLogIngest(configuration);
        services.AddSingleton<IdempotencyBook>();
        services.AddApiDescription();
        services.AddSingleton<EngineTerms>();
        services.AddMcpDoor(configuration);
        services.AddConsole();
        if (!settings.WithoutEngine) services.AddHostedService<EngineService>();
    }

    private static void MapEverything(WebApplication app, ServeSettings settings, ServerOptions server, TraceIngestOptions ingest)
    {
        app.UseTraceIngest(ingest);
        if (settings.Demo) app.Use(DemoAccess.RefuseForeign);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseConsoleHeaders();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        app.MapWebhooks();
        app.MapSlack();
        app.MapTraceIngest(ingest);
        app.MapLogIngest();
        app.MapApi();
        app.MapMcpDoor();
        app.MapTelemetry();
        app.MapConsole();
        app.MapSignIn();
        if (server.OpenApi) app.MapOpenApi("/openapi/{documentName}.json").Needs(Access.Anyone);
    }
}
