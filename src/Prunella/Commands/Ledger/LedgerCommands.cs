using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Options;
using Prunella.Api;
using Prunella.Commands.Incidents;
using Prunella.Ledger;
using Prunella.Remediation.Storage;
using Spectre.Console;

namespace Prunella.Commands.Ledger;

/// <summary>What an export is written as.</summary>
internal enum ExportFormat
{
    /// <summary>One entry a line, verifiable without the store.</summary>
    Jsonl,

    /// <summary>Common event format in RFC 5424 syslog messages, for a SIEM.</summary>
    Cef,
}

/// <summary><c>prunella ledger</c>: over the server, or on the files of a stopped one with <c>--data</c> or <c>--config</c>.</summary>
internal static class LedgerCommands
{
    private static readonly Option<string> DataOption = new("--data") { Description = "Read the store in this folder, without a server.", HelpName = "DIR" };
    private static readonly Option<string> ConfigOption = new("--config") { Description = "Read the store of this configuration, without a server.", HelpName = "FILE" };

    internal static Command Create() => new("ledger", "Prove what was decided and done.") { Verify(), Show(), Export() };

    private static Command Verify()
    {
        var file = new Option<string>("--file") { Description = "Check an exported file; needs the ledger's key from --data or --config.", HelpName = "FILE" };
        return new VerbCommand("verify", "Check the whole chain; names the first broken entry. Exit code 1 when it is broken.") { file, DataOption, ConfigOption }
            .Such("prunella ledger verify", "asks the running server")
            .Such("prunella ledger verify --data /var/lib/prunella", "checks the files of a stopped one")
            .Such("prunella ledger verify --file ledger.jsonl --data /var/lib/prunella", "checks an export against the key")
            .Asks(async (parsed, server, cancellation) =>
            {
                var report = IsOffline(parsed) ? await VerifyOfflineAsync(parsed, parsed.GetValue(file), cancellation)
                    : parsed.GetValue(file) is null ? await server.GetAsync<LedgerReportView>("api/v1/ledger/verify", cancellation)
                    : throw new CommandFailedException(ExitCode.Usage, "--file needs the ledger's key: give --data DIR or --config FILE.");
                Output.Print(parsed, report, Describe);
                return report.Intact ? ExitCode.Ok : ExitCode.No;
            });
    }

    private static Command Show()
    {
        var number = new Argument<long?>("number") { Description = "One entry; without it the newest page from --from on.", Arity = ArgumentArity.ZeroOrOne };
        var from = new Option<long>("--from") { Description = "The first number.", DefaultValueFactory = _ => 1 };
        var limit = new Option<int>("--limit") { Description = "At most so many, 1 to 500.", DefaultValueFactory = _ => 50 };
        var subject = new Option<string>("--subject") { Description = "Only entries about this: an incident's id, a scope.", HelpName = "TEXT" };
        return new VerbCommand("show", "Show entries.") { number, from, limit, subject }
            .Such("prunella ledger show 17", "one entry with its payload")
            .Such("prunella ledger show --from 100 --limit 20", "a page")
            .Asks(async (parsed, server, cancellation) =>
            {
                var one = parsed.GetValue(number);
                var query = parsed.GetValue(subject) is { } text ? $"subject={Uri.EscapeDataString(text)}" : string.Create(CultureInfo.InvariantCulture, $"from={one ?? parsed.GetValue(from)}");
                var entries = await server.GetAsync<List<LedgerEntryView>>(string.Create(CultureInfo.InvariantCulture, $"api/v1/ledger?{query}&limit={(one is null ? parsed.GetValue(limit) : 1)}"), cancellation);
                if (one is not null && (entries.Count == 0 || entries[0].Number != one)) throw new CommandFailedException(ExitCode.NotFound, $"The ledger has no entry {one}.");
                Output.Print(parsed, entries, list =>
                {
                    var table = Output.Table("number", "when", "kind", "actor", "subject", "payload");
                    foreach (var entry in list) table.Row(entry.Number.ToString(CultureInfo.InvariantCulture), IncidentCommands.Time(entry.At), entry.Kind, entry.Actor, entry.Subject, entry.Payload.GetRawText());
                    return table;
                });
                return ExitCode.Ok;
            });
    }

    private static Command Export()
    {
        var format = new Option<ExportFormat>("--format") { Description = "jsonl (the default), or cef (CEF in RFC 5424 syslog messages).", HelpName = "jsonl|cef" };
        var command = new VerbCommand("export", "Write every entry to stdout, read from the store's files.") { format, DataOption, ConfigOption }
            .Such("prunella ledger export --data /var/lib/prunella > ledger.jsonl", "for an auditor, who can verify it with the key")
            .Such("prunella ledger export --data /var/lib/prunella --format cef | nc -q1 siem 514", "for a SIEM");
        command.Does(async (parsed, cancellation) =>
        {
            await using var store = OpenStore(parsed);
            var entries = store.GetRequiredService<IRemediationStore>().ReadWholeLedgerAsync(cancellation);
            await using var stdout = System.Console.OpenStandardOutput();
            var written = parsed.GetValue(format) == ExportFormat.Jsonl ? await LedgerJsonLines.WriteAsync(entries, stdout, cancellation) : await WriteCefAsync(entries, stdout, cancellation);
            parsed.Say($"{written} entries.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<long> WriteCefAsync(IAsyncEnumerable<LedgerEntry> entries, Stream output, CancellationToken cancellation)
    {
        var syslog = new CefSyslog(Environment.MachineName, StatusEndpoints.Version);
        var written = 0L;
        await foreach (var entry in entries.WithCancellation(cancellation))
        {
            await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(syslog.ToMessage(entry) + "\n"), cancellation);
            written++;
        }
        return written;
    }

    private static bool IsOffline(ParseResult parsed) => parsed.GetValue(DataOption) is not null || parsed.GetValue(ConfigOption) is not null;

    private static async Task<LedgerReportView> VerifyOfflineAsync(ParseResult parsed, string? file, CancellationToken cancellation)
    {
        await using var services = OpenStore(parsed);
        var verifier = services.GetRequiredService<LedgerVerifier>();
        if (file is not null)
        {
            await using var input = OpenExport(file);
            return LedgerReportView.Of(await verifier.VerifyAsync(LedgerJsonLines.ReadAsync(input, cancellation), [], cancellation));
        }
        var checkpoints = LedgerCheckpointFile.Read(services.GetRequiredService<IOptions<StorageOptions>>().Value.CheckpointFile);
        return LedgerReportView.Of(await verifier.VerifyAsync(services.GetRequiredService<IRemediationStore>().ReadWholeLedgerAsync(cancellation), checkpoints, cancellation));
    }

    private static FileStream OpenExport(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Configuration, $"{path} cannot be read: {failure.Message}");
        }
    }

    private static ServiceProvider OpenStore(ParseResult parsed)
    {
        if (!IsOffline(parsed)) throw new CommandFailedException(ExitCode.Usage, "Which store? Give --data DIR or --config FILE.");
        var configuration = ConfigurationFile.LoadOrFail(parsed.GetValue(ConfigOption), new Hosting.ServeSettings { Data = parsed.GetValue(DataOption) }.AsConfiguration());
        var storage = configuration.Root.GetSection("storage").Get<StorageOptions>() ?? new StorageOptions();
        // Reading must not make an empty store, or a key, where there is none.
        if (storage.Provider == StorageProvider.Memory) throw new CommandFailedException(ExitCode.Configuration, "A store in memory cannot be read from outside.");
        if (storage.Provider == StorageProvider.Sqlite && !File.Exists(storage.Path)) throw new CommandFailedException(ExitCode.Configuration, $"There is no store at {storage.Path}.");
        if (storage.LedgerKeys.Length == 0 && !File.Exists(storage.LedgerKeyFile)) throw new CommandFailedException(ExitCode.Configuration, $"There is no ledger key at {storage.LedgerKeyFile}.");
        return new ServiceCollection().Configure<StorageOptions>(configuration.Root.GetSection("storage")).AddRemediationStorage().BuildServiceProvider();
    }

    private static Text Describe(LedgerReportView report)
    {
        var lines = new List<string>();
        if (report.BrokenNumber is { } number) lines.Add($"Entry {number} is broken ({report.BrokenKind}): {report.BrokenText}");
        lines.AddRange(report.ForgedCheckpoints.Select(text => $"A checkpoint is forged: {text}"));
        lines.Add($"{report.Entries} entries are intact; checkpoints vouch for the first {report.Vouched}.");
        return new Text(string.Join('\n', lines.Select(line => Terminal.InertText.Line(line))) + "\n");
    }
}
