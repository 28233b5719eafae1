using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Prunella.Auth;

namespace Prunella.Console;

/// <summary>What browsers load beside the pages, out of the binary: one style sheet, one script, the mark, and Blazor's script.</summary>
internal static class ConsoleAssets
{
    private static readonly Assembly Binary = typeof(ConsoleAssets).Assembly;

    /// <summary>Changes with any of the files, so that browsers may keep them until then.</summary>
    internal static string Version { get; } = Convert.ToHexStringLower(SHA256.HashData([.. Styles(), .. Read("console.js"), .. Read("blazor.web.js")]))[..12];

    internal static void MapConsoleAssets(this IEndpointRouteBuilder endpoints)
    {
        Serve(endpoints, "/console/console.css", Styles(), "text/css; charset=utf-8");
        Serve(endpoints, "/console/console.js", Read("console.js"), "text/javascript; charset=utf-8");
        Serve(endpoints, "/console/mark.svg", Read("mark.svg"), "image/svg+xml");
        Serve(endpoints, "/_framework/blazor.web.js", Read("blazor.web.js"), "text/javascript; charset=utf-8");
    }

    private static void Serve(IEndpointRouteBuilder endpoints, string path, byte[] bytes, string type) =>
        endpoints.MapGet(path, (HttpContext context) =>
        {
            ConsoleHeaders.Write(context.Response);
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Bytes(bytes, type);
        }).Needs(Access.Anyone).ExcludeFromDescription();

    // The tokens first, then each component's own sheet by name.
    private static byte[] Styles()
    {
        var names = Binary.GetManifestResourceNames().Where(name => name.StartsWith("console/", StringComparison.Ordinal) && name.EndsWith(".css", StringComparison.Ordinal))
            .Select(name => name["console/".Length..]).OrderBy(name => name != "tokens.css").ThenBy(name => name != "base.css").ThenBy(name => name, StringComparer.Ordinal);
        return [.. names.SelectMany(name => (byte[])[.. Read(name), .. "\n"u8])];
    }

    private static byte[] Read(string file)
    {
        using var stream = Binary.GetManifestResourceStream("console/" + file) ?? throw new InvalidOperationException($"{file} is not in the binary.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes;
    }
}
