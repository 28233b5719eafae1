using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Prunella.Api;
using Prunella.Auth;
using Prunella.Console.Live;

namespace Prunella.Console;

/// <summary>Adds the console and its addresses.</summary>
internal static class ConsoleRegistration
{
    internal static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(circuits =>
        {
            circuits.DisconnectedCircuitMaxRetained = 50;
            circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(1);
        });
        // Blazor seals what a page hands to its own connection, which is the same process: these keys need not outlive it.
        services.Configure<KeyManagementOptions>(keys => (keys.XmlRepository, keys.XmlEncryptor) = (new ForgottenKeys(), new ForgottenKeys.Plain()));
        // The keys are made when the first page is opened, not at every start.
        foreach (var early in services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly).ToList()) services.Remove(early);
        services.Configure<AntiforgeryOptions>(forms => (forms.Cookie.Name, forms.Cookie.SecurePolicy, forms.SuppressXFrameOptionsHeader) = ("prunella-form", CookieSecurePolicy.SameAsRequest, true));
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SessionWatch>();
        services.AddScoped<Visitor>();
        services.AddSingleton<Pulse>();
        services.AddHostedService(provider => provider.GetRequiredService<Pulse>());
        services.AddSingleton<BoardReader>();
        services.AddSingleton<Cluster.HealingReader>();
        return services;
    }

    internal static void MapConsole(this WebApplication app)
    {
        app.MapConsoleAssets();
        app.MapGet("/console/ledger.jsonl", LedgerEndpoints.ExportAsync).Needs(Access.Console).ExcludeFromDescription();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null) // ConsoleHeaders says it with the rest
            .DisableAntiforgery() // no page has a form that posts; what people do goes over their own connection
            .Needs(Access.Console);
    }

    /// <summary>Writes the console's headers before its endpoints answer.</summary>
    internal static void UseConsoleHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        if (ReferenceEquals(context.GetEndpoint()?.Metadata.GetMetadata<Access>(), Access.Console)) ConsoleHeaders.Write(context.Response);
        return next(context);
    });
}
