using System.ComponentModel.DataAnnotations;
using Prunella.Auth.Oidc;
using Prunella.Remediation.Approvals;

namespace Prunella.Auth;

/// <summary>Who may use the API, the console and the command line.</summary>
public sealed class AuthOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "auth";

    /// <summary>Tokens given by configuration, beside those made by <c>prunella token create</c>.</summary>
    /// <value>Default none; <c>prunella token create NAME --for-config</c> prints an entry.</value>
    public IList<ConfiguredToken> Tokens { get; } = [];

    /// <summary>Failed attempts of one address within a minute, after which it is answered with 429.</summary>
    /// <value>Attempts. Default 10.</value>
    [Range(1, 10_000)] public int FailuresPerMinuteMax { get; set; } = 10;

    /// <summary>How long a person stays signed in to the console; ends at once when the token behind it is revoked or expires.</summary>
    /// <value>Default 12 hours.</value>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00")] public TimeSpan SessionFor { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Whether <c>/metrics</c> is answered without a token, as scrapers often need it.</summary>
    /// <value>Default false.</value>
    public bool AnonymousMetrics { get; set; }

    /// <summary>Signing in to the console at an OpenID Connect provider.</summary>
    public OidcOptions Oidc { get; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Oidc.Faults();
}

/// <summary>One token of the configuration, known only by its hash.</summary>
public sealed class ConfiguredToken
{
    /// <summary>Whose it is; what the ledger records. Not <c>prunella</c>, which is the system itself.</summary>
    [Required, RegularExpression("(?!(?i:prunella)$)[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")] public string Name { get; set; } = "";

    /// <summary>What it may do.</summary>
    /// <value>Default <c>Viewer</c>.</value>
    public Role Role { get; set; } = Role.Viewer;

    /// <summary>SHA-256 of the token in hex.</summary>
    [Required, RegularExpression("^[0-9a-fA-F]{64}$")] public string Sha256 { get; set; } = "";

    /// <summary>When it stops to hold.</summary>
    /// <value>Default never.</value>
    public DateTimeOffset? ExpiresAt { get; set; }
}
