namespace Prunella.Integrations.Secrets;

/// <summary>Where a secret is kept. Only the reference stands in a configuration; the secret is read when it is needed and is never written anywhere.</summary>
/// <param name="Store">One of <see cref="Stores"/>.</param>
/// <param name="Place">What the store calls it: a variable, a path, an address.</param>
/// <param name="Field">The field of a secret that is JSON; empty for all of it.</param>
public sealed record SecretReference(string Store, string Place, string Field)
{
    /// <summary>What a reference begins with.</summary>
    public static IReadOnlyList<string> Stores { get; } = ["env", "file", "azure-key-vault", "vault", "aws"];

    /// <summary>How references look, for messages and documentation.</summary>
    public const string Forms = "env:NAME, file:PATH, azure-key-vault:https://NAME.vault.azure.net/secrets/SECRET, vault:https://HOST:8200/v1/MOUNT/data/PATH#FIELD or aws:REGION/SECRET[#FIELD]";

    /// <summary>Reads a reference.</summary>
    /// <returns>False when it names no known store, or the store's place does not have its form.</returns>
    public static bool TryParse(string text, out SecretReference reference)
    {
        reference = new SecretReference("", "", "");
        var colon = (text ?? "").IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !Stores.Contains(text![..colon])) return false;
        var (store, rest) = (text[..colon], text[(colon + 1)..].Trim());
        var hash = store is "vault" or "aws" or "file" ? rest.LastIndexOf('#') : -1;
        reference = new SecretReference(store, hash < 0 ? rest : rest[..hash], hash < 0 ? "" : rest[(hash + 1)..]);
        return store switch
        {
            "azure-key-vault" => Address(reference.Place) is { Segments: { Length: 3 or 4 } segments } && segments[1] == "secrets/",
            "vault" => Address(reference.Place) is { AbsolutePath.Length: > 4 } && reference.Field.Length > 0,
            "aws" => reference.Place.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && slash < reference.Place.Length - 1,
            _ => reference.Place.Length > 0,
        };
    }

    private static Uri? Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && OptionProblems.IsHttp(address) ? address : null;
}
