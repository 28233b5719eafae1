using System.Reflection;
using Prunella.Auth;

namespace Prunella.Pages;

/// <summary>The status page: three files from the binary, nothing from elsewhere.</summary>
internal static class StatusPage
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    internal static void MapStatusPage(this IEndpointRouteBuilder endpoints)
    {
        Serve(endpoints, "/", "status.html", "text/html; charset=utf-8");
        Serve(endpoints, "/status.css", "status.css", "text/css; charset=utf-8");
        Serve(endpoints, "/status.js", "status.js", "text/javascript; charset=utf-8");
    }

    private static void Serve(IEndpointRouteBuilder endpoints, string path, string file, string type)
    {
        var bytes = Read(file);
        endpoints.MapGet(path, (HttpContext context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = Policy;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers["Referrer-Policy"] = "no-referrer";
            context.Response.Headers.CacheControl = "no-cache";
            return Results.Bytes(bytes, type);
        }).Needs(Access.Anyone).ExcludeFromDescription();
    }

    private static byte[] Read(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("pages/" + file) ?? throw new InvalidOperationException($"{file} is not in the binary.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
