using System.Net;

namespace Prunella.Auth;

/// <summary>Whether this server is the demo, which alone goes without tokens, and only on loopback.</summary>
/// <param name="Enabled">Set by <c>serve --demo</c>.</param>
internal sealed record DemoAccess(bool Enabled)
{
    /// <summary>The name under which the ledger records whoever sits at the machine.</summary>
    internal const string Name = "you";

    /// <summary>
    /// Refuses what a web page elsewhere could make the visitor's browser send to loopback: a foreign Host (DNS rebinding) or Origin.
    /// </summary>
    internal static Task RefuseForeign(HttpContext context, RequestDelegate next)
    {
        var origin = context.Request.Headers.Origin.ToString();
        var foreign = !IsLoopback(context.Request.Host.Host)
            || (origin.Length > 0 && (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || !IsLoopback(from.Host)));
        return foreign
            ? Results.Problem(statusCode: 403, title: "The demo answers this machine only").ExecuteAsync(context)
            : next(context);
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
