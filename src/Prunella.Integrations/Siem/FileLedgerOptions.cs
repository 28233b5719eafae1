namespace Prunella.Integrations.Siem;

/// <summary>The ledger as JSON lines in a file that a collector follows.</summary>
public sealed class FileLedgerOptions
{
    /// <summary>The file, to which is appended; without it there is no such sink. It may be rotated at any time: it is opened anew for each batch.</summary>
    /// <value>Default none.</value>
    public string Path { get; set; } = "";

    /// <summary>Whether it begins with the ledger's first entry rather than with the next one.</summary>
    /// <value>Default true.</value>
    public bool FromTheBeginning { get; set; } = true;

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() => new OptionProblems("siem:file")
        .Check(nameof(Path), System.IO.Path.IsPathRooted(Path) && !Directory.Exists(Path), $"is '{Path}' and must be the whole path of a file")
        .Check(nameof(Path), Directory.Exists(System.IO.Path.GetDirectoryName(Path)), $"is '{Path}', whose directory does not exist").All;
}
