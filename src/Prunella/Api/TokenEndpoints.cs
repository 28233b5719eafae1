using System.Text.RegularExpressions;
using Prunella.Auth;
using Prunella.Remediation.Approvals;

namespace Prunella.Api;

/// <summary>Tokens of people and webhooks; for admins.</summary>
internal static partial class TokenEndpoints
{
    /// <summary>The role word of a token that may only post to the webhooks.</summary>
    internal const string WebhookRole = "webhook";

    internal static void MapTokens(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/tokens").WithTags("Tokens");
        group.MapGet("/", ListAsync).Needs(Role.Admin).WithName("ListTokens").WithSummary("Every stored token, never its secret").Answers<IReadOnlyList<TokenView>>();
        group.MapPost("/", CreateAsync).Needs(Role.Admin).WithName("CreateToken").WithSummary("Make a token; it is shown in this answer only").Answers<TokenCreated>(400, 409);
        group.MapDelete("/{name}", RevokeAsync).Needs(Role.Admin).WithName("RevokeToken").WithSummary("Revoke a token at once").Produces(204).ProducesProblem(404);
        api.MapDelete("/sessions/{name}", EndSessionsAsync).Needs(Role.Admin).WithTags("Tokens").WithName("EndSessions").WithSummary("Sign a person out of the console everywhere, at once").Produces(204).ProducesProblem(404);
    }

    /// <summary>The words for roles, in rising order, and the one of webhooks.</summary>
    internal static IReadOnlyList<string> RoleWords { get; } = [.. Enum.GetNames<Role>().Select(Word), WebhookRole];

    /// <summary>A role's word; that of webhooks for null.</summary>
    internal static string WordOf(Role? role) => role is { } known ? Word(known.ToString()) : WebhookRole;

    /// <summary>Whether a name is fit for the ledger: a letter or digit, then letters, digits, dots, dashes, underscores, at signs.</summary>
    internal static bool IsName(string? name) => name is not null && NamePattern().IsMatch(name) && !name.Equals("prunella", StringComparison.OrdinalIgnoreCase);

    private static async Task<IResult> ListAsync(TokenBook book, CancellationToken cancellation) =>
        Results.Json((await book.ListAsync(cancellation)).Select(token => new TokenView(token.Name, WordOf(token.Role), token.CreatedAt, token.CreatedBy, token.ExpiresAt, token.RevokedAt)).ToList());

    private static async Task<IResult> CreateAsync(HttpContext context, TokenRequest request, TokenBook book, TimeProvider time, CancellationToken cancellation)
    {
        if (!IsName(request.Name)) return Answers.Bad("\"name\" is needed: up to 64 letters, digits, and . _ @ -, and not prunella, which is the system itself.");
        if (!TryRole(request.Role, out var role)) return Answers.Bad($"\"role\" is one of {string.Join(", ", RoleWords)}.");
        if (request.ExpiresInSeconds is <= 0 or > 315_576_000) return Answers.Bad("\"expiresInSeconds\" is 1 to 315 576 000 (ten years).");
        var expiresAt = request.ExpiresInSeconds is { } seconds ? time.GetUtcNow().AddSeconds(seconds) : (DateTimeOffset?)null;
        var secret = await book.CreateAsync(request.Name!, role, expiresAt, $"person:{context.Person().Name}", cancellation);
        context.Response.Headers.CacheControl = "no-store";
        return secret is null
            ? Results.Problem(statusCode: 409, title: "The name is taken", detail: $"A token of {request.Name} holds; revoke it first, or take another name.")
            : Results.Json(new TokenCreated(request.Name!, WordOf(role), secret), statusCode: 201);
    }

    private static async Task<IResult> RevokeAsync(HttpContext context, string name, TokenBook book, CancellationToken cancellation) =>
        await book.RevokeAsync(name, $"person:{context.Person().Name}", cancellation) ? Results.NoContent() : Answers.Missing($"There is no token of {name} that holds. Tokens of the configuration are taken out of the file.");

    private static async Task<IResult> EndSessionsAsync(HttpContext context, string name, SessionBook sessions, CancellationToken cancellation) =>
        IsName(name) && await sessions.CloseAllAsync(name, $"person:{context.Person().Name}", cancellation) > 0 ? Results.NoContent() : Answers.Missing($"{name} is not signed in to the console.");

    internal static bool TryRole(string? word, out Role? role)
    {
        role = null;
        if (string.Equals(word, WebhookRole, StringComparison.OrdinalIgnoreCase)) return true;
        if (!Enum.TryParse<Role>(word, ignoreCase: true, out var known) || !RoleWords.Contains(word, StringComparer.OrdinalIgnoreCase)) return false;
        role = known;
        return true;
    }

#pragma warning disable CA1308 // Words for people are lower case.
    private static string Word(string name) => name.ToLowerInvariant();
#pragma warning restore CA1308

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]
    private static partial Regex NamePattern();
}
