namespace Prunella.Logs;

/// <summary>What is replaced in logs before they leave for sinks, signals and evidence, and what becomes of the originals.</summary>
public sealed class LogRedactionOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "logs:redaction";

    /// <summary>Whether e-mail addresses, cards, accounts, phones, addresses, tokens, keys and secrets are replaced by keyed pseudonyms.</summary>
    /// <value>Default true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>Whether the archive is redacted too: the originals are then nowhere. Otherwise it keeps them, encrypted.</summary>
    /// <value>Default false.</value>
    public bool Archive { get; set; }

    /// <summary>Whether user ids (<c>user=</c>, <c>uid=</c>) are replaced too.</summary>
    /// <value>Default false.</value>
    public bool UserIds { get; set; }

    /// <summary>Whether UUIDs are replaced too.</summary>
    /// <value>Default false.</value>
    public bool Uuids { get; set; }

    /// <summary>Whether the last four characters of cards, accounts and phones stay.</summary>
    /// <value>Default false.</value>
    public bool KeepLastFour { get; set; }

    /// <summary>File of the key of the pseudonyms, 32 bytes or 64 hexadecimal digits; made where it is missing. The same key gives the same pseudonym.</summary>
    /// <value>Default <c>redaction.key</c> in <c>logs:ingest:folder</c>.</value>
    public string KeyFile { get; set; } = "";

    /// <summary>File of the key that encrypts an archive with originals, 32 bytes or 64 hexadecimal digits; made where it is missing. Without it the archive cannot be read: keep a copy elsewhere.</summary>
    /// <value>Default <c>archive.key</c> in <c>logs:ingest:folder</c>.</value>
    public string ArchiveKeyFile { get; set; } = "";
}
