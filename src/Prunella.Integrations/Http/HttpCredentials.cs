using System.Net.Http.Headers;
using System.Text;

namespace Prunella.Integrations.Http;

/// <summary>How an HTTP vendor is authenticated against. At most one of token and user.</summary>
public sealed class HttpCredentials
{
    /// <summary>Sent as <c>Authorization: Bearer …</c>.</summary>
    /// <value>Default none.</value>
    public string BearerToken { get; set; } = "";

    /// <summary>A file with the bearer token, read again for each request, so that a rotated token is used at once.</summary>
    /// <value>Default none.</value>
    public string BearerTokenFile { get; set; } = "";

    /// <summary>The user of basic authentication.</summary>
    /// <value>Default none.</value>
    public string User { get; set; } = "";

    /// <summary>The password of basic authentication.</summary>
    /// <value>Default none.</value>
    public string Password { get; set; } = "";

    internal OptionProblems Check(OptionProblems problems) => problems
        .Check("Credentials", new[] { BearerToken, BearerTokenFile, User }.Count(given => given.Length > 0) <= 1, "holds more than one of BearerToken, BearerTokenFile and User; give one")
        .Check("Credentials:Password", Password.Length == 0 || User.Length > 0, "is given without Credentials:User")
        .Check("Credentials:User", !User.Contains(':', StringComparison.Ordinal), "holds a colon, which basic authentication forbids")
        .Check("Credentials:BearerToken", !BearerToken.Any(char.IsWhiteSpace), "holds white space")
        .Readable("Credentials:BearerTokenFile", BearerTokenFile);

    /// <exception cref="IOException">The token file cannot be read.</exception>
    internal void Apply(HttpRequestMessage request)
    {
        var token = BearerTokenFile.Length > 0 ? File.ReadAllText(BearerTokenFile).Trim() : BearerToken;
        if (token.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        else if (User.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
    }
}
