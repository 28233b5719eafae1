using Microsoft.Extensions.Options;
using Prunella.Auth;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Api;

/// <summary>What a verification found.</summary>
internal sealed record LedgerReportView(bool Intact, long Entries, string HeadHash, long Vouched, int CheckpointsMatched, long? BrokenNumber, string? BrokenKind, string? BrokenText, IReadOnlyList<string> ForgedCheckpoints)
{
    internal static LedgerReportView Of(LedgerReport report) => new(report.Intact, report.Entries, report.Head.Hash, report.VouchedNumber, report.CheckpointsMatched,
        report.Break?.Number, report.Break?.Kind.ToString(), report.Break?.Text, [.. report.ForgedCheckpoints.Select(forged => forged.Text)]);
}

/// <summary>The ledger: entries and their verification.</summary>
internal static class LedgerEndpoints
{
    internal static void MapLedger(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/ledger").WithTags("Ledger");
        group.MapGet("/", ListAsync).Needs(Role.Viewer).WithName("ListLedger").WithSummary("Entries in order, from a number on, or of one subject").Answers<IReadOnlyList<LedgerEntryView>>();
        group.MapGet("/verify", VerifyAsync).Needs(Role.Viewer).WithName("VerifyLedger").WithSummary("Checks the whole chain and names the first broken entry").Answers<LedgerReportView>();
        group.MapGet("/export", ExportAsync).Needs(Role.Viewer).WithName("ExportLedger").WithSummary("Every entry as JSON lines, which can be verified without the store")
            .Produces<string>(200, "application/x-ndjson");
    }

    private static async Task<IResult> ListAsync(IRemediationStore store, long? from, string? subject, int? limit, CancellationToken cancellation)
    {
        var size = Answers.PageSize(limit);
        var entries = subject is null ? await store.ReadLedgerAsync(from ?? 1, size, cancellation) : await store.ReadLedgerAsync(subject, size, cancellation);
        return Results.Json(entries.Select(LedgerEntryView.Of).ToList());
    }

    private static async Task<IResult> VerifyAsync(IRemediationStore store, LedgerVerifier verifier, IOptions<StorageOptions> storage, CancellationToken cancellation)
    {
        var checkpoints = storage.Value.Provider == StorageProvider.Memory ? [] : LedgerCheckpointFile.Read(storage.Value.CheckpointFile);
        return Results.Json(LedgerReportView.Of(await verifier.VerifyAsync(store.ReadWholeLedgerAsync(cancellation), checkpoints, cancellation)));
    }

    /// <summary>Every entry as JSON lines.</summary>
    internal static IResult ExportAsync(IRemediationStore store, CancellationToken cancellation) =>
        Results.Stream(async stream => await LedgerJsonLines.WriteAsync(store.ReadWholeLedgerAsync(cancellation), stream, cancellation), "application/x-ndjson");
}
