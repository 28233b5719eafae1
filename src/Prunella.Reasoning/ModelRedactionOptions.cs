namespace Prunella.Reasoning;

/// <summary>
/// What is replaced before anything leaves the machine: e-mail, cards, IBANs, telephone numbers, addresses, tokens and keys of
/// known shapes, private keys, passwords in URLs and after their names always are.
/// </summary>
public sealed class ModelRedactionOptions
{
    /// <summary>Replaces national identity numbers as well: US social security, UK national insurance, Indian Aadhaar, German, French, Spanish, Italian and Brazilian tax or identity numbers that pass their checks.</summary>
    /// <value>Default false.</value>
    public bool NationalIds { get; set; }

    /// <summary>Replaces what follows <c>user=</c>, <c>uid=</c>, <c>user_id=</c> as well.</summary>
    /// <value>Default false.</value>
    public bool UserIds { get; set; }

    /// <summary>Replaces UUIDs as well.</summary>
    /// <value>Default false.</value>
    public bool Uuids { get; set; }
}
