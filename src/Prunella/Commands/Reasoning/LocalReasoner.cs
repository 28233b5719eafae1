using System.CommandLine;
using Prunella.Integrations.Secrets;
using Prunella.Reasoning;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Providers;

namespace Prunella.Commands.Reasoning;

/// <summary>Reasoning for a command that runs without a server. Its budget, and the ledger of its calls, are the person's own.</summary>
internal sealed class LocalReasoner : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly HttpClient http = new();

    /// <param name="options">The models.</param>
    /// <param name="folder">Where the budget and the ledger are kept; null for the person's own place.</param>
    internal LocalReasoner(ReasoningOptions options, string? folder = null)
    {
        var collection = new ServiceCollection().AddLogging();
        collection.AddSingleton(new SecretReader(new SecretReaderOptions(), http, TimeProvider.System)).AddSingleton<ICredentialSource, SecretCredentials>();
        collection.AddSingleton<ISpendingStore>(new LocalSpending(folder ?? LocalSpending.OwnFolder, TimeProvider.System)).AddReasoning(options);
        services = collection.BuildServiceProvider();
    }

    internal static Option<string?> ConfigOption() => new("--config") { Description = "The configuration file. Default prunella.yaml where there is one.", HelpName = "FILE" };

    internal ISpendingStore Spending => services.GetRequiredService<ISpendingStore>();

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
