using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Prunella.Api;
using Prunella.Console.Live;
using Prunella.Incidents;
using Prunella.Ledger;
using Prunella.Remediation.Storage;

namespace Prunella.Console.Pages;

/// <summary>The ledger: a page of entries, the newest where nothing else is asked, and the check of the whole chain.</summary>
public abstract class LedgerPageBase : LivePage
{
    /// <summary>Entries of a page.</summary>
    protected const int PageSize = 50;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Inject] private IRemediationStore Store { get; set; } = null!;

    [Inject] private LedgerVerifier Verifier { get; set; } = null!;

    [Inject] private IOptions<StorageOptions> Storage { get; set; } = null!;

    /// <summary>The first entry to show.</summary>
    [SupplyParameterFromQuery] public long? From { get; set; }

    /// <summary>Only entries about this.</summary>
    [SupplyParameterFromQuery] public string? Subject { get; set; }

    /// <summary>The choice in the form, before it is shown.</summary>
    protected long? FromChoice { get; set; }

    /// <summary>The subject in the form, before it is shown.</summary>
    protected string SubjectChoice { get; set; } = "";

    /// <summary>The page, in the ledger's order.</summary>
    protected IReadOnlyList<LedgerEntry> Entries { get; private set; } = [];

    /// <summary>What the check found; null before it was asked for.</summary>
    protected LedgerReport? Report { get; private set; }

    /// <summary>Whether the check runs.</summary>
    protected bool Checking { get; private set; }

    /// <inheritdoc/>
    protected override bool Follows => false;

    /// <inheritdoc/>
    protected override void OnParametersSet() => (FromChoice, SubjectChoice) = (From, Subject ?? "");

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        if (Subject is { Length: > 0 })
        {
            var name = await Store.FindByNameAsync(Subject, cancellation) is { } incident ? incident.Id.ToString() : Subject;
            Entries = await Store.ReadLedgerAsync(name, PageSize, cancellation);
        }
        else
        {
            Entries = await Store.ReadLedgerAsync(From ?? Math.Max(1, await LastAsync(cancellation) - PageSize + 1), PageSize, cancellation);
        }
    }

    /// <summary>Checks every entry and the checkpoints.</summary>
    protected async Task VerifyAsync()
    {
        if (Checking) return;
        (Checking, Report) = (true, null);
        try
        {
            var checkpoints = Storage.Value.Provider == StorageProvider.Memory ? [] : LedgerCheckpointFile.Read(Storage.Value.CheckpointFile);
            Report = await Verifier.VerifyAsync(Store.ReadWholeLedgerAsync(Left), checkpoints, Left);
        }
        catch (StoreUnavailableException away)
        {
            Fault = $"The store cannot be read now: {away.Message}";
        }
        finally
        {
            Checking = false;
        }
    }

    /// <summary>Shows what the form says.</summary>
    protected void Filter() => Navigation.NavigateTo(
        SubjectChoice.Trim() is { Length: > 0 } subject ? "/ledger?subject=" + Uri.EscapeDataString(subject)
        : FromChoice is { } from ? string.Create(CultureInfo.InvariantCulture, $"/ledger?from={Math.Max(1, from)}") : "/ledger");

    /// <summary>An entry in words.</summary>
    protected static string TextOf(LedgerEntry entry) => Timeline.Tell(entry).Text;

    /// <summary>The facts of an entry, for people.</summary>
    protected static string Payload(LedgerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Wording.Block(JsonSerializer.Serialize(entry.Payload, Indented));
    }

    /// <summary>The incident that an entry is about; null for settings.</summary>
    protected static IncidentId? IncidentOf(LedgerEntry entry) => Guid.TryParseExact(entry?.Subject, "N", out var id) ? new IncidentId(id) : null;

    // The numbers have no gaps: doubling, then halving, finds the last in some forty reads of one entry, however long the ledger.
    private async Task<long> LastAsync(CancellationToken cancellation)
    {
        async Task<bool> ThereIs(long number) => (await Store.ReadLedgerAsync(number, 1, cancellation)).Count > 0;
        if (!await ThereIs(1)) return 0;
        long low = 1, high = 2;
        while (await ThereIs(high)) (low, high) = (high, high * 2);
        while (high - low > 1)
        {
            var middle = low + (high - low) / 2;
            if (await ThereIs(middle)) low = middle;
            else high = middle;
        }
        return low;
    }
}
