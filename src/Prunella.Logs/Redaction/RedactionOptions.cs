namespace Prunella.Logs.Redaction;

/// <summary>What is redacted and what stands in its place.</summary>
public sealed class RedactionOptions
{
    /// <summary>Kinds of value that are replaced.</summary>
    /// <value>Default <see cref="SensitiveKinds.Default"/>.</value>
    public SensitiveKinds Kinds { get; set; } = SensitiveKinds.Default;

    /// <summary>Key of the pseudonyms: the same value and key give the same token, and without the key nothing leads back.</summary>
    /// <value>16 bytes or more. Required.</value>
    public ReadOnlyMemory<byte> Key { get; set; }

    /// <summary>Leaves the last four characters of cards, accounts and phone numbers.</summary>
    /// <value>Default false.</value>
    public bool KeepLastFour { get; set; }

    internal void Validate()
    {
        if (Key.Length < 16)
        {
            throw new ArgumentException($"The redaction key has {Key.Length} bytes; 16 or more are needed.", nameof(Key));
        }
    }
}
