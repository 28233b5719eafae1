using System.CommandLine;
using Prunella.Integrations.Secrets;
using Prunella.Reasoning;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Providers;

namespace Prunella.Commands.Reasoning;

/// <summary>Reasoning for a command that runs without a server. Its budget holds for the one run.</summary>
internal sealed class LocalReasoner : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly HttpClient http = new();

    internal LocalReasoner(ReasoningOptions options)
    {
        var collection = new ServiceCollection().AddLogging();
        collection.AddSingleton(new SecretReader(new SecretReaderOptions(), http, TimeProvider.System)).AddSingleton<ICredentialSource, SecretCredentials>().AddReasoning(options);
        services = collection.BuildServiceProvider();
    }

    internal static Option<string?> ConfigOption() => new("--config") { Description = "The configuration file. Default prunella.yaml where there is one.", HelpName = "FILE" };

    internal IReasoner Reasoner => services.GetRequiredService<IReasoner>();

    /// <summary>The configured options, or everything that is wrong with the configuration.</summary>
    internal static ReasoningOptions OptionsOf(string? file) =>
        ConfigurationFile.LoadOrFail(file, []).Root.GetSection(ReasoningOptions.Section).Get<ReasoningOptions>() ?? new ReasoningOptions();

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        http.Dispose();
    }
}
