namespace Prunella.Logs.Redaction;

/// <summary>Kinds of value that are replaced.</summary>
[Flags]
public enum SensitiveKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>name@host.tld.</summary>
    Email = 1,

    /// <summary>Payment cards: 14 to 19 digits of a known issuer that pass the Luhn check.</summary>
    Card = 2,

    /// <summary>International bank account numbers that pass the mod-97 check.</summary>
    Iban = 4,

    /// <summary>Telephone numbers with a + or in North American form.</summary>
    Phone = 8,

    /// <summary>IPv4 and IPv6 addresses.</summary>
    Address = 16,

    /// <summary>JSON web tokens.</summary>
    Jwt = 32,

    /// <summary>Bearer tokens and API keys of known shapes, AWS keys among them.</summary>
    Key = 64,

    /// <summary>PEM private keys.</summary>
    PrivateKey = 128,

    /// <summary>What follows password=, token:, secret= and the like.</summary>
    Secret = 256,

    /// <summary>What follows user=, uid=, user_id=. By option.</summary>
    UserId = 512,

    /// <summary>UUIDs. By option.</summary>
    Uuid = 1024,

    /// <summary>All but <see cref="UserId"/> and <see cref="Uuid"/>.</summary>
    Default = Email | Card | Iban | Phone | Address | Jwt | Key | PrivateKey | Secret,
}
