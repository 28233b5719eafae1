using Microsoft.Extensions.Options;
using Npgsql;
using Prunella.Ledger;

namespace Prunella.Remediation.Storage;

/// <summary>Checks the options at start: every error at once, each with its key and what is allowed.</summary>
internal sealed class StorageOptionsValidation : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var errors = new List<string>();
        if (!Enum.IsDefined(options.Provider)) errors.Add($"Storage:Provider is {options.Provider}; allowed: sqlite, postgresql, memory.");
        if (options.Provider == StorageProvider.Sqlite && string.IsNullOrWhiteSpace(options.Path)) errors.Add("Storage:Path is empty; SQLite needs a file.");
        if (options.Provider == StorageProvider.PostgreSql) CheckConnection(options.ConnectionString, errors);
        Range(errors, "BusyTimeout", options.BusyTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60));
        Range(errors, "CommandTimeout", options.CommandTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Range(errors, "AcceptQueueSignalsMax", options.AcceptQueueSignalsMax, 1_000, 1_000_000);
        Range(errors, "AcceptBatchSignalsMax", options.AcceptBatchSignalsMax, 1, 10_000);
        Range(errors, "CheckpointEvery", options.CheckpointEvery, 1, 10_000);
        if (options.Provider != StorageProvider.Memory) CheckLedger(options, errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckLedger(StorageOptions options, List<string> errors)
    {
        if (string.IsNullOrWhiteSpace(options.CheckpointFile)) errors.Add("Storage:CheckpointFile is empty; without checkpoints a cut ledger does not show.");
        if (options.LedgerKeys.Length == 0 && string.IsNullOrWhiteSpace(options.LedgerKeyFile)) errors.Add("Storage:LedgerKeyFile and Storage:LedgerKeys are both empty; the ledger needs a key.");
        if (options.LedgerKeys.Length == 0) return;
        try
        {
            LedgerKeyRing.Parse(options.LedgerKeys);
        }
        catch (LedgerKeyException exception)
        {
            errors.Add($"Storage:LedgerKeys: {exception.Message}");
        }
    }

    private static void CheckConnection(string text, List<string> errors)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            errors.Add("Storage:ConnectionString is empty; PostgreSQL needs Host=…;Database=…;Username=….");
            return;
        }
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(builder.Host)) errors.Add("Storage:ConnectionString names no Host.");
        }
        catch (ArgumentException exception)
        {
            // The text is not repeated: it may hold a password.
            errors.Add($"Storage:ConnectionString is malformed: {exception.Message}");
        }
    }

    private static void Range<T>(List<string> errors, string key, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) errors.Add($"Storage:{key} is {value}; allowed: {least} to {most}.");
    }
}
