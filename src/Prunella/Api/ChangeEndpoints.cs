using Prunella.Auth;
using Prunella.Logs.Questions;
using Prunella.Reasoning;
using Prunella.Remediation.Approvals;

namespace Prunella.Api;

/// <summary>What changed in a span of time.</summary>
/// <param name="Changes">Earliest first, at most 100: the latest ones.</param>
/// <param name="Unread">What could not be read, and why.</param>
internal sealed record ChangesView(IReadOnlyList<AnswerChange> Changes, IReadOnlyList<string> Unread);

/// <summary>What changed: rollouts, actions, alerts, incidents.</summary>
internal static class ChangeEndpoints
{
    private static readonly TimeSpan SpanMax = TimeSpan.FromDays(31);

    internal static void MapChanges(this IEndpointRouteBuilder api) =>
        api.MapGet("/changes", ListAsync).Needs(Role.Viewer).WithTags("Incidents").WithName("ListChanges").WithSummary("What changed in a span of time: rollouts, actions, alerts, incidents").Answers<ChangesView>(400);

    private static async Task<IResult> ListAsync(RecentChanges recent, DateTimeOffset? since, DateTimeOffset? until, string? kind, CancellationToken cancellation)
    {
        if (since is not { } from || until is not { } to || to <= from || to - from > SpanMax) return Answers.Bad("\"since\" and \"until\" are needed, at most 31 days apart: since=2026-11-23T03:00:00Z&until=2026-11-23T04:00:00Z.");
        var (changes, unread) = await recent.ReadAsync(from.ToUniversalTime(), to.ToUniversalTime(), kind, cancellation);
        return Results.Json(new ChangesView(changes, unread));
    }
}
