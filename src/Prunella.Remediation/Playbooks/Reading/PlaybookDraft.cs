namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>A document of a playbook file before its references are followed.</summary>
/// <param name="File">Where it came from.</param>
/// <param name="Root">Its top mapping.</param>
/// <param name="Name">Its name; empty when that is wrong.</param>
/// <param name="Shipped">Whether it is part of the product.</param>
internal sealed record PlaybookDraft(PlaybookFile File, TreeMap Root, string Name, bool Shipped)
{
    internal bool Fragment { get; init; }

    internal IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    internal IReadOnlyList<(string Name, TreeNode Place, string Path)> Includes { get; init; } = [];

    internal (string Name, TreeNode Place)? Next { get; init; }

    /// <summary>Reads what names and references need; everything else is read with the variables known.</summary>
    internal static PlaybookDraft? Read(PlaybookFile file, TreeNode node, List<PlaybookProblem> problems)
    {
        // Keys and their values are reported when the playbook is compiled; here only what is not looked at again.
        List<PlaybookProblem> later = [];
        var scope = new ReadScope(file.Name, new Dictionary<string, string>(), new PlaybookLoadOptions { Actions = [] }, later);
        if (node is TreeScalar { IsNull: true }) return null;
        if (ShapeReader.Open(scope, node, PlaybookShapes.Playbook, "") is not { } reader)
        {
            problems.AddRange(later);
            return null;
        }
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (var (key, text, _) in reader.TextMap("variables", expand: false))
        {
            if (IsVariable(key.Value)) variables[key.Value] = text;
            else problems.Add(new(file.Name, key.Line, key.Column, $"variables.{key.Value}", $"'{key.Value}' is no name of a variable", "letters and digits, a letter first", "Rename it"));
            if (text.Contains("${", StringComparison.Ordinal))
                problems.Add(new(file.Name, key.Line, key.Column, $"variables.{key.Value}", "a variable refers to a variable", "a text without ${…}", "Write it out"));
        }
        return new PlaybookDraft(file, reader.Map, reader.Text("name") ?? "", file.Shipped)
        {
            Fragment = reader.Flag("fragment") ?? false,
            Variables = variables,
            Includes = [.. reader.Texts("include")],
            Next = reader.Text("next") is { } next ? (next, reader.Node("next")!) : null,
        };
    }

    private static bool IsVariable(string text) => text.Length is > 0 and <= 63 && char.IsAsciiLetter(text[0]) && text.All(char.IsAsciiLetterOrDigit);
}
