using Prunella.Auth;
using Prunella.Remediation.Approvals;

namespace Prunella.Api;

/// <summary>The problem answers of the API, all in RFC 9457's form, and who is asking.</summary>
internal static class Answers
{
    internal static IResult Missing(string what) => Results.Problem(statusCode: 404, title: "There is no such thing", detail: what);

    internal static IResult Bad(string detail) => Results.Problem(statusCode: 400, title: "The request was not understood", detail: detail);

    /// <summary>The same, without the name of our own parameter that the runtime puts behind the message.</summary>
    internal static IResult Bad(ArgumentException wrong) => Bad(wrong.Message.Replace($" (Parameter '{wrong.ParamName}')", "", StringComparison.Ordinal));

    internal static IResult Stale(int present) =>
        Results.Problem(statusCode: 412, title: "It was changed meanwhile", detail: $"Its version is {present} now; read it again and decide again.");

    internal static IResult Conflict(string detail) => Results.Problem(statusCode: 409, title: "Already decided", detail: detail);

    /// <summary>The person who asks; the endpoint's role made sure that there is one.</summary>
    internal static Person Person(this HttpContext context) =>
        PersonClaims.Read(context.User) ?? throw new InvalidOperationException("An endpoint that needs a person was reached without one.");

    /// <summary>An entity tag of a version.</summary>
    internal static string Tag(int version) => $"\"{version}\"";

    /// <summary>Whether <c>If-Match</c> is absent or names this version.</summary>
    internal static bool Matches(this HttpRequest request, int version)
    {
        var header = request.Headers.IfMatch;
        return header.Count == 0 || header.ToString().Split(',', StringSplitOptions.TrimEntries).Any(tag => tag == "*" || tag == Tag(version));
    }

    /// <summary>A page size between 1 and 500, 50 when not given.</summary>
    internal static int PageSize(int? limit) => Math.Clamp(limit ?? 50, 1, 500);

    /// <summary>The reason that a person has to give; null with the answer when it is missing or too long.</summary>
    internal static string? Reason(string? given, out IResult? bad)
    {
        var reason = given?.Trim() ?? "";
        bad = reason.Length == 0 ? Bad("\"reason\" is missing: why, for the ledger.")
            : reason.Length > ApprovalDesk.ReasonCharactersMax ? Bad($"\"reason\" may have at most {ApprovalDesk.ReasonCharactersMax} characters.") : null;
        return bad is null ? reason : null;
    }
}
