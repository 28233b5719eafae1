using System.ComponentModel.DataAnnotations;
using System.Net;
using Prunella.Integrations.Secrets;
using Prunella.Remediation.Approvals;

namespace Prunella.Auth.Oidc;

/// <summary>Signing in to the console at an OpenID Connect provider. Off while <see cref="Authority"/> is empty.</summary>
public sealed class OidcOptions
{
    /// <summary>The provider's address, below which <c>/.well-known/openid-configuration</c> tells the rest. HTTPS, besides on loopback.</summary>
    /// <value>Default empty: nobody signs in this way.</value>
    public string Authority { get; set; } = "";

    /// <summary>The console's address as browsers know it; the provider is told to lead back to <c>/sign-in/back</c> below it. HTTPS, besides on loopback.</summary>
    /// <value>Required with an authority: <c>https://prunella.example.org</c>.</value>
    public string Address { get; set; } = "";

    /// <summary>The client's id at the provider.</summary>
    /// <value>Required with an authority.</value>
    public string ClientId { get; set; } = "";

    /// <summary>Where the client's secret is kept, read at each sign-in: <c>env:NAME</c>, <c>file:PATH</c> or one of the vaults. Empty for a client without one, which PKCE alone protects.</summary>
    /// <value>Default empty.</value>
    public string Credential { get; set; } = "";

    /// <summary>What the sign-in page calls the provider.</summary>
    /// <value>Default <c>single sign-on</c>.</value>
    [StringLength(40, MinimumLength = 1)] public string Name { get; set; } = "single sign-on";

    /// <summary>Scopes asked for beside <c>openid</c> and <c>profile</c>.</summary>
    /// <value>Default none; at most 16.</value>
    public IList<string> Scopes { get; } = [];

    /// <summary>The claim whose value the ledger shows as the person's name. Take one that people cannot change themselves.</summary>
    /// <value>Default <c>preferred_username</c>.</value>
    [StringLength(200, MinimumLength = 1)] public string NameClaim { get; set; } = "preferred_username";

    /// <summary>The claim that roles are told from; it may have several values.</summary>
    /// <value>Default <c>groups</c>.</value>
    [StringLength(200, MinimumLength = 1)] public string RoleClaim { get; set; } = "groups";

    /// <summary>What a value of <see cref="RoleClaim"/> allows; the highest that fits counts.</summary>
    /// <value>Default none; at most 200.</value>
    public IList<OidcRole> Roles { get; } = [];

    /// <summary>Values of <see cref="RoleClaim"/> one of which a person must have to get in at all.</summary>
    /// <value>Default none: whoever has a role gets in. At most 200.</value>
    public IList<string> AllowedGroups { get; } = [];

    /// <summary>The role of people whose claim names no role.</summary>
    /// <value>Default none: they are refused.</value>
    public Role? DefaultRole { get; set; }

    /// <summary>Whether signing out of the console leads on to the provider's own sign-out, where it has one.</summary>
    /// <value>Default true.</value>
    public bool SignOutAtProvider { get; set; } = true;

    /// <summary>How long the provider may take to answer the server.</summary>
    /// <value>Default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")] public TimeSpan AnswersWithin { get; set; } = TimeSpan.FromSeconds(10);

    internal bool Enabled => Authority.Length > 0;

    /// <summary>What does not go together.</summary>
    internal IEnumerable<ValidationResult> Faults()
    {
        if (!Enabled) yield break;
        if (!IsSafe(Authority)) yield return Fault(nameof(Authority), "expected an https address; http is for loopback only");
        if (!IsSafe(Address) || !Uri.TryCreate(Address, UriKind.Absolute, out var address) || address.PathAndQuery != "/") yield return Fault(nameof(Address), "expected the console's https address without a path, as browsers know it; http is for loopback only");
        if (ClientId.Length is 0 or > 200) yield return Fault(nameof(ClientId), "expected the client's id, at most 200 characters");
        if (Credential.Length > 0 && !SecretReference.TryParse(Credential, out _)) yield return Fault(nameof(Credential), $"expected one of {SecretReference.Forms}");
        if (Roles.Count == 0 && DefaultRole is null) yield return Fault(nameof(Roles), "without roles and without a defaultRole nobody could sign in");
        if (Roles.Count > 200 || AllowedGroups.Count > 200 || Scopes.Count > 16) yield return Fault(nameof(Roles), "at most 200 roles, 200 allowed groups and 16 scopes");
        if (Scopes.Any(scope => scope.Length == 0 || scope.Any(c => c is <= ' ' or '"' or '\\' or > '~'))) yield return Fault(nameof(Scopes), "expected scopes without spaces and quotes");
    }

    private static ValidationResult Fault(string member, string text) => new(text, ["oidc:" + char.ToLowerInvariant(member[0]) + member[1..]]);

    private static bool IsSafe(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { UserInfo: "", Query: "", Fragment: "" }
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && (address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)))));
}

/// <summary>What one value of the claim allows.</summary>
public sealed class OidcRole
{
    /// <summary>The value: a group's name or id, as the provider writes it.</summary>
    [Required] public string Value { get; set; } = "";

    /// <summary>What its people may do.</summary>
    /// <value>Default <c>Viewer</c>.</value>
    public Role Role { get; set; } = Role.Viewer;
}
