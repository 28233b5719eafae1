using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Integrations.Secrets;
using Prunella.Ledger;
using Prunella.Reasoning;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Tests.Scripted;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Tests.Storage.Relational;

namespace Prunella.Tests.Reasoning;

/// <summary>What models cost outlives the process, in both stores that do, and holds over replicas that share one.</summary>
[Collection("PostgreSQL")]
public sealed class StoreSpendingTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly DateOnly Today = new(2026, 11, 23);
    private readonly FixedTime time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-spending-").FullName;
    private readonly HttpClient http = new();
    private string database = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.PostgreSql)]
    public async Task WhatWasSpent_IsThereAfterARestart_AndEndsTheBudget(StorageProvider provider)
    {
        if (provider == StorageProvider.PostgreSql) database = await postgres.NewDatabaseAsync(Cancellation);
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { ok = true }) with { InputTokens = 1_000, OutputTokens = 0 });
        await using (var first = await StartAsync(provider, model)) (await AskAsync(first)).Value.ShouldBe("ok");

        await using var second = await StartAsync(provider, model);
        var day = (await second.GetRequiredService<ISpendingStore>().ReadAsync(Today, Today, Cancellation)).ShouldHaveSingleItem();
        day.Dollars().ShouldBe(0.9, 1e-9);
        var refused = await AskAsync(second);
        (refused.Value, refused.Why.Contains("daily budget of $1.00", StringComparison.Ordinal)).ShouldBe((null, true), refused.Why);
        model.Requests.Count.ShouldBe(1);
        var store = second.GetRequiredService<IRemediationStore>();
        (await store.ReadLedgerAsync("task/test", 10, Cancellation)).Select(entry => entry.Payload.GetProperty("outcome").GetString()).ShouldBe(["answered", "over budget"]);
        (await second.GetRequiredService<LedgerVerifier>().VerifyAsync(store.ReadWholeLedgerAsync(Cancellation), [], Cancellation)).Entries.ShouldBe(2);
    }

    [Fact]
    public async Task OfTwoReplicasThatWriteTheSameDay_OneHasToReadAgain()
    {
        database = await postgres.NewDatabaseAsync(Cancellation);
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { ok = true }));
        await using var one = await StartAsync(StorageProvider.PostgreSql, model);
        await using var other = await StartAsync(StorageProvider.PostgreSql, model);
        await AskAsync(one);
        var (mine, theirs) = (one.GetRequiredService<ISpendingStore>(), other.GetRequiredService<ISpendingStore>());
        var seen = (await mine.ReadAsync(Today, Today, Cancellation)).Single();
        var both = await Task.WhenAll(mine.TryWriteAsync(seen, [], null, Cancellation), theirs.TryWriteAsync(seen, [], null, Cancellation));
        both.Order().ShouldBe([false, true]);
        (await mine.TryWriteAsync((await mine.ReadAsync(Today, Today, Cancellation)).Single(), [], null, Cancellation)).ShouldBeTrue();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (database.Length > 0) await postgres.DropAsync(database);
        Directory.Delete(folder, recursive: true);
    }

    private static Task<ModelAnswer<string>> AskAsync(IServiceProvider services) => services.GetRequiredService<IReasoner>().AskAsync(
        new ModelQuestion<string> { Task = ReasoningTasks.Test, Data = [new DataBlock("test", "Is anybody there?")], Read = json => json.GetProperty("ok").GetBoolean() ? "ok" : new Read<string>(null, "ok has to be true") }, Cancellation);

    private async Task<ServiceProvider> StartAsync(StorageProvider provider, ScriptedModel model)
    {
        var configured = ModelConfiguration.Of(model);
        // A thousand tokens are ninety cents; a dollar is the day's.
        foreach (var tier in (string[])["small", "medium", "large"]) (configured[$"reasoning:{tier}:inputPrice"], configured[$"reasoning:{tier}:outputPrice"]) = ("900", "0");
        (configured["reasoning:dollarsPerDay"], configured["reasoning:cache:enabled"]) = ("1", "false");
        // Read without the server's own forms of durations.
        (configured["reasoning:providers:main:timeout"], configured["reasoning:within"]) = ("00:02:00", "00:05:00");
        var options = new ConfigurationBuilder().AddInMemoryCollection(configured).Build().GetSection(ReasoningOptions.Section).Get<ReasoningOptions>()!;
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(time).AddRemediationStorage(storage =>
        {
            storage.Provider = provider;
            storage.ConnectionString = database;
            storage.Path = Path.Combine(folder, "store.db");
            storage.LedgerKeyFile = Path.Combine(folder, "keys/ledger.key");
            storage.CheckpointFile = Path.Combine(folder, "checkpoints/ledger.jsonl");
        });
        services.AddSingleton(new SecretReader(new SecretReaderOptions(), http, time)).AddSingleton<ICredentialSource, SecretCredentials>().AddSingleton<ISpendingStore, StoreSpending>().AddReasoning(options);
        var built = services.BuildServiceProvider();
        await built.GetRequiredService<IRemediationStore>().MigrateAsync(Cancellation);
        return built;
    }

    /// <summary>The day stays the same, whenever the test runs; timers are real.</summary>
    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
