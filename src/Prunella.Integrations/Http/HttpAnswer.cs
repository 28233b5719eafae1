using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Prunella.Integrations.Http;

/// <summary>What came back from a vendor, or why nothing did.</summary>
/// <param name="Status">0 when there was no answer.</param>
/// <param name="MediaType">Empty when unknown.</param>
/// <param name="Body">Up to the bound.</param>
/// <param name="Failure">Why the answer is absent or cut; empty when it is complete.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, string MediaType, byte[] Body, string Failure)
{
    /// <summary>Whether the request may have reached the other side.</summary>
    internal bool Reached { get; init; } = true;

    internal HttpResponseHeaders? Headers { get; init; }

    internal bool Complete => Failure.Length == 0;

    /// <summary>Why it is no success: what went wrong on the way, or the status with what the receiver said.</summary>
    internal string Refusal => Status == 0 || !Complete ? Failure : $"{(int)Status} {Line()}";

    internal bool Success => Complete && (int)Status is >= 200 and < 300;

    internal bool LooksLikeHtml => MediaType.Contains("html", StringComparison.OrdinalIgnoreCase) || Encoding.UTF8.GetString(Body, 0, Math.Min(Body.Length, 64)).TrimStart().StartsWith('<');

    internal static HttpAnswer Failed(string failure, bool reached) => new(0, "", [], failure) { Reached = reached };

    /// <summary>The beginning of the body as one inert line.</summary>
    internal string Line(int charactersMax = 160)
    {
        var text = Encoding.UTF8.GetString(Body, 0, Math.Min(Body.Length, charactersMax * 4));
        var line = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
        return line.Length <= charactersMax ? line : line[..charactersMax] + "…";
    }
}
